"""Faster, slower, the same or inconclusive: a verdict on each of many ratios at once."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr

from benchmarks.statistics.estimates import MIN_PROCESSES, Estimate

_FALSE_SHARE = 0.05  # of all that is called faster or slower, this share may be wrong
# Half an interval in standard errors of its median. With so few processes it is the range: half of
# what that is expected to be for normal values (Tippett, Biometrika 17, 1925), over the standard
# error of their median.
_REACH_OF_FEW = {2: 0.80, 3: 1.26, 4: 1.89, 5: 2.17}
_REACH = 1.96


class Verdict(StrEnum):
    """Head against base, in one cell."""

    FASTER = "faster"
    SLOWER = "slower"
    SAME = "same"
    INCONCLUSIVE = "inconclusive"


CHANGED = (Verdict.SLOWER, Verdict.FASTER)


class RatioEstimate(NamedTuple):
    """Head's time over base's, the number of replicates behind it, and the cell's noise floor.

    `floor` is what identical code differs by there, as a share; `ratio` above 1 is slower.
    """

    ratio: Estimate
    processes: int
    floor: float = 0.0


def beyond(low: float, high: float, threshold: float) -> Verdict | None:
    """The side of the threshold on which all from `low` to `high` is; None if on neither."""
    if low > 1 + threshold:
        return Verdict.SLOWER
    return Verdict.FASTER if high < 1 / (1 + threshold) else None


def verdicts(ratios: Sequence[RatioEstimate], threshold: float) -> list[Verdict]:
    """A verdict for each, given that all were looked at.

    A change counts if its whole interval is beyond the threshold and beyond the noise floor, and if
    it stays significant after the correction of Benjamini and Hochberg over all that are compared.
    It is the same if its whole interval is within the threshold. The interval of few processes
    covers less than 95%: there the distance to the threshold has to be significant too. One process
    is no evidence of either.
    """
    if not ratios:
        return []
    margin = np.array([np.log1p(max(threshold, ratio.floor)) for ratio in ratios])
    within, (value, low, high) = float(np.log1p(threshold)), _logs(ratios)
    changed = among_all(p_beyond(ratios, margin)) < _FALSE_SHARE
    enough = np.array([ratio.processes >= MIN_PROCESSES for ratio in ratios])
    same = np.maximum(-low, high) < within
    same &= enough | (_p(ratios, within - np.abs(value)) < _FALSE_SHARE)
    cases = [changed & (low > margin), changed & (high < -margin), same]
    outcomes = [Verdict.SLOWER, Verdict.FASTER, Verdict.SAME, Verdict.INCONCLUSIVE]
    return [outcomes[k] for k in np.select(cases, [0, 1, 2], default=3)]


def among_all(p: np.ndarray) -> np.ndarray:
    """The p of each (n,), given that all n were looked at: what of those found may be false.

    Benjamini and Hochberg, Journal of the Royal Statistical Society B 57, 1995. It is
    scipy.stats.false_discovery_control, without the half second that its import takes.
    """
    order = np.argsort(p)[::-1]  # the largest first: each is at most what a larger one has become
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1))
    return adjusted


def p_beyond(ratios: Sequence[RatioEstimate], margin: np.ndarray | float) -> np.ndarray:
    """How likely so large a ratio would be if the truth were at the margin (Student, both sides)."""
    return _p(ratios, np.abs(_logs(ratios)[0]) - margin)


def _logs(ratios: Sequence[RatioEstimate]) -> np.ndarray:
    """The log ratios: values, low and high ends."""
    return np.log([ratio.ratio for ratio in ratios]).T


def _p(ratios: Sequence[RatioEstimate], distance: np.ndarray) -> np.ndarray:
    """Two-sided, of a distance of the log ratio, with the standard error from its interval."""
    _, low, high = _logs(ratios)
    processes = np.array([ratio.processes for ratio in ratios])
    reach = np.array([_REACH_OF_FEW.get(ratio.processes, _REACH) for ratio in ratios])
    error = np.maximum((high - low) / 2 / reach, 1e-12)
    p = 2 * stdtr(np.maximum(processes - 1, 1), -distance / error)
    return np.where(processes < 2, 1.0, np.minimum(1.0, p))
