"""Faster, slower, the same, or not to be told: a verdict on each of many ratios at once."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from scipy.stats import false_discovery_control
from scipy.stats import t as student

from benchmarks.statistics.intervals import Estimate

_SURE = 0.05  # of all that is called faster or slower, this share may be wrong
# Half a bootstrap interval in standard errors of the value. Of so few processes it is the range of
# their medians, which says less than it seems to; of one it says nothing of how processes differ.
_REACHES = {2: 0.8, 3: 1.26, 4: 1.89}
_REACH = 1.96


class Verdict(StrEnum):
    """What is said of head against base, in one cell."""

    FASTER = "faster"
    SLOWER = "slower"
    SAME = "same"
    INCONCLUSIVE = "inconclusive"


class Compared(NamedTuple):
    """Head's time over base's, the number of replicates behind it, and the noise floor beside it.

    `floor` is what identical code differs by there, as a share; `ratio` above 1 is slower.
    """

    ratio: Estimate
    processes: int
    floor: float = 0.0


def verdicts(compared: Sequence[Compared], threshold: float) -> list[Verdict]:
    """A verdict for each, given that all were looked at.

    A change counts if its whole interval is beyond the threshold and beyond the noise floor, and if
    it stays significant after the correction of Benjamini and Hochberg over all that are compared.
    It is the same if its whole interval is within the threshold; of few processes, whose interval
    says less than it seems to, the distance to it has to be significant. One is no evidence of either.
    """
    if not compared:
        return []
    bars = np.array([np.log1p(max(threshold, one.floor)) for one in compared])
    beyond = [p_value(one, bar) for one, bar in zip(compared, bars, strict=True)]
    sure = false_discovery_control(beyond) < _SURE
    found, within = [], float(np.log1p(threshold))
    for one, bar, significant in zip(compared, bars, sure, strict=True):
        low, high = np.log(one.ratio.low), np.log(one.ratio.high)
        if significant and low > bar:
            found.append(Verdict.SLOWER)
        elif significant and high < -bar:
            found.append(Verdict.FASTER)
        elif max(-low, high) < within and (
            one.processes not in {1, *_REACHES} or p_within(one, within) < _SURE
        ):
            found.append(Verdict.SAME)
        else:
            found.append(Verdict.INCONCLUSIVE)
    return found


def p_value(one: Compared, bar: float) -> float:
    """How likely so large a ratio would be if the truth were at the bar (Student, both sides)."""
    return _p(one, abs(np.log(one.ratio.value)) - bar)


def p_within(one: Compared, bar: float) -> float:
    """How likely a ratio so far within the bar would be if the truth were at it."""
    return _p(one, bar - abs(np.log(one.ratio.value)))


def _p(one: Compared, distance: float) -> float:
    """Two-sided, of a distance of the log ratio, by the standard error that its interval tells of."""
    if one.processes < 2:
        return 1.0
    half = np.log(one.ratio.high / one.ratio.low) / 2
    error = max(half / _REACHES.get(one.processes, _REACH), 1e-12)
    return float(min(1.0, 2 * student.sf(distance / error, one.processes - 1)))
