"""Groups of processes with their rounds: outliers are counted in each group by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_runs import batch, grouped

from benchmarks.statistics.groups import outliers, replicates

Group = list[np.ndarray]


def groups_of(seed: int, many: int = 12) -> list[Group]:
    """Groups of up to 9 processes of up to 6 rounds each, some of them far out."""
    rng = np.random.default_rng(seed)
    return [
        [np.exp(rng.standard_t(2, rng.integers(1, 7))) for _ in range(rng.integers(0, 10))]
        for _ in range(many)
    ]


def outliers_of(processes: Group) -> int:
    return int(outliers(grouped([processes]))[0])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_outliers_are_counted_in_each_group_by_itself(seed: int) -> None:
    groups = groups_of(seed)
    assert outliers(grouped(groups)).tolist() == [far_out(group) for group in groups]


def far_out(group: Group) -> int:
    differences: list[float] = []
    for rounds in group:
        ranked = sorted(np.log(rounds).tolist())
        middle = ranked.pop((len(ranked) - 1) // 2)
        differences += [log - middle for log in ranked]
    if not differences:
        return 0
    low, high = np.quantile(differences, [0.25, 0.75])
    reach = 3 * (high - low)
    return sum(not low - reach <= difference <= high + reach for difference in differences)


@pytest.mark.parametrize("rounds", [2, 3, 4, 8])
def test_an_interruption_is_counted_though_its_process_has_few_rounds(rounds: int) -> None:
    rng = np.random.default_rng(0)
    processes = list(
        100 * np.exp(rng.normal(0, 0.3, (20, 1)) + rng.uniform(-0.1, 0.1, (20, rounds)))
    )
    assert outliers_of(processes) == 0
    processes[3][0] *= 30
    processes[5][1] *= 30
    assert outliers_of(processes) == 2


def test_what_has_nothing_beside_it_is_no_outlier() -> None:
    assert outliers_of([np.array([5.0])] * 4) == 0
    assert outliers_of([np.full(4, 1.0), np.full(4, 100.0)]) == 0  # two processes, each of one mind
    assert outliers_of([np.array([1.0, 1.0, 1.0, 1.0, 1.0, 9.0])]) == 1


def test_of_normal_noise_hardly_a_round_is_an_outlier() -> None:
    noise = np.random.default_rng(0).normal(0, 0.05, (100, 10, 5))
    assert outliers(batch(np.exp(noise))).sum() <= 25


def test_the_rounds_of_a_single_process_become_its_replicates() -> None:
    groups = [[np.arange(3.0)], [], [np.arange(2.0), np.arange(4.0)], [np.array([7.0])]]
    lists = replicates(grouped(groups)).lists()
    assert [[process.tolist() for process in group] for group in lists] == [
        [[0.0], [1.0], [2.0]],
        [],
        [[0.0, 1.0], [0.0, 1.0, 2.0, 3.0]],
        [[7.0]],
    ]
