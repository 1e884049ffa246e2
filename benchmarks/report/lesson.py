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


class Demonstration(NamedTuple):
    """One of the lesson's demonstrations, at its size; `suffix` completes its name."""

    operation: str
    n_x: int
    m: int
    suffix: str


DEMONSTRATIONS = (
    *(
        Demonstration(operation, DOT_SIZE, 1, "of {n_x} numbers")
        for operation in ("dot", "exp", "log", "absolute", "relu")
    ),
    Demonstration("matvec", 1000, 1000, "of {m} × {n_x}"),
    Demonstration("column_percentages", 3, 4, "of {n_x} × {m}"),
    Demonstration(MAIN, 2, 1000, "of n_x = {n_x}, m = {m}"),
)


class Shown(NamedTuple):
    """A demonstration as the run repeats it: its cell, and its results by implementation.

    `fastest` is one name, or the two that tie; `floor` the cell's noise floor, as a share.
    """

    demonstration: Demonstration
    cell: Cell
    results: pd.DataFrame
    fastest: list[str]
    floor: float

    @property
    def name(self) -> str:
        n_x, m = (format.count(self.cell[CELL.index(size)]) for size in ("n_x", "m"))
        return f"{self.demonstration.operation} {self.demonstration.suffix.format(n_x=n_x, m=m)}"

    @property
    def is_dot(self) -> bool:
        return self.demonstration.operation == "dot"

    @property
    def times_ns(self) -> pd.Series:
        return self.results["median_ns"].dropna()


def shown(data: Data) -> list[Shown]:
    """The demonstrations that the run has measured, in the lesson's order."""
    cells = ((demonstration, _cell(data, demonstration)) for demonstration in DEMONSTRATIONS)
    return [
        Shown(demonstration, cell, data.of(cell), data.fastest(cell), data.floor(cell))
        for demonstration, cell in cells
        if cell is not None
    ]


def speedup(data: Data, demo: Shown) -> Estimate | None:
    """Vectorized over the loop, where both were timed in the same rounds."""
    both = {LOOP, VECTORIZED} <= set(demo.times_ns.index)
    return data.speedup(demo.cell, VECTORIZED, LOOP) if both else None


def _cell(data: Data, wanted: Demonstration) -> Cell | None:
    """The cell of the demonstration's size, or else the largest; in the run's usual setting."""
    cells = data.measured[data.measured["operation"] == wanted.operation]
    if wanted.operation == MAIN:
        cells = cells[cells["n_x"] == wanted.n_x]
    if cells.empty:
        return None
    ranked = cells.assign(
        usual=(cells[SETTING] == list(data.setting)).all(axis=1),
        exact=(cells["n_x"] == wanted.n_x) & (cells["m"] == wanted.m),
        work=cells["n_x"] * cells["m"],
    ).sort_values(["usual", "exact", "work", *CELL], ascending=False)
    return tuple(ranked[CELL].iloc[0])
