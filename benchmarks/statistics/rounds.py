"""A run's samples side by side, so that any two implementations are paired round by round."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from benchmarks.results.store import CELL, Run
from benchmarks.statistics.groups import Groups
from benchmarks.statistics.intervals import Estimate, estimate, per_call

Key = tuple[Hashable, ...]
"""A cell's key: the values of the columns CELL, in order."""


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
    rows: Mapping[Key, tuple[int, int]]


def side_by_side(samples: pd.DataFrame) -> Rounds:
    """The samples, which have `call_ns`, as Rounds."""
    by_cell = samples.groupby(CELL, sort=False, observed=True)
    column, names = pd.factorize(samples["implementation"])
    process, number = samples["process"].to_numpy(), samples["round"].to_numpy()
    many = number.max(initial=0) + 1, process.max(initial=0) + 1
    keys = (by_cell.ngroup().to_numpy() * many[1] + process) * many[0] + number
    row, known = pd.factorize(keys, sort=True)
    times_ns = np.full((len(known), len(names) + 1), np.nan)
    times_ns[row, column] = samples["call_ns"].to_numpy()
    cells = by_cell.head(1)[CELL].itertuples(index=False, name=None)
    ends = np.flatnonzero(np.diff(known // many[0] // many[1], prepend=-1, append=-1)).tolist()
    return Rounds(
        times_ns,
        known // many[0] % many[1],
        {str(name): k for k, name in enumerate(names)},
        dict(zip(cells, pairwise(ends), strict=True)),
    )


@lru_cache(maxsize=1)
def rounds_of(run: Run) -> Rounds:
    """The run's samples, side by side; kept, since all the statistics of a report begin here."""
    return side_by_side(per_call(run.samples))


def times(rounds: Rounds, wanted: Sequence[tuple[Key, str]]) -> Groups:
    """The times of a call in each cell of each implementation that is wanted, a group for each."""
    which, rows = _rows(rounds, [cell for cell, _ in wanted])
    columns = _columns(rounds, [name for _, name in wanted])
    return _grouped(rounds, rounds.times_ns[rows, columns[which]], which, rows, len(wanted))


def logs(rounds: Rounds, wanted: Sequence[tuple[Key, str, str]]) -> Groups:
    """In each cell, log(the baseline's time / the implementation's) in each round that both were in.

    `wanted` names the cell, the implementation and the baseline. Machine drift is common to both
    sides of a round, and cancels.
    """
    which, rows = _rows(rounds, [cell for cell, *_ in wanted])
    names = [name for _, name, _ in wanted], [baseline for *_, baseline in wanted]
    own, base = (rounds.times_ns[rows, _columns(rounds, side)[which]] for side in names)
    return _grouped(rounds, np.log(base / own), which, rows, len(wanted))


def _rows(rounds: Rounds, cells: Sequence[Key]) -> tuple[np.ndarray, np.ndarray]:
    """All rows of the cells, one cell after another: which of the cells each is of, and the row."""
    bounds = [rounds.rows.get(cell, (0, 0)) for cell in cells]
    starts, ends = np.array(bounds, dtype=int).reshape(-1, 2).T
    lengths = ends - starts
    which = np.repeat(np.arange(len(cells)), lengths)
    return which, np.arange(len(which)) + (starts - np.cumsum(lengths) + lengths)[which]


def _columns(rounds: Rounds, names: Sequence[str]) -> np.ndarray:
    return np.array([rounds.columns.get(name, -1) for name in names], dtype=int)


def _grouped(
    rounds: Rounds, values: np.ndarray, which: np.ndarray, rows: np.ndarray, many: int
) -> Groups:
    """The values that there are, by the group that each is of and the process of its row."""
    there = ~np.isnan(values)
    values, which, process = values[there], which[there], rounds.process[rows[there]]
    begins = (np.diff(which, prepend=-1) != 0) | (np.diff(process, prepend=-1) != 0)
    starts = np.flatnonzero(begins)
    lengths = np.diff(starts, append=len(values))
    return Groups(values, lengths, np.bincount(which[starts], minlength=many))


def paired_logs(samples: pd.DataFrame, implementation: str, baseline: str) -> list[np.ndarray]:
    """`logs` of one cell, one array for each process; `samples` are the cell's, with `call_ns`."""
    rounds = side_by_side(samples)
    found = logs(rounds, [(cell, implementation, baseline) for cell in rounds.rows]).lists()
    return found[0] if found else []


def speedup(samples: pd.DataFrame, implementation: str, baseline: str) -> Estimate | None:
    """How many times faster than the baseline, paired by round; None where they share no round."""
    found = paired_logs(samples, implementation, baseline)
    return estimate(found).map(np.exp) if found else None
