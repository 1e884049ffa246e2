"""Samples to estimates: medians over processes, with the interval of order statistics."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_runs import batch, estimate_of, grouped
from scipy.stats import bootstrap

from benchmarks.statistics.estimates import coverage, estimate, estimates, geometric_mean, unpaired

TRIALS = 10_000
Draw = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]
# Distributions and their true medians: symmetric, skewed, and skewed to the other side.
DISTRIBUTIONS: dict[str, tuple[Draw, float]] = {
    "normal": (lambda rng, shape: rng.normal(3.0, 1.0, shape), 3.0),
    "log-normal": (lambda rng, shape: rng.lognormal(0.0, 0.5, shape), 1.0),
    "exponential": (lambda rng, shape: rng.exponential(1.0, shape), np.log(2)),
    "skewed to the left": (lambda rng, shape: -rng.lognormal(0.0, 1.0, shape), -1.0),
}


def held(intervals: np.ndarray, truth: float) -> float:
    """The share of the intervals (estimates in columns) that hold the truth."""
    return float(np.mean((intervals[1] <= truth) & (truth <= intervals[2])))


@given(st.floats(1, 1e12), st.integers(1, 9), st.integers(1, 9))
def test_times_that_are_all_alike_leave_no_doubt(ns: float, processes: int, rounds: int) -> None:
    assert estimate_of([np.full(rounds, ns)] * processes) == (ns, ns, ns)


def test_the_process_is_the_replicate_and_not_the_round() -> None:
    processes = [np.full(90, 1.0), np.full(5, 5.0), np.full(5, 9.0)]
    assert np.median(np.concatenate(processes)) == 1.0
    assert estimate_of(processes) == (5.0, 1.0, 9.0)


def test_the_median_over_rounds_forgets_one_interruption() -> None:
    assert estimate_of([np.array([3.0, 1e9, 2.0, 2.5, 2.25])] * 3).value == 2.5


def test_an_interval_holds_the_value_and_narrows_as_rounds_and_processes_are_added() -> None:
    draw = np.random.default_rng(0).normal(100, 5, (3, 1000))
    few, many = (estimate_of([rounds[:n] for rounds in draw]) for n in (5, 1000))
    for ratio in (few, many):
        assert ratio.low < ratio.value < ratio.high
    assert many.high - many.low < 0.5 * (few.high - few.low)
    assert few == estimate_of([rounds[:5] for rounds in draw])
    draws = np.random.default_rng(0).normal(100, 5, (200, 160))
    widths = [np.mean(np.ptp(estimates(batch(draws[:, :n]))[1:], axis=0)) for n in (10, 40, 160)]
    assert widths[1] == pytest.approx(widths[0] / 2, rel=0.15)
    assert widths[2] == pytest.approx(widths[1] / 2, rel=0.15)


@pytest.mark.parametrize("processes", [6, 7, 8, 15, 40])
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_an_interval_holds_the_truth_as_often_as_it_says(name: str, processes: int) -> None:
    draw, truth = DISTRIBUTIONS[name]
    rng = np.random.default_rng(processes)
    medians = draw(rng, (TRIALS, processes))
    assert coverage(processes) == 0.95
    assert 0.94 <= held(estimates(batch(medians)), truth) <= 0.965


@pytest.mark.parametrize(("processes", "covers"), [(2, 0.5), (3, 0.75), (4, 0.875), (5, 0.9375)])
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_of_fewer_than_six_processes_it_is_the_range_and_covers_less(
    name: str, processes: int, covers: float
) -> None:
    draw, truth = DISTRIBUTIONS[name]
    medians = draw(np.random.default_rng(processes), (TRIALS, processes))
    intervals = estimates(batch(medians))
    assert intervals[1].tolist() == medians.min(axis=1).tolist()
    assert intervals[2].tolist() == medians.max(axis=1).tolist()
    assert coverage(processes) == covers
    assert held(intervals, truth) == pytest.approx(covers, abs=0.015)


def test_processes_that_differ_by_more_than_their_rounds_do_not_narrow_the_interval() -> None:
    rng = np.random.default_rng(0)
    offsets = rng.normal(0, 1, (TRIALS, 8, 1))
    groups = batch(100 + offsets + rng.normal(0, 1, (TRIALS, 8, 10)))
    assert 0.94 <= held(estimates(groups), 100.0) <= 0.965


def test_the_interval_is_that_of_hettmansperger_and_sheather() -> None:
    """Their formula, worked out by hand for ten values."""
    values = np.random.default_rng(0).normal(0, 1, 10)
    ranked = np.sort(values)
    covers = 1 - 2 * (1 + 10) / 2**10, 1 - 2 * (1 + 10 + 45) / 2**10  # from the 2nd and the 3rd
    share = (covers[0] - 0.95) / (covers[0] - covers[1])
    weight = (10 - 2) * share / (2 + (10 - 4) * share)
    low, high = (
        (1 - weight) * outer + weight * inner
        for outer, inner in ((ranked[1], ranked[2]), (ranked[8], ranked[7]))
    )
    assert estimate_of(list(values[:, None])) == pytest.approx((np.median(values), low, high))


def test_the_order_of_the_processes_says_nothing() -> None:
    rng = np.random.default_rng(0)
    processes = [rng.normal(100, 5, many) for many in (3, 8, 8, 2, 8, 1)]
    ratio = estimate_of(processes)
    assert ratio == estimate_of(processes[::-1])
    assert ratio.value == np.median([np.median(rounds) for rounds in processes])


@pytest.mark.parametrize("processes", [5, 8, 15, 40])
def test_an_interval_is_near_that_of_medians_of_processes_drawn_anew(processes: int) -> None:
    """Against scipy's bootstrap of the same."""
    medians = np.random.default_rng(processes).normal(100, 5, processes)
    ratio = estimate_of(list(medians[:, None]))
    drawn = bootstrap((medians,), np.median, n_resamples=20_000, method="percentile", rng=0)
    ranked = np.sort(medians)
    for ours, theirs in zip(ratio[1:], drawn.confidence_interval, strict=True):
        near = np.searchsorted(ranked, theirs)
        around = ranked[max(near - 2, 0)], ranked[min(near + 2, processes - 1)]
        assert around[0] <= ours <= around[1]


def test_of_one_process_the_rounds_are_the_replicates_and_between_processes_nothing_is_known() -> (
    None
):
    assert estimate_of([np.array([1.0, 2.0, 3.0])]) == (2.0, 1.0, 3.0)
    rounds = np.random.default_rng(0).normal(100, 5, 20)
    assert estimate_of([rounds]) == estimate_of(list(rounds[:, None]))
    assert coverage(1) == 0.0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_estimates_are_those_of_each_group_by_itself(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = [
        [np.exp(rng.standard_t(2, rng.integers(1, 7))) for _ in range(rng.integers(0, 10))]
        for _ in range(12)
    ]
    together = estimates(grouped(groups)).T
    for numbers, group in zip(together.tolist(), groups, strict=True):
        assert tuple(numbers) == estimate_of(group) if group else np.isnan(numbers).all()
    assert estimates(grouped([])).shape == (3, 0)


# Ratios of times that share no round -------------------------------------------------------------


def test_times_without_common_rounds_give_a_ratio_of_head_over_base() -> None:
    head, base = grouped([[np.full(3, 300.0)] * 6]), grouped([[np.full(5, 100.0)] * 9])
    assert unpaired(head, base)[:, 0] == pytest.approx((3.0, 3.0, 3.0))


@pytest.mark.parametrize("counts", [(6, 6), (8, 11), (15, 7), (40, 40)])
@pytest.mark.parametrize("spreads", [(0.1, 0.1), (0.3, 0.05)])
def test_an_unpaired_ratio_holds_the_truth_at_least_as_often_as_it_says(
    counts: tuple[int, int], spreads: tuple[float, float]
) -> None:
    rng = np.random.default_rng(counts)
    head, base = (
        batch(
            truth
            * np.exp(
                rng.normal(0, spread, (TRIALS // 4, many, 1))
                + rng.normal(0, spread, (TRIALS // 4, many, 4))
            )
        )
        for truth, spread, many in zip((150.0, 100.0), spreads, counts, strict=True)
    )
    ratios, mirrored = unpaired(head, base), unpaired(base, head)
    assert (ratios[1] < ratios[0]).all()
    assert (ratios[0] < ratios[2]).all()
    assert ratios == pytest.approx(1 / mirrored[[0, 2, 1]])
    assert 0.94 <= held(ratios, 1.5) <= 0.99


def test_the_interval_of_an_unpaired_ratio_is_that_of_zou_and_donner() -> None:
    rng = np.random.default_rng(1)
    head, base = (np.exp(rng.normal(0, 0.2, (1, many))) for many in (9, 7))
    (a, l_a, u_a), (b, l_b, u_b) = (estimate(batch(np.log(side))) for side in (head, base))
    d = a - b
    low, high = d - np.hypot(a - l_a, u_b - b), d + np.hypot(u_a - a, b - l_b)
    assert np.log(unpaired(batch(head), batch(base))[:, 0]) == pytest.approx([d, low, high])


def test_times_that_drift_say_less_unpaired_than_paired() -> None:
    drift = np.exp(np.random.default_rng(0).normal(0, 0.5, (1, 9, 1)))
    head, base = 200 * drift * np.ones(4), 100 * drift * np.ones(4)
    paired = estimate(batch(np.log(head / base))).map(np.exp)
    assert paired == pytest.approx((2.0, 2.0, 2.0))
    _, low, high = unpaired(batch(head), batch(base))[:, 0]
    assert high / low > 1.5


def test_the_geometric_mean_of_a_ratio_and_its_inverse_is_one() -> None:
    assert geometric_mean([4.0, 0.25]) == pytest.approx(1.0)
    assert geometric_mean([1.0, 10.0, 100.0]) == pytest.approx(10.0)
