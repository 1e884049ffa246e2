"""Samples to a value with its interval, and ratios that are paired by round.

The process is the replicate: an estimate is the median over processes of the median over rounds,
and an interval comes from drawing processes anew (Kalibera and Jones 2013).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import gmean

FEW = 5  # processes
ENDS = (0.025, 0.975)  # of an interval, as quantiles of its draws
DRAWS = 1000


class Estimate(NamedTuple):
    """A value with its 95% interval."""

    value: float
    low: float
    high: float

    def map(self, function) -> "Estimate":
        """The same through an increasing function."""
        return Estimate(*(float(function(number)) for number in self))


def draws(processes: Sequence[np.ndarray], seed: int = 0) -> np.ndarray:
    """What the estimate might have been: `DRAWS` of them, in no order.

    `processes` holds one array of rounds for each process. Each process's median is above or below
    the true one by the toss of a coin; so a draw tosses how many are below, and lies somewhere
    between those and the rest. That is the bootstrap over processes without its fault at few of
    them: the median of processes drawn with replacement lies too near to the middle, and intervals
    that say 95% hold in 87% of trials with 7 processes, 89% with 15; these in 94 to 98%.

    Where there are fewer than 5, processes and the rounds within them are drawn with replacement: so
    few say little of their own spread. Where there are more, that would count the spread of the
    rounds twice, since each process's median has it already.
    """
    if len(processes) >= FEW:
        return between(np.sort(_medians(processes)), places(len(processes), seed))
    rounds, drawn = _drawn(tuple(len(rounds) for rounds in processes), seed)
    medians = [_medians_of(own, at) for own, at in zip(processes, rounds, strict=True)]
    return np.median(np.take_along_axis(np.column_stack(medians), drawn, axis=1), axis=1)


@lru_cache(maxsize=32)
def _drawn(rounds: tuple[int, ...], seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Of processes with so many rounds each, which rounds each draw has, and which processes."""
    rng = np.random.default_rng(seed)
    own = [rng.integers(many, size=(DRAWS, many)) for many in rounds]
    return own, rng.integers(len(rounds), size=(DRAWS, len(rounds)))


def _medians_of(rounds: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """The median of each row of what is drawn; by rank, since short integers are sorted fast."""
    many, order = len(rounds), np.argsort(rounds)
    ranks = np.empty(many, np.promote_types(np.uint16, np.min_scalar_type(many)))
    ranks[order] = np.arange(many)
    middle = np.sort(ranks[drawn], axis=1)[:, [(many - 1) // 2, many // 2]]
    return rounds[order][middle].mean(axis=1)


@lru_cache(maxsize=256)
def places(processes: int, seed: int) -> np.ndarray:
    """Where each draw lies among the sorted medians, counted from 0, with fractions."""
    rng = np.random.default_rng(seed)
    below = rng.binomial(processes, 0.5, size=DRAWS)
    return np.clip(below - 1 + rng.random(DRAWS), 0, processes - 1)


def between(ordered: np.ndarray, places: np.ndarray) -> np.ndarray:
    """What lies at each place among sorted medians, on a straight line from one to the next.

    Either may be a matrix; its rows are then taken each by itself.
    """
    below = places.astype(int)
    above = np.minimum(below + 1, ordered.shape[-1] - 1)
    left, right = (np.take_along_axis(ordered, at, axis=-1) for at in (below, above))
    return left + (right - left) * (places - below)


def _medians(processes: Sequence[np.ndarray]) -> np.ndarray:
    """Each process's median, of all that have as many rounds at once."""
    lengths = np.array([len(rounds) for rounds in processes])
    found = np.empty(len(processes))
    for length in np.unique(lengths):
        alike = np.flatnonzero(lengths == length)
        found[alike] = np.median(np.stack([processes[int(p)] for p in alike]), axis=1)
    return found


def centre(processes: Sequence[np.ndarray]) -> float:
    """The median over processes of the median over rounds."""
    return float(np.median(_medians(processes)))


def estimate(processes: Sequence[np.ndarray], seed: int = 0) -> Estimate:
    """The median over processes of the median over rounds, with its bootstrap interval."""
    low, high = np.quantile(draws(processes, seed), ENDS)
    return Estimate(centre(processes), float(low), float(high))


def per_call(samples: pd.DataFrame) -> pd.DataFrame:
    """The samples with a column `call_ns`, the time of one call."""
    return samples.assign(call_ns=samples["elapsed_ns"] / samples["loops"])


def by_process(values: pd.Series, process: pd.Series) -> list[np.ndarray]:
    return [group.to_numpy() for _, group in values.groupby(process)]


def unpaired(head: Sequence[np.ndarray], base: Sequence[np.ndarray]) -> Estimate:
    """Head's time over base's, from times that share no round: each side is drawn by itself."""
    logs = [[np.log(rounds) for rounds in side] for side in (head, base)]
    value = centre(logs[0]) - centre(logs[1])
    low, high = np.quantile(draws(logs[0], 0) - draws(logs[1], 1), ENDS)
    return Estimate(value, float(low), float(high)).map(np.exp)


def geometric_mean(ratios: Sequence[float]) -> float:
    return float(gmean(ratios))
