"""What the lesson shows, in which cells a run repeats it, and what the lesson's own clock said."""

from typing import NamedTuple

import pandas as pd

from benchmarks import format
from benchmarks.report.data import MAIN, SETTING, Cell, Data
from benchmarks.results.store import CELL
from benchmarks.statistics.estimates import Estimate

LOOP, VECTORIZED = "python_loops", "numpy_vectorized"

# "vectorized version: 14.4419670105ms", "non-vectorized version: 428.48610878ms"
DOT_SIZE, DOT_LOOP_NS, DOT_VECTORIZED_NS = 1_000_000, 428.486e6, 14.442e6
DOT_SPEEDUP = DOT_LOOP_NS / DOT_VECTORIZED_NS


# Operation, n_x, m, and how the size is told.
DEMONSTRATIONS = (
    *(
        (operation, DOT_SIZE, 1, "of {n_x} numbers")
        for operation in ("dot", "exp", "log", "absolute", "relu")
    ),
    ("matvec", 1000, 1000, "of {m} × {n_x}"),
    ("column_percentages", 3, 4, "of {n_x} × {m}"),
    (MAIN, 2, 1000, "of n_x = {n_x}, m = {m}"),
)


class Demonstration(NamedTuple):
    """A demonstration as the run repeats it: its cell, and its results by implementation.

    `fastest` is one name, or the two that tie; `floor` the cell's noise floor, as a share; `speedup`
    that of vectorized over the loop, where both were timed in the same rounds.
    """

    name: str
    cell: Cell
    results: pd.DataFrame
    fastest: list[str]
    floor: float
    speedup: Estimate | None

    @property
    def is_dot(self) -> bool:
        return self.cell[0] == "dot"

    @property
    def times_ns(self) -> pd.Series:
        return self.results["median_ns"].dropna()


def demonstrations(data: Data) -> list[Demonstration]:
    """Those that the run has measured, in the lesson's order."""
    measured = []
    for operation, n_x, m, suffix in DEMONSTRATIONS:
        if (cell := _cell(data, operation, n_x, m)) is None:
            continue
        sizes = {size: format.count(cell[CELL.index(size)]) for size in ("n_x", "m")}
        measured.append(
            Demonstration(
                f"{operation} {suffix.format(**sizes)}",
                cell,
                data.of(cell),
                data.fastest[cell],
                data.floor(cell),
                data.speedup(cell, VECTORIZED, LOOP),
            )
        )
    return measured


def _cell(data: Data, operation: str, n_x: int, m: int) -> Cell | None:
    """The cell of this size, or else the largest; in the run's usual setting."""
    cells = data.measured[data.measured["operation"] == operation]
    if operation == MAIN:
        cells = cells[cells["n_x"] == n_x]
    if cells.empty:
        return None
    ranked = cells.assign(
        usual=(cells[SETTING] == list(data.setting)).all(axis=1),
        exact=(cells["n_x"] == n_x) & (cells["m"] == m),
        work=cells["n_x"] * cells["m"],
    ).sort_values(["usual", "exact", "work", *CELL], ascending=False)
    return tuple(ranked[CELL].iloc[0])
