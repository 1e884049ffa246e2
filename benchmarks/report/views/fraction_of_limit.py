"""How near does each come to what the hardware allows?"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from benchmarks import format
from benchmarks.operations import operations
from benchmarks.report.scene import Scene
from benchmarks.report.views import _rows
from benchmarks.report.views._marks import Chart, trace
from benchmarks.report.views._ticks import Axis, log_axis, row_axis
from benchmarks.results.store import CELL

PLACE, SECTION, FOLLOWS = 60, "limit", True
MAX_CELLS = 60  # in one picture; the largest are shown
_LIMIT = (
    "100% is the limit (the roofline): the least time that reading, writing and computing take at "
    "this machine's best rates."
)


def select(scene: Scene) -> dict[str, pd.DataFrame]:
    """Results with a fraction of the limit, the least work first; a cell's name is in `label`.

    `moved_bytes` is what a call has to read and write: nan where the operation is not at hand.
    """
    rows = scene.measured.dropna(subset="fraction_of_limit")
    if rows.empty:
        return {}
    keys = rows[CELL].itertuples(index=False, name=None)
    rows = rows.assign(
        label=[scene.label(key) for key in keys],
        work=rows["n_x"] * rows["m"],
        moved_bytes=_moved_bytes(scene.choice[0], rows),
    )
    return {"": rows.sort_values(["work", *CELL])}


def _moved_bytes(name: str, rows: pd.DataFrame) -> list[float]:
    operation = operations().get(name)
    if operation is None:
        return [np.nan] * len(rows)
    works = [operation.work(n_x, m) for n_x, m in zip(rows["n_x"], rows["m"], strict=True)]
    sizes = [np.dtype(dtype).itemsize for dtype in rows["dtype"]]
    return [size * (work.read + work.written) for size, work in zip(sizes, works, strict=True)]


def title(rows: pd.DataFrame) -> str:
    """Who came nearest, and where."""
    best = rows.iloc[rows["fraction_of_limit"].argmax()]
    share = format.percent(best["fraction_of_limit"])
    return f"{best['implementation']} comes nearest, {share} at {best['label']}"


def _shares_axis(rows: pd.DataFrame) -> Axis:
    title, shares = "share of the limit (%)", [*rows["fraction_of_limit"], 1.0]
    return log_axis(title, shares, format.percent_tick, line=1.0)


def figure(rows: pd.DataFrame) -> Figure:
    """A row for each cell, a mark for each implementation."""
    heading, every = title(rows), list(dict.fromkeys(rows["label"]))
    labels = every[-MAX_CELLS:]
    rows = rows[rows["label"].isin(labels)]
    rows = rows.assign(place=rows["label"].map(labels.index))
    note = _LIMIT
    if len(every) > len(labels):
        note += f" {format.count(len(every) - len(labels), 'smaller cell')} left out."
    y = row_axis("n_x × m (features × examples)", labels)
    traces = [
        trace("dots", name, group["fraction_of_limit"], group["y"])
        for name, group in _rows.by_name(rows)
    ]
    return _rows.figure(heading, Chart(note, traces, _shares_axis(rows), y), mark_inches=0.026)


def chart(rows: pd.DataFrame) -> Chart:
    """Each implementation's share of the limit, against what a call has to read and write."""
    rows = rows.dropna(subset="moved_bytes")
    traces = []
    for name, group in rows.groupby("implementation"):
        hover = [_hover(str(name), row) for row in group.to_dict("records")]
        shares = group["fraction_of_limit"]
        traces.append(trace("dots", str(name), group["moved_bytes"], shares, hover=hover))
    moved = "what a call has to move (bytes)"
    x = log_axis(moved, rows["moved_bytes"], format.memory, base=8)
    return Chart(_LIMIT, traces, x, _shares_axis(rows))


def _hover(name: str, row: dict[Any, Any]) -> str:
    share, time = format.percent(row["fraction_of_limit"]), format.time(row["median_ns"])
    least = format.time(row["limit_ns"])
    return f"{name}, {row['label']}\n{share} of the limit: {time}, where {least} is the least"
