"""How near does each come to what the hardware allows?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks import format
from benchmarks.operations import operations
from benchmarks.report.scene import Scene
from benchmarks.report.style import look
from benchmarks.report.views import _axes
from benchmarks.report.views._marks import Chart, trace
from benchmarks.report.views._style import FAINT, INK, wrapped
from benchmarks.report.views._ticks import Axis, log_axis, row_axis, row_offset
from benchmarks.results.store import CELL

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PLACE, SECTION, FOLLOWS = 60, "limit", True
MAX_CELLS = 60  # in one picture; the largest are shown
_ROW = 0.36  # inches of a cell, within which its implementations stand below one another
_LIMIT = (
    "100% is the limit (the roofline): the least time that reading, writing and computing take at "
    "this machine's best rates."
)


@dataclass(frozen=True, eq=False)
class Fractions:
    """Results with a fraction of the limit, the least work first; cells have a `label`.

    `moved_bytes` is what a call has to read and write: nan where the operation is not at hand.
    """

    rows: pd.DataFrame


def select(scene: Scene) -> dict[str, Fractions]:
    """The results of an operation; nothing where no limit is known."""
    rows = scene.measured.dropna(subset="fraction_of_limit")
    if rows.empty:
        return {}
    keys = rows[CELL].itertuples(index=False, name=None)
    rows = rows.assign(
        label=[scene.label(key) for key in keys],
        work=rows["n_x"] * rows["m"],
        moved_bytes=_moved_bytes(scene.choice[0], rows),
    )
    return {"": Fractions(rows.sort_values(["work", *CELL]))}


def _moved_bytes(name: str, rows: pd.DataFrame) -> list[float]:
    operation = operations().get(name)
    if operation is None:
        return [np.nan] * len(rows)
    demands = [operation.demand(n_x, m) for n_x, m in zip(rows["n_x"], rows["m"], strict=True)]
    sizes = [np.dtype(dtype).itemsize for dtype in rows["dtype"]]
    return [
        size * (demand.read + demand.written) for size, demand in zip(sizes, demands, strict=True)
    ]


def title(selection: Fractions) -> str:
    """Who came nearest, and where."""
    best = selection.rows.iloc[selection.rows["fraction_of_limit"].argmax()]
    share = format.percent(best["fraction_of_limit"])
    return f"{best['implementation']} comes nearest, {share} at {best['label']}"


def _shares_axis(rows: pd.DataFrame) -> Axis:
    title, shares = "share of the limit (%)", [*rows["fraction_of_limit"], 1.0]
    return log_axis(title, shares, format.percent_tick, line=1.0)


def figure(selection: Fractions) -> Figure:
    """A row for each cell, a mark for each implementation."""
    from matplotlib.figure import Figure

    every = list(dict.fromkeys(selection.rows["label"]))
    labels = every[-MAX_CELLS:]
    rows = selection.rows[selection.rows["label"].isin(labels)]
    picture = Figure(figsize=(9, 1.6 + _ROW * len(labels)))
    axes = picture.subplots()
    picture.subplots_adjust(right=0.72)
    _axes.apply_rows(axes, row_axis("n_x × m", labels))
    _axes.apply(axes, "x", _shares_axis(rows))
    place = {label: k for k, label in enumerate(labels)}
    groups = list(rows.groupby("implementation"))
    for k, (name, group) in enumerate(groups):
        style, heights = look(str(name)), group["label"].map(place) + row_offset(k, len(groups))
        shares = group["fraction_of_limit"]
        axes.plot(shares, heights, style.marker, color=style.colour, markersize=6)
    axes.grid(True, axis="x")
    handles = _axes.legend_marks([str(name) for name, _ in groups])
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.02, 1.0), labelcolor=INK)
    note = _LIMIT
    if len(every) > len(labels):
        note += f" {format.count(len(every) - len(labels), 'smaller cell')} left out."
    note = wrapped(note, 9)
    axes.set_title(wrapped(title(selection), 9), pad=12 + 11 * len(note.splitlines()))
    axes.annotate(note, (0, 1), (0, 6), textcoords="offset points", xycoords="axes fraction", color=FAINT)  # fmt: skip
    return picture


def chart(selection: Fractions) -> Chart:
    """Each implementation's share of the limit, against what a call has to read and write."""
    rows = selection.rows.dropna(subset="moved_bytes")
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
