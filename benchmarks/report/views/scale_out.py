"""What do more workers bring, what does a block cost, and from which size on are blocks worth it?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from benchmarks import format
from benchmarks.report.scene import Scene
from benchmarks.report.views import _axes
from benchmarks.report.views._marks import LINES, Chart, interval, trace
from benchmarks.report.views._style import INK, wrapped
from benchmarks.report.views._ticks import size_axis, time_axis
from benchmarks.results.records import is_control
from benchmarks.results.store import CELL
from benchmarks.statistics.estimates import Estimate

PLACE, SECTION, FOLLOWS = 45, "winners", False
BLOCKS = "dask_blocks"
# The same in blocks of so many examples: docs/dask_blocks_of_1000.py.
_IN_BLOCKS_OF = re.compile(rf"{BLOCKS}_of_([1-9][0-9]*)")
MIN_SIZES = 3
_NUMBER_BYTES = 8  # of w and of a block's sums, as they travel
_KEYS = [name for name in CELL if name not in ("m", "threads")]
_TIMES = ["median_ns", "ci_low_ns", "ci_high_ns"]


@dataclass(frozen=True, eq=False)
class Scaling:
    """At one n_x: a step's times by m, for each number of workers; `beside` is the fastest that works on
    one machine alone with as many threads as the most workers, and `crossovers` are where blocks become
    faster than that. `block_ns` is what a block more costs a worker, by m, where the same was timed in
    smaller blocks and that took longer beyond chance; `moved` the bytes that a step sends, by m, over the
    least that it has to."""

    n_x: int
    steps: dict[int, pd.DataFrame]
    beside_name: str
    beside: pd.DataFrame
    crossovers: pd.DataFrame
    block_ns: dict[int, Estimate]
    moved: pd.Series

    @property
    def most(self) -> int:
        return max(self.steps)

    @property
    def ratios(self) -> pd.Series:
        """The time in blocks over the time without, by m, with the most workers."""
        ratios = self.steps[self.most]["median_ns"] / self.beside["median_ns"]
        return ratios.dropna()


def select(scene: Scene) -> dict[str, Scaling]:
    """Where blocks were timed at several m; by n_x, the one with the most sizes first."""
    measured = scene.measured
    blocks = measured[measured["implementation"] == BLOCKS]
    found: dict[str, Scaling] = {}
    groups: Any = blocks.groupby(_KEYS)
    for key, rows in sorted(groups, key=lambda group: -group[1]["m"].nunique()):
        if rows["m"].nunique() < MIN_SIZES:
            continue
        steps = {
            int(at): each.set_index("m")[_TIMES].sort_index()
            for at, each in rows.groupby("threads")
        }
        # A block for each worker, unless --block said otherwise.
        cut = "DASK_BLOCKS_EXAMPLES" in (scene.data.about.get("variables") or {})
        at_most = rows.head(0) if cut else rows[rows["threads"] == max(steps)]
        moved_bytes = at_most.set_index("m")["moved_bytes"].dropna().sort_index()
        # To each worker w, and back from each block its dw.
        least_bytes = 2 * max(steps) * int(key[2]) * _NUMBER_BYTES
        same = (measured[_KEYS] == list(key)).all(axis=1) & (measured["threads"] == max(steps))
        others = measured[same & (measured["implementation"] != BLOCKS)]
        others = others[~is_control(others["implementation"])]
        if others.empty:
            continue
        largest = others[others["m"] == others["m"].max()]
        name = str(largest.loc[largest["median_ns"].idxmin(), "implementation"])
        beside = others[others["implementation"] == name].set_index("m")[_TIMES].sort_index()
        crossovers = _crossovers(scene.data.crossovers, key, max(steps), name)
        block_ns = dict(_block_costs(scene, at_most))
        moved = moved_bytes / least_bytes
        scaling = Scaling(int(key[2]), steps, name, beside, crossovers, block_ns, moved)
        found.setdefault(f"n_x = {format.count(key[2])}", scaling)
    return found


def _crossovers(table: pd.DataFrame, key: tuple, threads: int, name: str) -> pd.DataFrame:
    """The rows of crossovers.csv along m where blocks overtake the implementation of that name."""
    wanted = dict(zip(_KEYS, key, strict=True))
    wanted |= {"threads": threads, "along": "m", "at": wanted.pop("n_x")}
    wanted |= {"faster_below": name, "faster_above": BLOCKS}
    return table[(table[list(wanted)] == list(wanted.values())).all(axis=1)]


def _block_costs(scene: Scene, rows: pd.DataFrame) -> Iterator[tuple[int, Estimate]]:
    """At each m what a block more costs a worker, in ns: from the same step in smaller blocks, in the
    same rounds."""
    names = map(str, scene.measured["implementation"].unique())
    widths = {name: int(found[1]) for name in names if (found := _IN_BLOCKS_OF.fullmatch(name))}
    for row in rows.to_dict("records"):
        m, ns = int(row["m"]), float(row["median_ns"])
        cell = tuple(row[key] for key in CELL)
        for name, width in widths.items():
            more = ceil(m / (width * row["threads"])) - 1  # blocks of a worker
            times = scene.data.speedup(cell, BLOCKS, name)
            # One round alone has no interval; and what a block costs is more than nothing.
            if more > 0 and times is not None and 1 < times.low < times.high:
                yield m, Estimate(*((ratio - 1) * ns / more for ratio in times))


def title(selection: Scaling) -> str:
    """What the most workers bring at the largest m, what the smallest step costs, and the crossover."""
    steps, most = selection.steps, selection.most
    brings = f"A step of {BLOCKS} takes {format.time(steps[most]['median_ns'].min())} or more"
    if selection.block_ns:
        narrowest = min(selection.block_ns.values(), key=lambda cost: cost.high - cost.low)
        brings += f" and {format.time_interval(*narrowest)} for each block of a worker"
    if len(steps) > 1:
        gain = (steps[min(steps)]["median_ns"] / steps[most]["median_ns"]).dropna()
        workers = f"{format.count(most, 'worker')} are {format.ratio(gain.iloc[-1])}× as fast as 1"
        brings = f"{brings}; {workers} at m = {format.count(gain.index[-1])}"
    return f"{brings}; {_crossover(selection)}"


def _crossover(selection: Scaling) -> str:
    """From which m on blocks are faster than the fastest without them, or how far they are from that."""
    name, ratios = selection.beside_name, selection.ratios
    if len(selection.crossovers):
        ends = selection.crossovers.iloc[-1][["size", "size_low", "size_high"]]
        m, low, high = (format.rounded(float(end)) for end in ends)
        return f"it is faster than {name} from m = {m} [{low}, {high}] on"
    if ratios.empty:
        return f"it was not compared with {name}"
    times, m = format.ratio(ratios.iloc[-1]), format.count(ratios.index[-1])
    return f"at m = {m} it takes {times}× the time of {name}"


def rows(selection: Scaling) -> list[dict[str, str]]:
    """At each m the times, what more workers bring, the time beside one machine's fastest, what a block
    more costs, and the bytes that are sent."""
    steps, few, most = selection.steps, min(selection.steps), selection.most
    table = []
    for m in sorted(set().union(*(times.index for times in steps.values()))):
        row = {"m": format.count(m)}
        for workers, times in steps.items():
            heading = format.count(workers, "worker")
            row[heading] = _time(times, m)
        if most > few:
            row["same data, more workers"] = _ratio(steps[few], m, steps[most], m)
            row["data that grew with them"] = _ratio(steps[few], m * few // most, steps[most], m)
        row[f"{selection.beside_name}, {format.count(most, 'thread')}"] = _time(selection.beside, m)
        row["blocks / without"] = _ratio(steps[most], m, selection.beside, m)
        if selection.block_ns:
            cost = selection.block_ns.get(m)
            row["a block more"] = format.time_interval(*cost) if cost else ""
        if selection.moved.any():
            row["bytes sent / least"] = f"{format.ratio(selection.moved.get(m))}×".lstrip("×")
        table.append(row)
    return table


def _time(times: pd.DataFrame, m: int) -> str:
    if m not in times.index:
        return ""
    return format.time_interval(*map(float, times.loc[m, _TIMES].to_numpy()))


def _ratio(above: pd.DataFrame, m: int, below: pd.DataFrame, other_m: int) -> str:
    if m not in above.index or other_m not in below.index:
        return ""
    ratio = above["median_ns"].to_dict()[m] / below["median_ns"].to_dict()[other_m]
    return f"{format.ratio(ratio)}×"


def figure(selection: Scaling) -> Figure:
    picture, drawn = Figure(figsize=(9, 4.4)), chart(selection)
    axes = picture.subplots()
    _axes.apply(axes, "x", drawn.x)
    _axes.apply(axes, "y", drawn.y)
    for mark in drawn.traces:
        colour, marker, dash = LINES[mark["by"]]
        ends = [list(mark["less"]), list(mark["more"])]
        line: dict[str, Any] = {"linestyle": dash, "markersize": 5, "linewidth": 1.6, "capsize": 2}
        axes.errorbar(
            mark["x"], mark["y"], ends, color=colour, marker=marker, label=mark["label"], **line
        )
    axes.grid(True)
    axes.legend(loc="lower right", labelcolor=INK)
    axes.set_title(wrapped(title(selection), 7.2), pad=12)
    return picture


def chart(selection: Scaling) -> Chart:
    """A line for each number of workers, and one for the fastest without blocks."""
    lines = [
        (f"{BLOCKS}, {format.count(workers, 'worker')}", times)
        for workers, times in selection.steps.items()
    ]
    local = f"{selection.beside_name}, {format.count(selection.most, 'thread')}"
    traces = []
    for k, (label, times) in enumerate([*lines[: len(LINES) - 1], (local, selection.beside)]):
        hover = [f"{label}, m = {format.count(m)}\n{_time(times, m)}" for m in times.index]
        ends = interval(times["median_ns"], times["ci_low_ns"], times["ci_high_ns"])
        points = (times.index, times["median_ns"])
        traces.append(trace("line", list(LINES)[k], *points, hover=hover, label=label, **ends))
    x = size_axis("m", {m for _, times in lines for m in times.index})
    y = time_axis(
        [t for _, times in lines for t in times["median_ns"]] + list(selection.beside["median_ns"])
    )
    return Chart(f"At n_x = {format.count(selection.n_x)}. Bar: 95% interval.", traces, x, y)
