"""Samples side by side, so that any two implementations are paired round by round."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from benchmarks.results.records import Cell, Sample, columns, row
from benchmarks.results.store import CELL, Run
from benchmarks.statistics.groups import Groups


@dataclass(frozen=True, eq=False)
class Rounds:
    """The time of one call, by round and implementation.

    times_ns    a row for each round of each process in each cell, a column for each implementation:
                nan where it was not in that round, as in the last column, which is nobody's
    process     of each row
    columns     of each implementation, its column
    rows        of each cell, its first row and the one after its last
    """

    times_ns: np.ndarray
    process: np.ndarray
    columns: Mapping[str, int]
    rows: Mapping[Cell, tuple[int, int]]


def cells_of(table: pd.DataFrame) -> list[Cell]:
    """The cell of each row."""
    return [Cell(*values) for values in table[CELL].itertuples(index=False, name=None)]


@lru_cache(maxsize=1)
def rounds_of(run: Run) -> Rounds:
    """The run's samples; kept, since all the statistics of a report begin here."""
    return rounds_of_table(run.samples)


def rounds_of_samples(samples: Iterable[Sample]) -> Rounds:
    """Rounds from the samples of a run that still goes on."""
    return rounds_of_table(pd.DataFrame(map(row, samples), columns=columns(Sample)))


def rounds_of_table(samples: pd.DataFrame) -> Rounds:
    """Rounds from the rows of samples.csv."""
    by_cell = samples.groupby(CELL, sort=False, observed=True)
    column, names = pd.factorize(samples["implementation"])
    process, number, loops, elapsed_ns = (
        samples[name].to_numpy(np.int64) for name in ("process", "round", "loops", "elapsed_ns")
    )
    processes, rounds = process.max(initial=0) + 1, number.max(initial=0) + 1
    cell = by_cell.ngroup().to_numpy(np.int64)
    place, keys = pd.factorize((cell * processes + process) * rounds + number, sort=True)
    times_ns = np.full((len(keys), len(names) + 1), np.nan)
    times_ns[place, column] = elapsed_ns / loops
    ends = np.flatnonzero(np.diff(keys // rounds // processes, prepend=-1, append=-1)).tolist()
    return Rounds(
        times_ns,
        keys // rounds % processes,
        {str(name): k for k, name in enumerate(names)},
        dict(zip(cells_of(by_cell.head(1)), pairwise(ends), strict=True)),
    )


def times(rounds: Rounds, pairs: Sequence[tuple[Cell, str]]) -> Groups:
    """The times of a call of each implementation in its cell, a group for each pair."""
    pair, rows = _rows(rounds, [cell for cell, _ in pairs])
    columns = _columns(rounds, [name for _, name in pairs])
    return _grouped(rounds, rounds.times_ns[rows, columns[pair]], pair, rows, len(pairs))


def logs(
    rounds: Rounds, pairs: Sequence[tuple[Cell, str, str]], since: Sequence[int] = ()
) -> Groups:
    """In each cell, log(the baseline's time / the implementation's) in each round that has both.

    `pairs` names the cell, the implementation and the baseline. Machine drift is common to both
    sides of a round, and cancels. `since` is the first process that counts of each pair; without it
    all do.
    """
    pair, rows = _rows(rounds, [cell for cell, *_ in pairs])
    if len(since):
        counts = rounds.process[rows] >= np.asarray(since)[pair]
        pair, rows = pair[counts], rows[counts]
    names = [name for _, name, _ in pairs], [baseline for *_, baseline in pairs]
    own_ns, baseline_ns = (rounds.times_ns[rows, _columns(rounds, side)[pair]] for side in names)
    return _grouped(rounds, np.log(baseline_ns / own_ns), pair, rows, len(pairs))


def _rows(rounds: Rounds, cells: Sequence[Cell]) -> tuple[np.ndarray, np.ndarray]:
    """All rows of the cells, one cell after another: the number of the cell, and the row."""
    bounds = [rounds.rows.get(cell, (0, 0)) for cell in cells]
    starts, ends = np.array(bounds, dtype=int).reshape(-1, 2).T
    lengths = ends - starts
    number = np.repeat(np.arange(len(cells)), lengths)
    return number, np.arange(len(number)) + (starts - np.cumsum(lengths) + lengths)[number]


def _columns(rounds: Rounds, names: Sequence[str]) -> np.ndarray:
    return np.array([rounds.columns.get(name, -1) for name in names], dtype=int)


def _grouped(
    rounds: Rounds, values: np.ndarray, group: np.ndarray, rows: np.ndarray, many: int
) -> Groups:
    """The values that are not nan, by the group that each is of and the process of its row."""
    present = ~np.isnan(values)
    values, group, process = values[present], group[present], rounds.process[rows[present]]
    begins = (np.diff(group, prepend=-1) != 0) | (np.diff(process, prepend=-1) != 0)
    starts = np.flatnonzero(begins)
    lengths = np.diff(starts, append=len(values))
    return Groups(values, lengths, np.bincount(group[starts], minlength=many))
