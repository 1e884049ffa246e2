"""What does getting rid of the loop bring?"""

from math import log10
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from benchmarks import format
from benchmarks.report import ratios
from benchmarks.report.data import MAIN
from benchmarks.report.lesson import LOOP, VECTORIZED
from benchmarks.report.scene import Scene
from benchmarks.report.style import look
from benchmarks.report.views import _axes
from benchmarks.report.views._marks import Chart, trace
from benchmarks.report.views._style import INK, head
from benchmarks.report.views._ticks import Axis, row_axis, time_axis
from benchmarks.statistics.estimates import Estimate

PLACE, SECTION, FOLLOWS = 5, "answer", False
PER_EXAMPLE, COMPILED = "numpy_per_example", "numba_loops"
_ONE_PASS = ("numba_fused", "numba_prepared")
_TIMES = ["median_ns", "ci_low_ns", "ci_high_ns"]
_INCHES = 7.6


class Answer(NamedTuple):
    """The lesson's ways of writing a step, and the fastest of all, in one cell; the slowest first.

    `times` has median_ns and its interval by name, `speedups` how many times as fast as the loop each is,
    where the rounds tell; `floor` is the cell's noise floor, as a share.
    """

    label: str
    times: pd.DataFrame
    speedups: dict[str, Estimate]
    floor: float

    @property
    def fastest(self) -> str:
        return str(self.times.index[-1])


def select(scene: Scene) -> dict[str, Answer]:
    """The cell that stands for the run, where the loop and the vectorized step were timed in it."""
    data = scene.data
    if data.measured.empty or data.operation() != MAIN:
        return {}
    cell = data.central()
    times = data.of(cell)[_TIMES].dropna().sort_values("median_ns", ascending=False)
    if not {LOOP, VECTORIZED} <= set(times.index):
        return {}
    named = [LOOP, PER_EXAMPLE, VECTORIZED, COMPILED, str(times.index[-1])]
    times = times[times.index.isin(named)]
    found = {str(name): data.speedup(cell, str(name), LOOP) for name in times.index if name != LOOP}
    speedups = {name: ratio for name, ratio in found.items() if ratio is not None}
    return {"": Answer(data.label(cell), times, speedups, data.floor(cell))}


def title(selection: Answer) -> str:
    """What vectorizing brings, compiling, and the best there is: each over the loop."""
    fastest = selection.fastest
    ways = {VECTORIZED: "vectorizing the loop makes it", COMPILED: "compiling it,"}
    if fastest not in ways:
        ways[fastest] = "one pass over X," if fastest in _ONE_PASS else f"{fastest},"
    parts = [
        f"{words} {format.ratio_interval(*selection.speedups[name])}"
        + " as fast" * (name == VECTORIZED)
        for name, words in ways.items()
        if name in selection.speedups
    ]
    return f"At {selection.label}, {'; '.join(parts)}"


def rows(selection: Answer) -> list[dict[str, str]]:
    """The bars as numbers."""
    return [
        {
            "implementation": str(name),
            "a step": format.time_interval(*row),
            "times as fast as the loop": _ratio(selection, str(name)),
        }
        for name, row in zip(selection.times.index, selection.times.to_numpy(), strict=True)
    ]


def _ratio(selection: Answer, name: str) -> str:
    ratio = selection.speedups.get(name)
    return ratios.speedup(ratio, selection.floor) if ratio else ""


def _beside(selection: Answer, name: str) -> str:
    """What stands at the end of a bar."""
    time = format.time(float(selection.times["median_ns"][name]))
    ratio = selection.speedups.get(name)
    return f"{time}, {format.ratio_interval(*ratio)}" if ratio else time


def figure(selection: Answer) -> Figure:
    """A bar for each, the slowest at the top; its end is the median, with the interval."""
    names = [str(name) for name in selection.times.index][::-1]
    picture = Figure(figsize=(_INCHES, 1.1 + 0.34 * len(names)), layout="constrained")
    axes = picture.subplots()
    left, right, axis = _time_axis(selection)
    _axes.apply(axes, "x", axis._replace(range=(left, right)))
    for place, name in enumerate(names):
        ns, from_ns, to_ns = map(float, selection.times.loc[name, _TIMES])
        axes.barh(place, ns - left, left=left, height=0.66, color=look(name).colour)
        axes.hlines(place, from_ns, to_ns, color=INK, linewidth=2)
        beside: dict[str, Any] = {"textcoords": "offset points", "va": "center_baseline"}
        axes.annotate(_beside(selection, name), (max(ns, to_ns), place), (4, 0), **beside)
    axes.set_yticks(range(len(names)), [format.short(name) for name in names])
    axes.tick_params(axis="y", length=0)
    axes.grid(True, axis="x")
    head(picture, title(selection), _INCHES)
    return picture


def chart(selection: Answer) -> Chart:
    """A bar for each, and what stands at its end, beyond its interval."""
    names = [str(name) for name in selection.times.index][::-1]
    traces = []
    for place, name in enumerate(names):
        ns, low, high = map(float, selection.times.loc[name, _TIMES])
        ends: dict[str, Any] = {"less": [ns - low], "more": [high - ns], "along": "m"}
        hover = [f"{name}\n{format.time_interval(ns, low, high)}"]
        traces.append(trace("bar", name, [ns], [place], hover=hover, **ends))
        traces.append(trace("beside", name, [high], [place], text=[f" {_beside(selection, name)}"]))
    left, right, axis = _time_axis(selection)
    note = "Times as fast as the loop, with the 95% interval. The scale is logarithmic."
    x = axis._replace(range=(log10(left), log10(right)))
    return Chart(note, traces, x, row_axis("", names), 110 + 44 * len(names))


def _time_axis(selection: Answer) -> tuple[float, float, Axis]:
    """Where the axis begins and ends, with room for what stands beside the bars."""
    low, high = selection.times["ci_low_ns"].min(), selection.times["ci_high_ns"].max()
    left = float(low) / 3
    return left, float(high * (high / low) ** 0.45), time_axis([left, high])
