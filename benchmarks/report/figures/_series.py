"""Time against one size while the other stays: what the figures of m and of n_x have in common."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.report import human
from benchmarks.report.data import MAIN, SETTING, Data
from benchmarks.report.figures import _axes
from benchmarks.report.figures._style import FAINT, look, wrapped

LEAST_SIZES = 3


@dataclass(frozen=True, eq=False)
class Series:
    """The results and winners of cells that differ in the size `along` alone, sorted by it."""

    along: str
    at: str
    setting: str
    rows: pd.DataFrame
    winners: pd.DataFrame


def select(data: Data, along: str, fixed: str) -> Series | None:
    """The series with the most sizes, of cost_gradient if there is one; None if all are short."""
    keys = ["operation", "data", *SETTING, fixed]
    sizes = data.measured.groupby(keys)[along].nunique().reset_index(name="sizes")
    sizes = sizes[sizes["sizes"] >= LEAST_SIZES]
    if sizes.empty:
        return None
    sizes["main"] = sizes["operation"] == MAIN
    sizes["usual"] = (sizes[SETTING] == list(data.setting)).all(axis=1)
    best = sizes.sort_values(["main", "sizes", "usual", *keys], ascending=False).iloc[0]
    rows, winners = (
        table[(table[keys] == best[keys]).all(axis=1)].sort_values(along)
        for table in (data.results, data.winners)
    )
    threads = human.count(best["threads"], "thread")
    setting = f"{best['operation']}, {best['data']} data, {best['dtype']}, {best['order']} order"
    at = f"{fixed} = {human.count(best[fixed])}"
    return Series(along, at, f"{setting}, {threads}", rows, winners)


def title(series: Series) -> str:
    """Who is fastest at the largest size, and from which size on; or that it is a tie."""
    last = series.winners.iloc[-1]
    size = human.count(last[series.along])
    largest = f"{series.along} = {size}"
    winner, second = human.short(last["winner"]), last["second"]
    if not isinstance(second, str):
        time = human.time(last["median_ns"])
        return f"At {series.at}, {winner} takes {time} a call at {largest}"
    if last["tie"]:
        return f"At {series.at}, {winner} and {human.short(second)} tie at {largest}"
    held = (series.winners["winner"] == last["winner"]) & ~series.winners["tie"].astype(bool)
    since = series.winners[held[::-1].cumprod()[::-1].astype(bool)].iloc[0][series.along]
    if held.all():
        return f"At {series.at}, {winner} is fastest at every {series.along} measured"
    if since == last[series.along]:
        return f"At {series.at}, {winner} is fastest at the largest {series.along}, {size}"
    return f"At {series.at}, {winner} is fastest from {series.along} = {human.count(since)} on"


def draw(series: Series) -> Figure:
    """A line for each implementation, a band for its interval, hollow points where predicted."""
    figure = Figure(figsize=(9, 5))
    axes = figure.subplots()
    figure.subplots_adjust(right=0.72)
    known = series.rows["median_ns"].fillna(series.rows["predicted_ns"])
    drawn = series.rows.assign(shown_ns=known).dropna(subset="shown_ns")
    _axes.time_axis(axes, "y", known.min(), known.max())
    _axes.size_axis(axes, sorted(drawn[series.along].unique()))
    ends = {
        str(name): _line(axes, str(name), own, series.along)
        for name, own in drawn.groupby("implementation")
    }
    axes.autoscale_view()
    _axes.label_ends(axes, ends)
    axes.grid(True)
    axes.set_xlabel(_axes.SIZES[series.along])
    axes.set_ylabel(_axes.TIME)
    axes.set_title(wrapped(title(series), 9), pad=22)
    axes.text(0, 1.02, series.setting, transform=axes.transAxes, color=FAINT)
    figure.text(0.125, 0.0, _legend(series, drawn), color=FAINT, va="top")
    return figure


def _line(axes: Axes, name: str, own: pd.DataFrame, along: str) -> tuple[float, float]:
    """Draw one implementation; return where its line ends, in data coordinates."""
    style = look(name)
    solid = own.dropna(subset="median_ns")
    hollow = own[own["median_ns"].isna()]
    plain: dict[str, Any] = {"color": style.colour, "zorder": 3}
    low, high = solid["ci_low_ns"], solid["ci_high_ns"]
    axes.fill_between(solid[along], low, high, color=style.colour, alpha=0.25, linewidth=0)
    axes.vlines(solid[along], low, high, linewidth=1.2, **plain)
    line: dict[str, Any] = {"marker": style.marker, "markersize": 5.5, **plain}
    axes.plot(solid[along], solid["median_ns"], linestyle=style.line, linewidth=1.6, **line)
    beyond = pd.concat([solid.tail(1), hollow])
    axes.plot(beyond[along], beyond["shown_ns"], ":", color=style.colour, linewidth=1)
    axes.plot(hollow[along], hollow["shown_ns"], linestyle="", markerfacecolor="white", **line)
    last = own.iloc[-1]
    return float(last[along]), float(last["shown_ns"])


def _legend(series: Series, drawn: pd.DataFrame) -> str:
    """What the marks mean, and who is missing."""
    marks = "Line: median of a call. Band: its 95% interval."
    if drawn["median_ns"].isna().any():
        marks += " Hollow: skipped, at the time that was predicted."
    lost = series.rows[~series.rows["implementation"].isin(drawn["implementation"])]
    if lost.empty:
        return marks
    names = [
        f"{human.short(str(name))} ({', '.join(sorted(own['status'].unique()))})"
        for name, own in lost.groupby("implementation")
    ]
    return f"{marks}\nNot shown: {wrapped(human.listing(names), 9)}"
