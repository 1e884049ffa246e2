"""What there is to export: every time that a run took, by implementation and cell, in seconds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from benchmarks.results.records import Cell, is_twin
from benchmarks.results.store import Run, ok
from benchmarks.statistics.summary import KEY_LIST

Parts = Iterable[tuple[tuple[Any, ...], pd.DataFrame]]


@dataclass(frozen=True)
class Process:
    """The times of one call in one process, in seconds, round after round.

    Each is a sample's elapsed time over its `loops` calls.
    """

    loops: int
    calls_s: list[float]


@dataclass(frozen=True)
class Timing:
    """One implementation in one cell."""

    implementation: str
    cell: Cell
    processes: list[Process]

    @property
    def name(self) -> str:
        """The whole key, whatever else is in the run: two runs call the same cell the same."""
        return f"{self.cell.operation}[{self.label}]"

    @property
    def label(self) -> str:
        """The key without the operation; the size is n_x × m."""
        cell = self.cell
        size = f"{cell.n_x}x{cell.m}"
        setting = f"{cell.dtype}-{cell.order}-threads={cell.threads}"
        return f"{self.implementation}-{size}-{cell.data}-{setting}"

    @property
    def key(self) -> dict[str, str | int]:
        """The key columns by name."""
        return {"implementation": self.implementation, **self.cell._asdict()}

    @property
    def calls_s(self) -> list[float]:
        """The times of all processes."""
        return [call_s for process in self.processes for call_s in process.calls_s]


def timings(run: Run) -> list[Timing]:
    """Every cell that was measured, in the order of the run.

    Without the twin, the A/A control: a tool that does not know it would call identical code faster
    or slower.
    """
    measured = ok(run.cells)
    measured = measured.loc[~is_twin(measured["implementation"]), KEY_LIST]
    samples = run.samples.merge(measured, on=KEY_LIST)
    parts: Parts = samples.groupby(KEY_LIST, sort=False)
    return [Timing(name, Cell(*cell), _processes(rows)) for (name, *cell), rows in parts]


def _processes(samples: pd.DataFrame) -> list[Process]:
    """One entry for each process and number of loops, which hardly ever changes within a process."""
    parts: Parts = samples.groupby(["process", "loops"], sort=False)
    return [
        Process(loops, (rows["elapsed_ns"] / loops / 1e9).tolist()) for (_, loops), rows in parts
    ]
