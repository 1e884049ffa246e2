"""What does vectorization buy in the lesson's own demonstrations?"""

from benchmarks import format
from benchmarks.report import lesson
from benchmarks.report.figures import lesson as figure
from benchmarks.report.web.charts._marks import Chart, plain, time_axis, trace
from benchmarks.report.web.scene import Scene

PLACE, SECTION, FOLLOWS = 60, "lesson", False


def draw(scene: Scene) -> dict[str, Chart]:
    """A row for each demonstration, a mark for each implementation, and the lesson's own figures."""
    if (shown := figure.select(scene.data)) is None:
        return {}
    found: dict[str, list[tuple[str, float, str]]] = {}
    for one, _ in shown:
        for name, row in one.results.dropna(subset="median_ns").to_dict("index").items():
            time = format.time_interval(row["median_ns"], row["ci_low_ns"], row["ci_high_ns"])
            said = f"{name}\n{one.name}: {time}"
            found.setdefault(str(name), []).append((one.name, row["median_ns"], said))
    traces = []
    for name, marks in sorted(found.items()):
        rows, times_ns, hover = zip(*marks, strict=True)
        traces.append(trace("dots", name, times_ns, rows, hover=hover))
    dots = [one.name for one, _ in shown if one.demonstration.operation == "dot"]
    for name in dots:
        lesson_ns = [lesson.DOT_LOOP_NS, lesson.DOT_VECTORIZED_NS]
        ways = ["the lesson's loop", "the lesson's vectorized"]
        spoken = [f"{way}: {format.time(ns)}" for way, ns in zip(ways, lesson_ns, strict=True)]
        traces.append(trace("taught", None, lesson_ns, [name, name], text=ways, hover=spoken))
    names = [one.name for one, _ in shown][::-1]
    times = [ns for marks in found.values() for _, ns, _ in marks]
    y = {"title": "", "names": [plain(name) for name in names]}
    x = time_axis([*times, *((lesson.DOT_LOOP_NS,) if dots else ())])
    return {"": Chart(f"{figure.title(shown)}.", traces, x, y, height=140 + 46 * len(names))}
