"""How fast can this machine's memory be read, at best?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from benchmarks import format
from benchmarks.report.scene import Scene
from benchmarks.report.views import _axes
from benchmarks.report.views._marks import LINES, Chart, trace
from benchmarks.report.views._style import FAINT, INK, PALE, wrapped
from benchmarks.report.views._ticks import log_axis

PLACE, SECTION, FOLLOWS, PICTURE = 70, "limit", False, "limits"
_NOTE = (
    "The working set is read over and over, by all threads together; L1, L2 and L3: where one "
    "core's caches end."
)


@dataclass(frozen=True, eq=False)
class Curves:
    """Bytes a second against the working set, a row for each size and thread count; cache sizes by level."""

    rows: pd.DataFrame
    caches: Mapping[str, int] = field(default_factory=dict)


def select(scene: Scene) -> dict[str, Curves]:
    selection = curves(scene.data.limits, scene.data.about.get("machine") or {})
    return {"": selection} if selection else {}


def curves(limits: pd.DataFrame, machine: Mapping[str, Any]) -> Curves | None:
    """What a table of limits says of reading, and what run.json's `machine` says of the caches."""
    if limits.empty or not (limits["what"] == "read").any():
        return None
    rows = limits[limits["what"] == "read"].sort_values(["threads", "working_set_bytes"])
    sizes = {level: machine.get(f"{level.lower()}_cache_bytes") for level in ("L1", "L2", "L3")}
    return Curves(rows, {level: size for level, size in sizes.items() if size})


def title(selection: Curves) -> str:
    rows = selection.rows[selection.rows["threads"] == selection.rows["threads"].max()]
    first, last = rows.iloc[0], rows.iloc[-1]
    return (
        f"{format.count(last['threads'], 'thread')} read {format.rate(last['per_s'])} from memory "
        f"and {format.rate(first['per_s'])} from the first cache"
    )


def rows(selection: Curves) -> list[dict[str, str]]:
    """The rates at each size, a column for each thread count, and whose they were."""
    table = []
    threads = sorted(selection.rows["threads"].unique())
    blank = {format.count(number, "thread"): "" for number in threads}
    size: Any
    for size, group in selection.rows.groupby("working_set_bytes"):
        row = {"working set": format.memory(size), **blank}
        for rate in group.to_dict("records"):
            row[format.count(rate["threads"], "thread")] = (
                f"{format.rate(rate['per_s'])} ({rate['probe']})"
            )
        table.append(row)
    return table


def figure(selection: Curves) -> Figure:
    """The chart's lines, and where each cache of one core ends."""
    picture, drawn = Figure(figsize=(9, 4.2)), chart(selection)
    axes = picture.subplots()
    low, high = selection.rows["per_s"].min(), selection.rows["per_s"].max()
    _axes.apply(axes, "x", drawn.x)
    _axes.apply(axes, "y", drawn.y)
    axes.set_ylim(low / 1.5, high * 1.8)
    line: dict[str, Any] = {"markersize": 5, "linewidth": 1.6}
    for mark in drawn.traces:
        if mark["role"] == "edge":
            axes.axvline(mark["x"][0], color=PALE, linewidth=6, zorder=0)
            axes.text(
                mark["x"][0], high * 1.75, mark["text"][1], color=FAINT, ha="center", va="top"
            )
        else:
            colour, marker, _ = LINES[mark["by"]]
            line |= {"color": colour, "marker": marker, "label": mark["label"]}
            axes.plot(mark["x"], mark["y"], **line)
    axes.grid(True)
    axes.legend(loc="lower left", labelcolor=INK)
    axes.set_title(wrapped(title(selection), 9), pad=12)
    return picture


def chart(selection: Curves) -> Chart:
    """A line for each thread count, and where each cache of one core ends."""
    traces, sizes, rates = [], selection.rows["working_set_bytes"], selection.rows["per_s"]
    threads: Any
    for k, (threads, rows) in enumerate(selection.rows.groupby("threads")):
        label = format.count(threads, "thread")
        hover = [
            f"{label}, {format.memory(row['working_set_bytes'])}\n{format.rate(row['per_s'])} ({row['probe']})"
            for row in rows.to_dict("records")
        ]
        name, points = list(LINES)[k % len(LINES)], (rows["working_set_bytes"], rows["per_s"])
        traces.append(trace("line", name, *points, hover=hover, label=label))
    for level, size in selection.caches.items():
        ends = [rates.min(), 1.5 * rates.max()]
        traces.append(trace("edge", None, [size, size], ends, text=["", level]))
    x = log_axis("working set (bytes, of all threads together)", sizes, format.memory, base=8)
    y = log_axis("read, the best of several probes (bytes a second)", rates, format.rate)
    return Chart(_NOTE, traces, x, y)
