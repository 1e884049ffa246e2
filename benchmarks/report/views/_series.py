"""Time against one size while the other stays: what the views of m and of n_x have in common."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks import format
from benchmarks.report import headline
from benchmarks.report.data import SETTING
from benchmarks.report.scene import CHOICE, Scene, setting_name
from benchmarks.report.style import look
from benchmarks.report.views import _axes
from benchmarks.report.views._marks import Chart, trace
from benchmarks.report.views._style import FAINT, wrapped
from benchmarks.report.views._ticks import size_axis, time_axis

MIN_SIZES = 3
MAX_PANELS = 6
_LIMIT = "the limit"
_COLUMNS = ["implementation", "median_ns", "ci_low_ns", "ci_high_ns", "predicted_ns", "limit_ns"]


@dataclass(frozen=True, eq=False)
class Panel:
    """Results and winners in one setting that differ in the size `along` alone, sorted by it.

    `line` says where the other size stays: n_x = 100. `shown_ns` is the median, or the prediction.
    """

    along: str
    line: str
    rows: pd.DataFrame
    winners: pd.DataFrame


Panels = list[Panel]
"""The same line of sizes in each setting, the one with the most sizes first."""


def select(scene: Scene, along: str, fixed: str) -> dict[str, Panels]:
    """Each line of sizes by its name, the one with the most sizes first."""
    keys = ["data", fixed, *SETTING]
    sizes = scene.measured.groupby(keys)[along].nunique().reset_index(name="sizes")
    sizes = sizes[sizes["sizes"] >= MIN_SIZES]
    usual = (sizes[SETTING] == list(scene.data.setting)).all(axis=1)
    ranks = ["sizes", "usual", fixed, "data", *SETTING]
    sizes = sizes.assign(usual=usual).sort_values(ranks, ascending=False)
    shown = scene.results["median_ns"].fillna(scene.results["predicted_ns"])
    columns = ["operation", *keys, along, "status", *_COLUMNS]
    results = scene.results[columns].assign(shown_ns=shown).sort_values(along).groupby(keys)
    winners = scene.winners.sort_values(along).groupby(keys)
    lines: dict[str, Panels] = {}
    at: Any
    for (at, data), group in sizes.groupby([fixed, "data"], sort=False):
        line = f"{fixed} = {format.count(at)}" + ("" if data == "synthetic" else f" ({data})")
        first, *others = group[keys].itertuples(index=False, name=None)
        lines[line] = [
            Panel(along, line, results.get_group(key), winners.get_group(key))
            for key in [first, *sorted(others)[: MAX_PANELS - 1]]
        ]
    return lines


def title(panels: Panels) -> str:
    """Who is fastest at the largest size, and from which size on; or that it is a tie."""
    along, line, winners = panels[0].along, panels[0].line, panels[0].winners
    last = winners.iloc[-1]
    size = format.count(last[along])
    largest = f"{along} = {size}"
    teams = pd.Series([headline.team(row) for row in winners.to_dict("records")], winners.index)
    winner, second = teams.iloc[-1], last["second"]
    if not isinstance(second, str):
        return f"At {line}, {winner} takes {format.time(last['median_ns'])} a call at {largest}"
    if last["tie"]:
        return f"At {line}, {winner} and {second} tie at {largest}"
    leads = (teams == winner) & ~winners["tie"].astype(bool)
    since = winners[leads[::-1].cumprod()[::-1].astype(bool)].iloc[0][along]
    if leads.all():
        return f"At {line}, {winner} is fastest at every {along} measured"
    if since == last[along]:
        return f"At {line}, {winner} is fastest at the largest {along}, {size}"
    return f"At {line}, {winner} is fastest from {along} = {format.count(since)} on"


def figure(panels: Panels) -> Figure:
    """A panel for each setting; in it a line for each implementation, a band for its interval,
    hollow points where predicted, and the limit."""
    picture = Figure(figsize=(9, 5 * len(panels)))
    every = picture.subplots(len(panels), squeeze=False)[:, 0]
    picture.subplots_adjust(right=0.72, hspace=0.28)
    for axes, panel in zip(every, panels, strict=True):
        _draw(axes, panel)
    every[0].set_title(wrapped(title(panels), 9), pad=22)
    note = _note(panels[0])
    picture.text(0.125, 0.11 * (1 - 1 / len(panels)), note, color=FAINT, va="top")
    return picture


def _draw(axes: Axes, panel: Panel) -> None:
    drawn = chart([panel])
    _axes.apply(axes, "x", drawn.x)
    _axes.apply(axes, "y", drawn.y)
    ends: dict[str, tuple[float, float]] = {}
    for mark in drawn.traces:
        _draw_mark(axes, mark)
        if mark["role"] in ("line", "hollow", "ink"):
            last, name = (mark["x"][-1], mark["y"][-1]), mark["by"] or mark["label"]
            ends[name] = max(last, ends.get(name, last))
    axes.autoscale_view()
    _axes.label_ends(axes, ends, inked=[_LIMIT])
    axes.grid(True)
    setting = setting_name(*panel.rows.iloc[0][CHOICE])
    axes.text(0, 1.02, setting, transform=axes.transAxes, color=FAINT)


def _draw_mark(axes: Axes, mark: dict[str, Any]) -> None:
    x, y, role = mark["x"], mark["y"], mark["role"]
    if role == "ink":
        axes.plot(x, y, **_axes.INKED)
        return
    style = look(mark["by"])
    plain: dict[str, Any] = {"color": style.colour, "zorder": 3}
    line = {"marker": style.marker, "markersize": 5.5, **plain}
    if role == "band":
        half = len(x) // 2
        axes.fill(x, y, color=style.colour, alpha=0.25, linewidth=0)
        axes.vlines(x[:half], y[:half], y[: -half - 1 : -1], linewidth=1.2, **plain)
    elif role == "line":
        axes.plot(x, y, linestyle=style.line, linewidth=1.6, **line)
    elif role == "bridge":
        axes.plot(x, y, ":", color=style.colour, linewidth=1)
    else:
        axes.plot(x, y, linestyle="", markerfacecolor="white", **line)


def _note(panel: Panel) -> str:
    rows = panel.rows
    shown = rows.dropna(subset="shown_ns")
    note = "Line: median of a call. Band: its 95% interval."
    if rows["limit_ns"].notna().any():
        note += " The limit: what the hardware allows."
    if shown["median_ns"].isna().any():
        note += " Hollow: skipped, at the time that was predicted."
    lost = rows[~rows["implementation"].isin(shown["implementation"])]
    if lost.empty:
        return note
    names = [
        f"{name} ({', '.join(sorted(group['status'].unique()))})"
        for name, group in lost.groupby("implementation")
    ]
    return f"{note}\nNot shown: {wrapped(format.listing(names), 9)}"


def chart(panels: Panels) -> Chart:
    """The first panel: a line for each implementation, a band for its interval, and the limit."""
    panel = panels[0]
    along, rows = panel.along, panel.rows
    shown, limit = rows.dropna(subset="shown_ns"), rows.dropna(subset="limit_ns")
    limit = limit.drop_duplicates(along)
    traces = [
        mark
        for name, group in rows.groupby("implementation")
        for mark in _traces(str(name), group, along)
    ]
    if len(limit):
        traces.append(trace("ink", None, limit[along], limit["limit_ns"], label=_LIMIT))
    y = time_axis(pd.concat([shown["shown_ns"], limit["limit_ns"]]))
    return Chart(_note(panel), traces, size_axis(along, shown[along]), y)


def _traces(name: str, rows: pd.DataFrame, along: str) -> Iterator[dict[str, Any]]:
    """One implementation's band, its line, and what was only predicted of it."""
    # Columns as arrays: a large run has thousands of lines, and a frame takes its time each time.
    sizes, times, shown, lows, highs = (
        rows[column].to_numpy(float)
        for column in (along, "median_ns", "shown_ns", "ci_low_ns", "ci_high_ns")
    )
    solid = np.flatnonzero(~np.isnan(times))
    hollow = np.flatnonzero(np.isnan(times) & ~np.isnan(shown))
    if len(solid):
        there_and_back = np.concatenate([solid, solid[::-1]])
        band = np.concatenate([highs[solid], lows[solid][::-1]])
        yield trace("band", name, sizes[there_and_back], band)
        hover = [
            f"{name}, {along} = {format.count(sizes[k])}\n"
            + format.time_interval(times[k], lows[k], highs[k])
            for k in solid
        ]
        yield trace("line", name, sizes[solid], times[solid], hover=hover)
    if len(hollow):
        beyond = np.concatenate([solid[-1:], hollow])
        yield trace("bridge", name, sizes[beyond], shown[beyond])
        hover = [
            f"{name}, {along} = {format.count(sizes[k])}\nskipped; predicted: {format.time(shown[k])}"
            for k in hollow
        ]
        yield trace("hollow", name, sizes[hollow], shown[hollow], hover=hover)
