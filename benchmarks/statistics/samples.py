"""Samples as columns of numbers; which of them count, and the median of each turn."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.results.records import Cell, Sample, SampleLog
from benchmarks.results.store import CELL


class SampleColumns(NamedTuple):
    """Of each sample, the numbers of its implementation and of its cell, and its own."""

    names: list[str]
    cells: list[Cell]
    name: np.ndarray
    cell: np.ndarray
    process: np.ndarray
    round: np.ndarray
    loops: np.ndarray
    elapsed_ns: np.ndarray
    disturbed: np.ndarray

    @property
    def pair(self) -> np.ndarray:
        """The number of each sample's cell and implementation, in `product(cells, names)`."""
        return self.cell * len(self.names) + self.name

    def take(self, chosen: np.ndarray) -> "SampleColumns":
        """The chosen samples alone."""
        return SampleColumns(self.names, self.cells, *(column[chosen] for column in self[2:]))

    def one_by_one(self) -> "SampleColumns":
        """The same with each sample of a turn in a round of its own."""
        turn = self.pair * (self.process.max(initial=0) + 1) + self.process
        turn = turn * (self.round.max(initial=0) + 1) + self.round
        place = pd.Series(turn).groupby(turn, sort=False).cumcount().to_numpy(np.int64)
        return self._replace(round=self.round * (place.max(initial=0) + 1) + place)


class Counted(NamedTuple):
    """Which samples count; of each pair of cell and implementation, the share of its samples that was
    disturbed (nan of none), and whether those count too: whether it is crowded."""

    samples: np.ndarray
    disturbed_share: np.ndarray
    crowded: np.ndarray


def cells_of(table: pd.DataFrame) -> list[Cell]:
    """The cell of each row."""
    return [Cell(*values) for values in table[CELL].itertuples(index=False, name=None)]


def columns_of(samples: Iterable[Sample] | pd.DataFrame) -> SampleColumns:
    """From the rows of samples.csv, or from samples; a recorder's are the fastest."""
    if isinstance(samples, pd.DataFrame):
        return _of_table(samples)
    log = samples if isinstance(samples, SampleLog) else SampleLog(samples)
    table = np.array(log.numbers, dtype=np.int64).reshape(-1, log.WIDTH)
    name, cell, process, number, loops, elapsed_ns, _, disturbed = np.ascontiguousarray(table.T)
    own = name, cell, process, number, loops, elapsed_ns, disturbed.astype(bool)
    return SampleColumns(list(log.names), list(log.cells), *own)


def _of_table(samples: pd.DataFrame) -> SampleColumns:
    by_cell = samples.groupby(CELL, sort=False, observed=True)
    name, names = pd.factorize(samples["implementation"])
    process, number, loops, elapsed_ns, disturbed = (
        samples[column].to_numpy(np.int64)
        for column in ("process", "round", "loops", "elapsed_ns", "disturbed")
    )
    cell = by_cell.ngroup().to_numpy(np.int64)
    own = name, cell, process, number, loops, elapsed_ns, disturbed.astype(bool)
    return SampleColumns([str(name) for name in names], cells_of(by_cell.head(1)), *own)


def count(columns: SampleColumns) -> Counted:
    """In a cell only an implementation's undisturbed samples count, if at least half of its processes
    have one; else all do."""
    pair, disturbed = columns.pair, columns.disturbed
    pairs = len(columns.names) * len(columns.cells)
    samples = np.bincount(pair, minlength=pairs)
    with np.errstate(invalid="ignore"):
        share = np.bincount(pair, disturbed, pairs) / samples
    if not disturbed.any():
        return Counted(~disturbed, share, np.zeros(pairs, dtype=bool))
    number, processes = pd.factorize(columns.process)
    process = pair * len(processes) + number
    many = pairs * len(processes)
    present, clean = (
        (np.bincount(process[chosen], minlength=many).reshape(pairs, -1) > 0).sum(axis=1)
        for chosen in (slice(None), ~disturbed)
    )
    crowded = 2 * clean < present
    return Counted(~disturbed | crowded[pair], share, crowded)


def medians(group: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The groups that there are, ascending, and the median of the values of each."""
    order = np.lexsort((values, group))
    group, values = group[order], values[order]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    lengths = np.diff(starts, append=len(group))
    middle = values[starts + (lengths - 1) // 2] + values[starts + lengths // 2]
    return group[starts], middle / 2
