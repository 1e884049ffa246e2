"""What intervals.py says of one, of thousands at once: without a loop over them, and the same."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from benchmarks.statistics.intervals import DRAWS, ENDS, FEW, between, draws, places

_AT_ONCE = 500  # groups whose draws are held at a time: they are a few megabytes
_OUTLIER = 3.0  # quartile distances beyond a quartile: Tukey's "far out"


class Groups(NamedTuple):
    """Groups of processes, each of which has some rounds, one after another.

    `values` has those of all rounds; `rounds` says how many of them are of each process, and
    `processes` how many processes are of each group.
    """

    values: np.ndarray
    rounds: np.ndarray
    processes: np.ndarray

    @property
    def group(self) -> np.ndarray:
        """Of each value, the number of its group."""
        each = np.repeat(np.arange(len(self.processes)), self.processes)
        return np.repeat(each, self.rounds)

    def lists(self) -> list[list[np.ndarray]]:
        """Of each group, one array of rounds for each process."""
        each = np.split(self.values, np.cumsum(self.rounds)[:-1])
        ends = [0, *np.cumsum(self.processes)]
        return [each[start:end] for start, end in pairwise(ends)]

    def parts(self) -> Iterator["Groups"]:
        """The same in parts, of at most so many groups that their draws can be held."""
        processes = np.append(0, np.cumsum(self.processes))
        values = np.append(0, np.cumsum(self.rounds))
        for start in range(0, len(self.processes), _AT_ONCE):
            end = min(start + _AT_ONCE, len(self.processes))
            own = slice(processes[start], processes[end])
            inner = slice(values[own.start], values[own.stop])
            yield Groups(self.values[inner], self.rounds[own], self.processes[start:end])


def together(groups: Sequence[Sequence[np.ndarray]]) -> Groups:
    """Groups from one array of rounds for each process of each group."""
    rounds = [process for group in groups for process in group]
    lengths = np.array([len(process) for process in rounds], dtype=int)
    values = np.concatenate(rounds) if rounds else np.empty(0)
    return Groups(values, lengths, np.array([len(group) for group in groups], dtype=int))


def draws_of(groups: Groups, seeds: Sequence[int] | None = None) -> np.ndarray:
    """A row of intervals.draws for each group, by its seed if told; nan where it has no process."""
    found = np.full((len(groups.processes), DRAWS), np.nan)
    medians, lists = (
        _medians(groups),
        groups.lists() if groups.processes.min(initial=FEW) < FEW else [],
    )
    for which, at in _alike(groups.processes):
        own = [seeds[k] for k in which] if seeds else [0]
        many = at.shape[1]
        if many >= FEW:
            there = np.stack([places(many, seed) for seed in own])
            found[which] = between(np.sort(medians[at], axis=1), there)
        elif many:
            found[which] = [draws(lists[k], seeds[k] if seeds else 0) for k in which]
    return found


def estimates(groups: Groups) -> np.ndarray:
    """Of each group, intervals.estimate: rows of values, of low ends and of high ends."""
    found = np.full((3, len(groups.processes)), np.nan)
    medians = _medians(groups)
    for which, at in _alike(groups.processes):
        if at.shape[1]:
            found[0, which] = np.median(medians[at], axis=1)
    ends = [np.quantile(draws_of(part), ENDS, axis=1) for part in groups.parts()]
    found[1:] = np.concatenate(ends, axis=1) if ends else np.empty((2, 0))
    return found


def _medians(groups: Groups) -> np.ndarray:
    """Each process's median."""
    found = np.empty(len(groups.rounds))
    for which, at in _alike(groups.rounds):
        found[which] = np.median(groups.values[at], axis=1)
    return found


def _alike(lengths: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Of rows that lie one after another, those of each length: which they are, and a matrix of the
    places of what is in them."""
    starts = np.cumsum(lengths) - lengths
    for length in np.unique(lengths):
        which = np.flatnonzero(lengths == length)
        yield which, starts[which, None] + np.arange(length)


def outliers_of(groups: Groups) -> np.ndarray:
    """Of each group, how many rounds are far out: counted, never dropped.

    Each is held against the middle one of its process (of two, one of them interrupted, that is the
    lower), and what it differs by against what all rounds of the group differ by: of three rounds
    alone none could be told to be far from the other two.
    """
    others = groups.rounds - 1
    differ = np.empty(others.sum())
    for (_, at), (_, to) in zip(_alike(groups.rounds), _alike(others), strict=True):
        logs = np.sort(np.log(groups.values[at]), axis=1)
        middle = (logs.shape[1] - 1) // 2
        differ[to] = np.delete(logs, middle, axis=1) - logs[:, [middle]]
    found = np.zeros(len(groups.processes), dtype=int)
    counts = np.bincount(groups.group, minlength=len(found)) - groups.processes
    for which, at in _alike(counts):
        if at.shape[1]:
            own = differ[at].T
            low, high = np.quantile(own, [0.25, 0.75], axis=0)
            reach = _OUTLIER * (high - low)
            found[which] = ((own < low - reach) | (own > high + reach)).sum(axis=0)
    return found


def outliers(processes: Sequence[np.ndarray]) -> int:
    """How many rounds are far out, of one group."""
    return int(outliers_of(together([processes]))[0])
