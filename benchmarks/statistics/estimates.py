"""Samples to medians with intervals, for any number of groups at once.

The process is the replicate (Kalibera and Jones 2013): an estimate is the median over processes of
the median over rounds. Its interval is the interpolated order-statistic interval of Hettmansperger
and Sheather (Statistics & Probability Letters 4, 1986): closed form, whatever the distribution.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import bdtr

from benchmarks.statistics.groups import Groups, alike, process_medians, replicates

CONFIDENCE = 0.95
MIN_PROCESSES = 6  # the range of five medians covers 93.75% at most


class Estimate(NamedTuple):
    """A value with its 95% interval."""

    value: float
    low: float
    high: float

    def map(self, function: Callable[[float], float]) -> "Estimate":
        """The same through an increasing function."""
        return Estimate(*(float(function(number)) for number in self))


def estimates(groups: Groups) -> np.ndarray:
    """Each group's median with its interval: a row of values, of low ends and of high ends.

    A group without a process has nan. Of a single process the rounds are the replicates, and the
    interval is of that process alone. `coverage` tells what the intervals of few processes cover.
    """
    groups = replicates(groups)
    table = np.full((3, len(groups.processes)), np.nan)
    medians = process_medians(groups)
    for members, positions in alike(groups.processes):
        if positions.shape[1]:
            table[:, members] = _of_medians(medians[positions])
    return table


def estimate(groups: Groups) -> Estimate:
    """The estimate of a batch of one group."""
    [numbers] = estimates(groups).T.tolist()
    return Estimate(*numbers)


def coverage(processes: int) -> float:
    """How often an interval over so many processes holds the true median.

    With fewer than six it is the range of the medians: 2 cover 50%, 3 75%, 4 87.5%, 5 93.75%. One
    process tells nothing of how processes differ: 0.
    """
    return CONFIDENCE if processes >= MIN_PROCESSES else 1 - 0.5 ** (processes - 1)


def _of_medians(medians: np.ndarray) -> np.ndarray:
    """The estimate of each row, of as many medians as there are columns."""
    many = medians.shape[1]
    depth, share = _order_statistics(many)
    ranked = np.sort(medians, axis=1)
    sides = np.stack([ranked, ranked[:, ::-1]])
    outer, inner = sides[..., depth - 1], sides[..., min(depth, many - 1)]
    return np.stack([np.median(medians, axis=1), *(outer + share * (inner - outer))])


def _order_statistics(many: int) -> tuple[int, float]:
    """The rank d of the ends among `many` values, and the share of the way to the next rank.

    The d-th smallest and the d-th largest cover 1 − 2·P(Bin(many, ½) < d). The largest d that covers
    95% is taken, and the share brings the coverage down to 95%.
    """
    covers = 1 - 2 * bdtr(np.arange(many // 2), many, 0.5)
    depth = int(np.count_nonzero(covers >= CONFIDENCE))
    if depth == 0:
        return 1, 0.0
    excess = (covers[depth - 1] - CONFIDENCE) / (covers[depth - 1] - covers[depth])
    return depth, (many - depth) * excess / (depth + (many - 2 * depth) * excess)


def unpaired(head: Groups, base: Groups) -> np.ndarray:
    """Head's time over base's for each pair of groups, from times that share no round.

    The rows are as those of `estimates`. The intervals of the two log medians are combined by MOVER
    (Zou and Donner, Statistics in Medicine 27, 2008).
    """
    (a, a_low, a_high), (b, b_low, b_high) = (
        estimates(side._replace(values=np.log(side.values))) for side in (head, base)
    )
    down, up = np.hypot(a - a_low, b_high - b), np.hypot(a_high - a, b - b_low)
    return np.exp([a - b, a - b - down, a - b + up])


def geometric_mean(ratios: Sequence[float]) -> float:
    return float(np.exp(np.mean(np.log(ratios))))
