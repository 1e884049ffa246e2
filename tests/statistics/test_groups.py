"""Thousands of estimates at once are those that were made one by one, to the last bit."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.results.records import Cell
from benchmarks.results.store import CELL
from benchmarks.statistics import estimate
from benchmarks.statistics.groups import draws_of, estimates, outliers_of, together
from benchmarks.statistics.intervals import draws
from benchmarks.statistics.rounds import logs, side_by_side, times

Group = list[np.ndarray]

seeds = st.integers(0, 2**32 - 1)


def groups_of(seed: int, many: int = 12, least: int = 0) -> list[Group]:
    """Groups of up to 9 processes of up to 6 rounds each, some of them far out."""
    rng = np.random.default_rng(seed)
    return [
        [np.exp(rng.standard_t(2, rng.integers(1, 7))) for _ in range(rng.integers(least, 10))]
        for _ in range(many)
    ]


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_estimates_are_those_of_each_group_by_itself(seed: int) -> None:
    groups = groups_of(seed)
    found = estimates(together(groups)).T
    for one, group in zip(found.tolist(), groups, strict=True):
        assert tuple(one) == estimate(group) if group else np.isnan(one).all()


def test_more_groups_than_are_drawn_for_at_a_time_are_estimated_alike() -> None:
    groups = groups_of(0, many=1100)
    found = estimates(together(groups)).T
    for k in (0, 499, 500, 501, 999, 1000, 1099):
        assert tuple(found[k]) == estimate(groups[k]) if groups[k] else np.isnan(found[k]).all()
    assert estimates(together([])).shape == (3, 0)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_draws_are_those_of_each_group_by_its_own_seed(seed: int) -> None:
    groups = groups_of(seed, many=6, least=1)
    found = draws_of(together(groups), list(range(6)))
    for k, group in enumerate(groups):
        assert found[k].tolist() == draws(group, k).tolist()


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_outliers_are_counted_in_each_group_by_itself(seed: int) -> None:
    groups = groups_of(seed)
    assert outliers_of(together(groups)).tolist() == [far_out(group) for group in groups]


def far_out(group: Group) -> int:
    differ: list[float] = []
    for rounds in group:
        ranked = sorted(np.log(rounds).tolist())
        middle = ranked.pop((len(ranked) - 1) // 2)
        differ += [log - middle for log in ranked]
    if not differ:
        return 0
    low, high = np.quantile(differ, [0.25, 0.75])
    reach = 3 * (high - low)
    return sum(not low - reach <= one <= high + reach for one in differ)


@settings(max_examples=20, deadline=None)
@given(seeds, st.floats(0.2, 1.0))
def test_times_and_ratios_are_those_of_the_rounds_that_an_implementation_was_in(
    seed: int, kept: float
) -> None:
    rng = np.random.default_rng(seed)
    cells = [Cell("dot", "synthetic", n_x, 1) for n_x in (10, 1000)]
    keys = [
        (name, cell, p, r) for p in (0, 2, 3) for cell in cells for r in range(4) for name in "abc"
    ]
    rows = [
        {"implementation": name, **cell._asdict(), "process": p, "round": r}
        for name, cell, p, r in keys
        if rng.random() < kept
    ]
    samples = pd.DataFrame(rows, columns=["implementation", *CELL, "process", "round"])
    samples["call_ns"] = np.exp(rng.normal(0, 1, len(samples)))
    samples = samples.sample(frac=1, random_state=seed)
    rounds = side_by_side(samples)
    wanted = [
        (cell, one, other) for cell in cells for one in ("a", "b", "nobody") for other in "abc"
    ]
    ratios = logs(rounds, wanted).lists()
    for (cell, one, other), ratio in zip(wanted, ratios, strict=True):
        assert same(ratio, expected(samples, cell[2], one, other))
    own = times(rounds, [(cell, one) for cell, one, _ in wanted]).lists()
    for (cell, one, _), time in zip(wanted, own, strict=True):
        assert same([np.log(process) for process in time], expected(samples, cell[2], one))


def expected(samples: pd.DataFrame, n_x: object, one: str, other: str | None = None) -> Group:
    mine, others = (
        samples[(samples["n_x"] == n_x) & (samples["implementation"] == name)]
        .set_index(["process", "round"])["call_ns"]
        .sort_index()
        for name in (one, other)
    )
    ratios = mine if other is None else (others / mine).dropna()
    return [np.log(process.to_numpy()) for _, process in ratios.groupby(level="process")]


def same(found: Sequence[np.ndarray], known: Sequence[np.ndarray]) -> bool:
    return [one.tolist() for one in found] == [pytest.approx(one.tolist()) for one in known]
