"""How fast can this machine's memory be read, at best?"""

from typing import Any

from benchmarks import format
from benchmarks.report.figures import limits
from benchmarks.report.web.charts._marks import LINES, Chart, log_axis, trace
from benchmarks.report.web.scene import Scene

PLACE, SECTION, FOLLOWS = 50, "limit", False

_READING = (
    "The working set is read over and over, by all threads together; L1, L2 and L3: where one "
    "core's caches end."
)


def draw(scene: Scene) -> dict[str, Chart]:
    """Bytes a second against the working set, a line for each thread count; where caches end."""
    found = limits.select(scene.data)
    if found is None:
        return {}
    traces = []
    threads: Any
    for k, (threads, own) in enumerate(found.rows.groupby("threads")):
        said = format.count(int(threads), "thread")
        hover = [
            f"{said}, {format.memory(row['working_set_bytes'])}\n{row['per_s'] / 1e9:,.3g} GB/s ({row['probe']})"
            for row in own.to_dict("records")
        ]
        name = list(LINES)[k % len(LINES)]
        traces.append(
            trace("line", name, own["working_set_bytes"], own["per_s"], hover=hover, label=said)
        )
    low, high = found.rows["per_s"].min(), found.rows["per_s"].max()
    for level, size in found.caches.items():
        traces.append(trace("edge", None, [size, size], [low, 1.5 * high], text=["", level]))
    sizes = found.rows["working_set_bytes"]
    x = log_axis("working set (bytes)", sizes, format.memory, base=8)
    y = log_axis("read (bytes a second)", [low, high], lambda rate: f"{rate / 1e9:,.4g} GB/s")
    return {"": Chart(f"{limits.title(found)}. {_READING}", traces, x, y)}
