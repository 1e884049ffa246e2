"""What does vectorization buy in the lesson's own demonstrations?"""

from typing import Any

from benchmarks import format
from benchmarks.report import lesson, ratios
from benchmarks.report.lesson import LOOP, VECTORIZED, Shown
from benchmarks.report.scene import Scene
from benchmarks.report.style import look
from benchmarks.report.views import _axes
from benchmarks.report.views._marks import Chart, trace
from benchmarks.report.views._style import FAINT, INK, Axes, Figure, head, new_figure
from benchmarks.report.views._ticks import row_axis, time_axis
from benchmarks.statistics.estimates import Estimate

PLACE, SECTION, FOLLOWS = 50, "lesson", False
COLUMNS = 2
_LESSON_NS = {"loop": lesson.DOT_LOOP_NS, "vectorized": lesson.DOT_VECTORIZED_NS}
_BESIDE: dict[str, Any] = {
    "va": "center_baseline",
    "fontsize": 7.5,
    "textcoords": "offset points",
    "zorder": 4,
    "bbox": {"facecolor": "white", "linewidth": 0, "pad": 0.8},
}

Selection = list[tuple[Shown, Estimate | None]]
"""The demonstrations, each with the speedup of vectorized over the loop where both were timed."""


def select(scene: Scene) -> dict[str, Selection]:
    data = scene.data
    shown = [] if data.measured.empty else lesson.shown(data)
    return {"": [(demo, lesson.speedup(data, demo)) for demo in shown]} if shown else {}


def title(selection: Selection) -> str:
    """The range of what vectorizing brings, or who was timed where that cannot be said."""
    speedups = [(demo, speedup) for demo, speedup in selection if speedup is not None]
    if not speedups:
        fastest = sorted({name for demo, _ in selection for name in demo.fastest})
        return f"In the lesson's demonstrations the fastest is {format.listing(fastest)}"
    ranked = sorted(speedups, key=lambda pair: -pair[1].value)
    ends = ranked[:1] if len(ranked) == 1 else [ranked[0], ranked[-1]]
    compared = [f"{_compared(demo, speedup)} for {demo.name}" for demo, speedup in ends]
    return f"Compared with the loop, vectorized is {format.listing(compared)}"


def _compared(demo: Shown, speedup: Estimate) -> str:
    differs = ratios.verdict(speedup, demo.floor)
    return f"{format.ratio(speedup.value)}× as fast" if differs else "not measurably different"


def rows(selection: Selection) -> list[dict[str, str]]:
    """The lesson's two ways of writing, beside the lesson's own figures."""
    figures = f"{format.time(lesson.DOT_LOOP_NS)} and {format.time(lesson.DOT_VECTORIZED_NS)}: "
    figures += f"{format.ratio(lesson.DOT_SPEEDUP)}× at {format.count(lesson.DOT_SIZE)}"
    table = []
    for demo, speedup in selection:
        times = demo.times_ns
        tie = "a tie of " if len(demo.fastest) > 1 else ""
        table.append(
            {
                "demonstration": demo.name,
                f"a loop ({LOOP})": format.time(times.get(LOOP)),
                f"vectorized ({VECTORIZED})": format.time(times.get(VECTORIZED)),
                "speedup": ratios.speedup(speedup, demo.floor) if speedup else "",
                "fastest": f"{tie}{format.listing(demo.fastest)}, {format.time(times.min())}",
                "the lesson's own figures": figures if demo.is_dot else "",
            }
        )
    return table


def figure(selection: Selection) -> Figure:
    """A panel for each demonstration, in each a bar for each implementation that offers it."""
    across = min(COLUMNS, len(selection))
    lines = [selection[k : k + across] for k in range(0, len(selection), across)]
    most = [max(len(demo.results) for demo, _ in line) for line in lines]
    inches = [0.9 + 0.22 * max(2, bars) for bars in most]
    picture = new_figure(5.2 * across, 0.9 + sum(inches), "constrained")
    grid = picture.subplots(len(lines), across, squeeze=False, height_ratios=inches)
    for panels, line, bars in zip(grid, lines, most, strict=True):
        for axes, (demo, _) in zip(panels, line, strict=False):
            _draw_panel(axes, demo, bars)
        for axes in panels[len(line) :]:
            axes.set_visible(False)
    head(picture, title(selection), 5.2 * across)
    title_x = f"{time_axis([]).title}; bar ends: median, with its 95% interval"
    picture.supxlabel(title_x, size=9)
    return picture


def _draw_panel(axes: Axes, demo: Shown, bars: int) -> None:
    """The bars from the top down, as thick as in the panel beside it, which may have more."""
    names = sorted(map(str, demo.results.index), reverse=True)
    lesson_ns = _LESSON_NS if demo.is_dot else {}
    times = demo.results["median_ns"].fillna(demo.results["predicted_ns"]).dropna()
    low, high = min([*times, *lesson_ns.values()]) / 4, max([*times, *lesson_ns.values()])
    right = high * (high / low) ** 0.3  # room for the figures beside the bars
    _axes.apply(axes, "x", time_axis([low, right])._replace(title="", range=(low, right)))
    for name, result in demo.results.to_dict("index").items():
        _draw_bar(axes, names.index(str(name)), str(name), result, low)
    for way, ns in lesson_ns.items():
        axes.axvline(ns, color=INK, linewidth=1, linestyle=(0, (4, 2)), zorder=1)
        label = f"lesson, {way}\n{format.time(ns)}"
        axes.text(ns, len(names) - 0.35, label, ha="center", fontsize=7)
    axes.set_yticks(range(len(names)), [format.short(name) for name in names])
    axes.set_ylim(len(names) - bars - 0.6, len(names) - 0.4)
    axes.tick_params(axis="y", length=0)
    axes.grid(True, axis="x")
    axes.set_title(demo.name, fontsize=9, pad=24 if demo.is_dot else 6)


def _draw_bar(axes: Axes, y: int, name: str, result: dict[Any, Any], low: float) -> None:
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


def chart(selection: Selection) -> Chart:
    """A row for each demonstration, a mark for each implementation, and the lesson's own figures."""
    demos = [demo for demo, _ in selection][::-1]  # the first at the top
    marks: dict[str, list[tuple[int, float, str]]] = {}
    for place, demo in enumerate(demos):
        for name, row in demo.results.dropna(subset="median_ns").to_dict("index").items():
            time = format.time_interval(row["median_ns"], row["ci_low_ns"], row["ci_high_ns"])
            text = f"{name}\n{demo.name}: {time}"
            marks.setdefault(str(name), []).append((place, row["median_ns"], text))
    traces = []
    for name, points in sorted(marks.items()):
        places, times_ns, hovers = zip(*points, strict=True)
        traces.append(trace("dots", name, times_ns, places, hover=hovers))
    dots = [place for place, demo in enumerate(demos) if demo.is_dot]
    for place in dots:
        ways = [f"the lesson's {way}" for way in _LESSON_NS]
        hover = [f"{way}: {format.time(ns)}" for way, ns in zip(ways, _LESSON_NS.values(), strict=True)]  # fmt: skip
        traces.append(trace("lesson", None, _LESSON_NS.values(), [place, place], text=ways, hover=hover))  # fmt: skip
    times = [ns for points in marks.values() for _, ns, _ in points]
    x = time_axis([*times, *((lesson.DOT_LOOP_NS,) if dots else ())])
    x = x._replace(title="time of one call")  # the rows' names leave little room
    return Chart("", traces, x, row_axis("", [demo.name for demo in demos]), 140 + 46 * len(demos))
