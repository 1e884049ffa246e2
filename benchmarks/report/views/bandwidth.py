"""How fast can this machine's memory be read, at best?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from benchmarks import format
from benchmarks.report.scene import Scene
from benchmarks.report.views import _axes
from benchmarks.report.views._marks import LINES, Chart, trace
from benchmarks.report.views._style import FAINT, INK, PALE, wrapped
from benchmarks.report.views._ticks import Axis, log_axis

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
    size: Any
    for size, group in selection.rows.groupby("working_set_bytes"):
        row = {"working set": format.memory(size)}
        for rate in group.to_dict("records"):
            threads = format.count(rate["threads"], "thread")
            row[threads] = f"{format.rate(rate['per_s'])} ({rate['probe']})"
        table.append(row)
    return table


def _by_threads(selection: Curves) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Each thread count's line: the name of its look, its label, its rows."""
    threads: Any
    for k, (threads, rows) in enumerate(selection.rows.groupby("threads")):
        yield list(LINES)[k % len(LINES)], format.count(threads, "thread"), rows


def _axes_of(selection: Curves) -> tuple[Axis, Axis]:
    sizes, rates = selection.rows["working_set_bytes"], selection.rows["per_s"]
    x = log_axis("working set (bytes, of all threads together)", sizes, format.memory, base=8)
    return x, log_axis("read, the best of several probes (bytes a second)", rates, format.rate)


def figure(selection: Curves) -> Figure:
    """A line for each thread count, and where each cache of one core ends."""
    picture = Figure(figsize=(9, 4.2))
    axes = picture.subplots()
    for name, label, rows in _by_threads(selection):
        style, sizes, rates = LINES[name], rows["working_set_bytes"], rows["per_s"]
        axes.plot(
            sizes, rates, color=style.colour, marker=style.marker, markersize=5, linewidth=1.6, label=label
        )  # fmt: skip
    low, high = selection.rows["per_s"].min(), selection.rows["per_s"].max()
    for which, axis in zip("xy", _axes_of(selection), strict=True):
        _axes.apply(axes, which, axis)
    axes.set_ylim(low / 1.5, high * 1.8)
    for level, size in selection.caches.items():
        axes.axvline(size, color=PALE, linewidth=6, zorder=0)
        axes.text(size, high * 1.75, level, color=FAINT, ha="center", va="top")
    axes.grid(True)
    axes.legend(loc="lower left", labelcolor=INK)
    axes.set_title(wrapped(title(selection), 9), pad=12)
    return picture


def chart(selection: Curves) -> Chart:
    """The same lines, and where each cache of one core ends."""
    traces = []
    for name, label, rows in _by_threads(selection):
        hover = [
            f"{label}, {format.memory(row['working_set_bytes'])}\n{format.rate(row['per_s'])} ({row['probe']})"
            for row in rows.to_dict("records")
        ]
        sizes, rates = rows["working_set_bytes"], rows["per_s"]
        traces.append(trace("line", name, sizes, rates, hover=hover, label=label))
    low, high = selection.rows["per_s"].min(), selection.rows["per_s"].max()
    for level, size in selection.caches.items():
        traces.append(trace("edge", None, [size, size], [low, 1.5 * high], text=["", level]))
    return Chart(_NOTE, traces, *_axes_of(selection))
