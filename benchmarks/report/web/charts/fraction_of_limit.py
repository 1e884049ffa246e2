"""How near does each come to what the hardware allows?"""

import numpy as np

from benchmarks import format
from benchmarks.operations import operations
from benchmarks.report.web.charts._marks import Chart, log_axis, trace
from benchmarks.report.web.scene import Scene

PLACE, SECTION, FOLLOWS = 40, "limit", True
MOVED = "what a call has to move (bytes)"

_READING = (
    "100% is the least time that reading, writing and computing take at this machine's best rates."
)


def draw(scene: Scene) -> dict[str, Chart]:
    """Each implementation's share of the limit, against what a call has to read and write."""
    rows = scene.measured.dropna(subset="fraction_of_limit")
    operation = operations().get(scene.view[0])
    if rows.empty or operation is None:
        return {}
    demands = [operation.work(n_x, m) for n_x, m in zip(rows["n_x"], rows["m"], strict=True)]
    itemsize = np.dtype(scene.view[1]).itemsize
    rows = rows.assign(moved_bytes=[itemsize * (one.read + one.written) for one in demands])
    best = rows.iloc[rows["fraction_of_limit"].argmax()]
    share = format.percent(best["fraction_of_limit"])
    where = f"{format.size(best['n_x'], best['m'])} ({best['data']})"
    caption = (
        f"{best['implementation']} comes nearest, {share} at {where} ({scene.said()}). {_READING}"
    )
    traces = []
    for name, own in rows.groupby("implementation"):
        hover = [
            f"{name}, {format.size(row['n_x'], row['m'])} ({row['data']})\n"
            f"{format.percent(row['fraction_of_limit'])} of the limit: {format.time(row['median_ns'])}, "
            f"where {format.time(row['limit_ns'])} is the least"
            for row in own.to_dict("records")
        ]
        traces.append(
            trace("dots", str(name), own["moved_bytes"], own["fraction_of_limit"], hover=hover)
        )
    x = log_axis(MOVED, rows["moved_bytes"], format.memory, base=8)
    reach = [*rows["fraction_of_limit"], 1.0]
    y = log_axis("share of the limit", reach, lambda share: f"{100 * share:.3g}%")
    return {"": Chart(caption, traces, x, y | {"line": 1.0})}
