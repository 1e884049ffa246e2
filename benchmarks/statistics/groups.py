"""Groups of processes with their rounds, held as flat arrays: thousands need no loop over them."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

_OUTLIER = 3.0  # quartile distances beyond a quartile: Tukey's "far out"


class Groups(NamedTuple):
    """Groups of processes, each of which has some rounds, one after another.

    values      of all rounds
    rounds      how many of them each process has
    processes   how many processes each group has
    """

    values: np.ndarray
    rounds: np.ndarray
    processes: np.ndarray

    @property
    def group(self) -> np.ndarray:
        """Of each value, the number of its group."""
        return np.repeat(self._of_process, self.rounds)

    @property
    def _of_process(self) -> np.ndarray:
        """Of each process, the number of its group."""
        return np.repeat(np.arange(len(self.processes)), self.processes)

    def lists(self) -> list[list[np.ndarray]]:
        """Of each group, one array of rounds for each process."""
        arrays = np.split(self.values, np.cumsum(self.rounds)[:-1])
        ends = [0, *np.cumsum(self.processes)]
        return [arrays[start:end] for start, end in pairwise(ends)]


def process_medians(groups: Groups) -> np.ndarray:
    """Each process's median over its rounds."""
    medians = np.empty(len(groups.rounds))
    for members, positions in alike(groups.rounds):
        medians[members] = np.median(groups.values[positions], axis=1)
    return medians


def replicates(groups: Groups) -> Groups:
    """The groups as they are; in those of a single process, each round as a process of its own."""
    single = (groups.processes == 1)[groups._of_process]
    parts = np.where(single, groups.rounds, 1)
    rounds = np.repeat(np.where(single, 1, groups.rounds), parts)
    processes = np.bincount(groups._of_process, parts, len(groups.processes)).astype(int)
    return Groups(groups.values, rounds, processes)


def alike(lengths: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Of rows that lie one after another, those of each length: their numbers, and a matrix of the
    positions of their entries."""
    starts = np.cumsum(lengths) - lengths
    for length in np.unique(lengths):
        members = np.flatnonzero(lengths == length)
        yield members, starts[members, None] + np.arange(length)


def outliers(groups: Groups) -> np.ndarray:
    """Of each group, how many rounds are far out: counted, never dropped.

    A round is compared with the middle round of its process (of two, the lower one), and the
    difference with those of all rounds of the group: in three rounds alone, none is far from the
    other two.
    """
    remaining = groups.rounds - 1
    differences = np.empty(remaining.sum())
    for (_, at), (_, to) in zip(alike(groups.rounds), alike(remaining), strict=True):
        logs = np.sort(np.log(groups.values[at]), axis=1)
        middle = (logs.shape[1] - 1) // 2
        differences[to] = np.delete(logs, middle, axis=1) - logs[:, [middle]]
    counts = np.zeros(len(groups.processes), dtype=int)
    lengths = np.bincount(groups.group, minlength=len(counts)) - groups.processes
    for members, at in alike(lengths):
        if at.shape[1]:
            rows = differences[at].T
            low, high = np.quantile(rows, [0.25, 0.75], axis=0)
            reach = _OUTLIER * (high - low)
            counts[members] = ((rows < low - reach) | (rows > high + reach)).sum(axis=0)
    return counts
