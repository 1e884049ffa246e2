"""Rounds side by side, so that any two implementations are paired round by round."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.results.records import Cell, Sample
from benchmarks.results.store import Run
from benchmarks.statistics.groups import Groups
from benchmarks.statistics.samples import Counted, SampleColumns, columns_of, count, medians

# Calls this long average over what disturbs others, do not notice that their caches went cold while
# they were frozen (refilling 32 MiB takes about 3 ms), and have one turn in a process.
LONG_NS = 20e6


@dataclass(frozen=True, eq=False)
class Rounds:
    """The time of one call, by round and implementation.

    times_ns    a row for each round of each process in each cell, a column for each implementation:
                the median of its turn's samples that count; nan where it has none in that round, as
                in the last column, which is nobody's
    process     of each row
    columns     of each implementation, its column
    rows        of each cell, its first row and the one after its last
    disturbed_share   of the samples, for each cell and implementation that was measured there
    crowded     the cells and implementations in which the disturbed samples count too
    """

    times_ns: np.ndarray
    process: np.ndarray
    columns: Mapping[str, int]
    rows: Mapping[Cell, tuple[int, int]]
    disturbed_share: Mapping[tuple[Cell, str], float]
    crowded: frozenset[tuple[Cell, str]]


class EverySample(NamedTuple):
    """As Rounds, but all samples count, and each has a row of its own: the time of a call, and in the
    same places 1 where the sample was disturbed, else 0."""

    times: Rounds
    disturbed: Rounds


@lru_cache(maxsize=1)
def rounds_of(run: Run) -> Rounds:
    """The run's rounds; kept, since all the statistics of a report begin here."""
    return rounds_of_table(run.samples)


@lru_cache(maxsize=1)
def every_sample_of(run: Run) -> EverySample:
    """The run's samples one by one: for what is counted and not estimated."""
    columns = columns_of(run.samples)
    counted = count(columns)._replace(samples=np.ones(len(columns.name), dtype=bool))
    alone = columns.one_by_one()
    flags = alone._replace(elapsed_ns=alone.disturbed, loops=np.ones_like(alone.loops))
    return EverySample(_rounds(alone, counted), _rounds(flags, counted))


def rounds_of_samples(samples: Iterable[Sample]) -> Rounds:
    """Rounds from the samples of a run that still goes on."""
    columns = columns_of(samples)
    return _rounds(columns, count(columns))


def rounds_of_table(samples: pd.DataFrame) -> Rounds:
    """Rounds from the rows of samples.csv."""
    columns = columns_of(samples)
    return _rounds(columns, count(columns))


def _rounds(columns: SampleColumns, counted: Counted) -> Rounds:
    """The median of each turn's samples that count."""
    names, cells, name, cell, process, number, *_ = own = columns.take(counted.samples)
    processes, rounds = process.max(initial=0) + 1, number.max(initial=0) + 1
    row, keys = pd.factorize((cell * processes + process) * rounds + number, sort=True)
    width = len(names) + 1
    turn, call_ns = medians(row * width + name, own.elapsed_ns / own.loops)
    times_ns = np.full(len(keys) * width, np.nan)
    times_ns[turn] = call_ns
    ends = np.flatnonzero(np.diff(keys // rounds // processes, prepend=-1, append=-1)).tolist()
    pairs = list(product(cells, names))
    shares = zip(pairs, counted.disturbed_share.tolist(), strict=True)
    return Rounds(
        times_ns.reshape(-1, width),
        keys // rounds % processes,
        {name: k for k, name in enumerate(names)},
        dict(zip(cells, pairwise(ends), strict=True)),
        {pair: share for pair, share in shares if not np.isnan(share)},
        frozenset(pairs[k] for k in np.flatnonzero(counted.crowded)),
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
    sides of a round, and cancels. The one turn of a long call is set beside all of the other's turns
    in its process; where no round of a process has both, each turn beside the other's median there.
    `since` is the first process that counts of each pair; without it all do.
    """
    pair, rows = _rows(rounds, [cell for cell, *_ in pairs])
    if len(since):
        counts = rounds.process[rows] >= np.asarray(since)[pair]
        pair, rows = pair[counts], rows[counts]
    names = [name for _, name, _ in pairs], [baseline for *_, baseline in pairs]
    own_ns, baseline_ns = (rounds.times_ns[rows, _columns(rounds, side)[pair]] for side in names)
    process = np.cumsum(_begins(pair, rounds.process[rows])) - 1
    own_ns, baseline_ns = (
        _beside(own_ns, baseline_ns, process),
        _beside(baseline_ns, own_ns, process),
    )
    return _grouped(rounds, np.log(baseline_ns / own_ns), pair, rows, len(pairs))


def _beside(times_ns: np.ndarray, others_ns: np.ndarray, process: np.ndarray) -> np.ndarray:
    """The times; where only the other has one, that of the process: its only time, if that is long, or
    the median of its times, if no round of the process has both."""
    present, others = ~np.isnan(times_ns), ~np.isnan(others_ns)
    processes = process.max(initial=-1) + 1
    turns, shared = (
        np.bincount(process[rows], minlength=processes) for rows in (present, present & others)
    )
    median_ns = np.full(processes, np.nan)
    groups, medians_ns = medians(process[present], times_ns[present])
    median_ns[groups] = medians_ns
    usable = (shared == 0) | ((turns == 1) & (median_ns >= LONG_NS))
    return np.where(~present & others, np.where(usable, median_ns, np.nan)[process], times_ns)


def _begins(group: np.ndarray, process: np.ndarray) -> np.ndarray:
    """Where a row is the first of its group and process."""
    return (np.diff(group, prepend=-1) != 0) | (np.diff(process, prepend=-1) != 0)


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
    starts = np.flatnonzero(_begins(group, process))
    lengths = np.diff(starts, append=len(values))
    return Groups(values, lengths, np.bincount(group[starts], minlength=many))
