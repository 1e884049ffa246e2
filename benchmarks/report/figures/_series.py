"""Time against one size while the other stays: what the figures of m and of n_x have in common."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks import format
from benchmarks.report.figures import _axes
from benchmarks.report.figures._style import FAINT, INK, wrapped
from benchmarks.report.series import Series, title
from benchmarks.report.style import look


def draw(series: Series) -> Figure:
    """A panel for each setting; in it a line for each implementation, a band for its interval,
    hollow points where predicted, and the limit."""
    panels = [series, *series.others]
    figure = Figure(figsize=(9, 5 * len(panels)))
    every = figure.subplots(len(panels), squeeze=False)[:, 0]
    figure.subplots_adjust(right=0.72, hspace=0.28)
    for axes, panel in zip(every, panels, strict=True):
        _panel(axes, panel)
    every[0].set_title(wrapped(title(series), 9), pad=22)
    figure.text(0.125, 0.11 * (1 - 1 / len(panels)), _legend(series), color=FAINT, va="top")
    return figure


def _panel(axes: Axes, series: Series) -> None:
    known = series.rows["median_ns"].fillna(series.rows["predicted_ns"])
    drawn = series.rows.assign(shown_ns=known).dropna(subset="shown_ns")
    limit = series.rows.dropna(subset="limit_ns").drop_duplicates(series.along)
    lowest = pd.concat([known, limit["limit_ns"]]).min()
    _axes.time_axis(axes, "y", lowest, known.max())
    _axes.size_axis(axes, sorted(drawn[series.along].unique()))
    ends = {
        str(name): _line(axes, str(name), own, series.along)
        for name, own in drawn.groupby("implementation")
    }
    if len(limit):
        axes.plot(limit[series.along], limit["limit_ns"], color=INK, linewidth=2.4, alpha=0.35)
        axes.text(limit[series.along].iloc[0], limit["limit_ns"].iloc[0], "the limit", va="bottom")
    axes.autoscale_view()
    _axes.label_ends(axes, ends)
    axes.grid(True)
    axes.set_xlabel(_axes.SIZES[series.along])
    axes.set_ylabel(_axes.TIME)
    axes.text(0, 1.02, series.setting, transform=axes.transAxes, color=FAINT)


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


def _legend(series: Series) -> str:
    """What the marks mean, and who is missing."""
    known = series.rows["median_ns"].fillna(series.rows["predicted_ns"])
    drawn = series.rows[known.notna()]
    marks = "Line: median of a call. Band: its 95% interval."
    if series.rows["limit_ns"].notna().any():
        marks += " The limit: what the hardware allows."
    if drawn["median_ns"].isna().any():
        marks += " Hollow: skipped, at the time that was predicted."
    lost = series.rows[~series.rows["implementation"].isin(drawn["implementation"])]
    if lost.empty:
        return marks
    names = [
        f"{format.short(str(name))} ({', '.join(sorted(own['status'].unique()))})"
        for name, own in lost.groupby("implementation")
    ]
    return f"{marks}\nNot shown: {wrapped(format.listing(names), 9)}"
