"""What does vectorization buy in the lesson's own demonstrations?"""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks import format
from benchmarks.report import lesson, ratios
from benchmarks.report.data import Data
from benchmarks.report.figures import _axes
from benchmarks.report.figures._style import FAINT, INK, wrapped
from benchmarks.report.lesson import LOOP, VECTORIZED, Shown
from benchmarks.report.style import look
from benchmarks.statistics import Estimate

PLACE = 50
ACROSS = 2
_BESIDE: dict[str, Any] = {
    "va": "center_baseline",
    "fontsize": 7.5,
    "textcoords": "offset points",
    "zorder": 4,
    "bbox": {"facecolor": "white", "linewidth": 0, "pad": 0.8},
}

Selection = list[tuple[Shown, Estimate | None]]
"""The demonstrations, each with the speedup of vectorized over the loop where both were timed."""


def select(data: Data) -> Selection | None:
    return [(one, _speedup(data, one)) for one in lesson.shown(data)] or None


def _speedup(data: Data, one: Shown) -> Estimate | None:
    both = {LOOP, VECTORIZED} <= set(one.times_ns.index)
    return data.speedup(one.cell, VECTORIZED, LOOP) if both else None


def title(selection: Selection) -> str:
    """The range of what vectorizing brings, or who was timed where that cannot be said."""
    ratios = [(one, ratio) for one, ratio in selection if ratio is not None]
    if not ratios:
        fastest = sorted({name for one, _ in selection for name in one.fastest})
        return f"In the lesson's demonstrations the fastest is {format.listing(fastest)}"
    ranked = sorted(ratios, key=lambda pair: -pair[1].value)
    ends = ranked[:1] if len(ranked) == 1 else [ranked[0], ranked[-1]]
    said = [f"{_than(one, ratio)} for {one.name}" for one, ratio in ends]
    return f"Against the loop, vectorized is {format.listing(said)}"


def _than(one: Shown, ratio: Estimate) -> str:
    how, amount = ratios.standing(ratio, one.floor)
    return f"{format.ratio(amount.value)} times {how}" if how else "as fast"


def table(selection: Selection) -> list[dict[str, str]]:
    """The lesson's two ways of writing, beside the lesson's own figures."""
    rows = []
    for one, ratio in selection:
        times, dot = one.times_ns, one.demonstration.operation == "dot"
        figures = f"{format.time(lesson.DOT_LOOP_NS)} and {format.time(lesson.DOT_VECTORIZED_NS)}: "
        figures += f"{format.ratio(lesson.DOT_TIMES)}× at {format.count(lesson.DOT_SIZE)}"
        row = {"demonstration": one.name}
        row |= {f"a loop ({LOOP})": format.time(times.get(LOOP))}
        row |= {f"vectorized ({VECTORIZED})": format.time(times.get(VECTORIZED))}
        row |= {"times faster": ratios.speedup(ratio, one.floor) if ratio else ""}
        tie = "a tie of " if len(one.fastest) > 1 else ""
        row |= {"fastest": f"{tie}{format.listing(one.fastest)}, {format.time(times.min())}"}
        rows.append({**row, "the lesson's own figures": figures if dot else ""})
    return rows


def draw(selection: Selection) -> Figure:
    """A panel for each demonstration, in each a bar for each implementation that offers it."""
    across = min(ACROSS, len(selection))
    rows = [selection[k : k + across] for k in range(0, len(selection), across)]
    most = [max(len(one.results) for one, _ in row) for row in rows]
    inches = [0.9 + 0.22 * max(2, bars) for bars in most]
    figure = Figure(figsize=(5.2 * across, 0.9 + sum(inches)), layout="constrained")
    grid = figure.subplots(len(rows), across, squeeze=False, height_ratios=inches)
    for panels, row, bars in zip(grid, rows, most, strict=True):
        for axes, (one, _) in zip(panels, row, strict=False):
            _panel(axes, one, bars)
        for axes in panels[len(row) :]:
            axes.set_visible(False)
    heading = wrapped(title(selection), 5.2 * across)
    figure.suptitle(heading, x=0.01, ha="left", weight="bold", size=11)
    figure.supxlabel(f"{_axes.TIME}; bar ends: median, with its 95% interval", size=9)
    return figure


def _panel(axes: Axes, one: Shown, bars: int) -> None:
    """The bars from the top down, as thick as in the panel beside it, which may have more."""
    names = sorted(map(str, one.results.index), reverse=True)
    dot = one.demonstration.operation == "dot"
    taught_ns = [lesson.DOT_LOOP_NS, lesson.DOT_VECTORIZED_NS] if dot else []
    known = one.results["median_ns"].fillna(one.results["predicted_ns"]).dropna()
    low, high = min([*known, *taught_ns]) / 4, max([*known, *taught_ns])
    right = high * (high / low) ** 0.3  # room for the figures beside the bars
    _axes.time_axis(axes, "x", low, right)
    axes.set_xlim(low, right)
    for name, result in one.results.to_dict("index").items():
        _bar(axes, names.index(str(name)), str(name), result, low)
    for ns, way in zip(taught_ns, ("loop", "vectorized"), strict=False):
        axes.axvline(ns, color=INK, linewidth=1, linestyle=(0, (4, 2)), zorder=1)
        label = f"lesson, {way}\n{format.time(ns)}"
        axes.text(ns, len(names) - 0.35, label, ha="center", fontsize=7)
    axes.set_yticks(range(len(names)), [format.short(name) for name in names])
    axes.set_ylim(len(names) - bars - 0.6, len(names) - 0.4)
    axes.tick_params(axis="y", length=0)
    axes.grid(True, axis="x")
    axes.set_title(one.name, fontsize=9, pad=24 if dot else 6)


def _bar(axes: Axes, y: int, name: str, result: dict, low: float) -> None:
    colour, ns = look(name).colour, result["median_ns"]
    if format.known(ns):
        axes.barh(y, ns - low, left=low, height=0.66, color=colour)
        axes.hlines(y, result["ci_low_ns"], result["ci_high_ns"], color=INK, linewidth=2)
        axes.annotate(format.time(ns), (max(ns, result["ci_high_ns"]), y), (4, 0), **_BESIDE)
        return
    status, predicted = result["status"].replace("_", " "), result["predicted_ns"]
    if format.known(predicted):
        axes.barh(y, predicted - low, left=low, height=0.66, fill=False, edgecolor=colour)
        status += f": about {format.time(predicted)}"
    at = predicted if format.known(predicted) else low
    axes.annotate(status, (at, y), (4, 0), color=FAINT, **_BESIDE)
