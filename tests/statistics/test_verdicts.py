"""Faster, slower, same or inconclusive: what each takes, and how seldom noise is taken for a change."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_runs import batch
from scipy.stats import false_discovery_control

from benchmarks.statistics.estimates import Estimate, estimates
from benchmarks.statistics.verdicts import (
    _REACH_OF_FEW,
    RatioEstimate,
    Verdict,
    among_all,
    p_beyond,
    verdicts,
)

FASTER, SLOWER, SAME = Verdict.FASTER, Verdict.SLOWER, Verdict.SAME
INCONCLUSIVE = Verdict.INCONCLUSIVE
THRESHOLD = 0.05


def ratio(
    value: float, reach: float = 0.002, processes: int = 15, floor: float = 0.0
) -> RatioEstimate:
    """A ratio whose interval reaches so far, as a share, to both sides."""
    around = Estimate(value, value / (1 + reach), value * (1 + reach))
    return RatioEstimate(around, processes, floor)


def p_value(one: RatioEstimate, margin: float) -> float:
    return float(p_beyond([one], margin)[0])


def measured(
    rng: np.random.Generator, truths: float | list[float], processes: int, many: int, spread=0.05
) -> list[RatioEstimate]:
    """Ratios as estimated from processes that differ by `spread`, with rounds that do, too."""
    offsets = rng.normal(0, spread, (many, processes, 1))
    rounds = offsets + rng.normal(0, spread, (many, processes, 4))
    logs = np.log(np.broadcast_to(truths, many))[:, None, None] + rounds
    ratios = np.exp(estimates(batch(logs))).T.tolist()
    return [RatioEstimate(Estimate(*numbers), processes) for numbers in ratios]


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (1.2, SLOWER),
        (1.06, SLOWER),
        (1.0505, INCONCLUSIVE),
        (1.04, SAME),
        (1.0, SAME),
        (1 / 1.04, SAME),
        (1 / 1.0505, INCONCLUSIVE),
        (1 / 1.06, FASTER),
        (1 / 1.2, FASTER),
    ],
)
def test_five_percent_is_a_factor_in_both_directions(value: float, verdict: Verdict) -> None:
    assert verdicts([ratio(value)], THRESHOLD) == [verdict]


@given(st.floats(0.5, 2.0), st.floats(1e-4, 0.5), st.integers(1, 30), st.floats(0, 0.2))
def test_head_against_base_is_the_mirror_of_base_against_head(
    value: float, reach: float, processes: int, floor: float
) -> None:
    mirror = {FASTER: SLOWER, SLOWER: FASTER, SAME: SAME, INCONCLUSIVE: INCONCLUSIVE}
    one, other = (ratio(v, reach, processes, floor) for v in (value, 1 / value))
    bars = np.log1p([floor, THRESHOLD])
    if all(abs(abs(np.log(value)) - np.log1p(reach) - bar) > 1e-9 for bar in [*bars, *-bars]):
        assert verdicts([one], THRESHOLD) == [mirror[verdicts([other], THRESHOLD)[0]]]


def test_the_whole_interval_has_to_clear_the_threshold() -> None:
    assert verdicts([ratio(1.2, reach=0.10)], THRESHOLD) == [SLOWER]
    assert verdicts([ratio(1.2, reach=0.16)], THRESHOLD) == [INCONCLUSIVE]
    assert verdicts([ratio(1.0, reach=0.03)], THRESHOLD) == [SAME]
    assert verdicts([ratio(1.0, reach=0.06)], THRESHOLD) == [INCONCLUSIVE]


def test_also_an_interval_that_reaches_further_to_one_side_has_to() -> None:
    """Significant by its width, but its nearer end is within the threshold."""
    slower = RatioEstimate(Estimate(1.25, 1.03, 1.27), processes=20)
    faster = RatioEstimate(Estimate(1 / 1.25, 1 / 1.27, 1 / 1.03), processes=20)
    assert p_value(slower, np.log1p(THRESHOLD)) < 0.01
    assert verdicts([slower], THRESHOLD) == verdicts([faster], THRESHOLD) == [INCONCLUSIVE]


def test_a_change_below_the_noise_floor_is_none_and_the_floor_makes_nothing_the_same() -> None:
    assert verdicts([ratio(1.1, floor=0.08)], THRESHOLD) == [SLOWER]
    assert verdicts([ratio(1.1, floor=0.12)], THRESHOLD) == [INCONCLUSIVE]
    assert verdicts([ratio(1 / 1.1, floor=0.12)], THRESHOLD) == [INCONCLUSIVE]
    assert verdicts([ratio(1.01, floor=0.12)], THRESHOLD) == [SAME]


def test_one_process_proves_nothing_and_few_prove_less_than_many() -> None:
    for value in (1.0, 3.0):
        assert verdicts([ratio(value, processes=1)], THRESHOLD) == [INCONCLUSIVE]
    p = [p_value(ratio(1.2, 0.02, processes), np.log(1.05)) for processes in (1, 2, 3, 5, 15)]
    assert p[0] == 1.0
    assert p == sorted(p, reverse=True)
    assert len(set(p)) == len(p)


def test_an_interval_of_no_width_leaves_no_doubt() -> None:
    outcomes = verdicts([ratio(v, 0.0, 5) for v in (1.0, 1.049, 1.051, 2.0, 0.5)], THRESHOLD)
    assert outcomes == [SAME, SAME, SLOWER, SLOWER, FASTER]


def test_at_the_bar_a_p_value_is_one_and_beyond_it_falls() -> None:
    bar = float(np.log(1.05))
    assert p_value(ratio(1.05), bar) == pytest.approx(1.0)
    assert p_value(ratio(1.0), bar) == 1.0
    far = [p_value(ratio(value, 0.05), bar) for value in (1.06, 1.1, 1.2, 2.0)]
    assert far == sorted(far, reverse=True)
    assert p_value(ratio(1.2), bar) == pytest.approx(p_value(ratio(1 / 1.2), bar))


def test_what_is_sure_alone_is_not_among_many_that_were_looked_at() -> None:
    """Benjamini and Hochberg: of 1000 looked at, one that is just significant is to be expected."""
    one, dull = ratio(1.15, 0.08, 10), ratio(1.0, 0.04, 10)
    assert 0.01 < p_value(one, np.log(1.05)) < 0.05
    assert verdicts([one], THRESHOLD) == [SLOWER]
    assert verdicts([one] + [dull] * 999, THRESHOLD)[0] is INCONCLUSIVE
    # With many more of its kind it is no chance.
    assert verdicts([one] * 999 + [dull], THRESHOLD)[0] is SLOWER


@pytest.mark.parametrize("processes", [2, 3, 4, 5, 6, 8, 15])
def test_a_p_value_below_five_percent_is_about_as_rare_as_that_where_nothing_changed(
    processes: int,
) -> None:
    """Rarer with fewer than 6 processes, and up to twice as often where a few medians more or less
    make the interval jump."""
    rng, trials = np.random.default_rng(processes), 600
    p = p_beyond(measured(rng, 1.0, processes, trials), 0.0)
    assert np.mean(p < 0.05) < 0.12
    assert np.mean(p < 0.5) > 0.05


@pytest.mark.parametrize("processes", [2, 3, 5, 6, 7, 15])
@pytest.mark.parametrize("threshold", [0.0, 0.02, 0.05])
def test_of_a_thousand_that_did_not_change_at_most_twenty_are_said_to(
    processes: int, threshold: float
) -> None:
    rng = np.random.default_rng(processes)
    counts = Counter(verdicts(measured(rng, 1.0, processes, 1000), threshold))
    assert counts[FASTER] + counts[SLOWER] <= 20


@pytest.mark.parametrize("processes", [3, 5, 6, 7, 15])
def test_what_changed_by_just_the_threshold_is_seldom_said_to_have_or_to_be_the_same(
    processes: int,
) -> None:
    rng = np.random.default_rng(processes)
    counts = Counter(verdicts(measured(rng, 1.05, processes, 500), THRESHOLD))
    assert counts[FASTER] + counts[SLOWER] <= 5
    assert counts[SAME] <= 25


def test_real_changes_among_many_are_found_in_their_direction_and_the_rest_left_alone() -> None:
    rng = np.random.default_rng(0)
    truths = [1.2] * 40 + [1 / 1.2] * 40 + [1.0] * 160
    outcomes = verdicts(measured(rng, truths, 15, len(truths), 0.02), THRESHOLD)
    assert outcomes[:40] == [SLOWER] * 40
    assert outcomes[40:80] == [FASTER] * 40
    assert not {SLOWER, FASTER} & set(outcomes[80:])
    assert Counter(outcomes[80:])[SAME] > 120


@pytest.mark.parametrize("processes", [2, 3, 4, 5])
def test_the_range_of_few_reaches_so_many_standard_errors_of_their_median(processes: int) -> None:
    """Tippett's expected range of normal values, simulated, as its standard error is."""
    values = np.random.default_rng(0).standard_normal((400_000, processes))
    reach = np.ptp(values, axis=1).mean() / 2 / np.median(values, axis=1).std()
    assert _REACH_OF_FEW[processes] == pytest.approx(reach, abs=0.01)


def test_of_nothing_nothing_is_said() -> None:
    assert verdicts([], THRESHOLD) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_correction_is_that_of_scipy(p: list[float]) -> None:
    assert among_all(np.array(p)) == pytest.approx(false_discovery_control(p))
