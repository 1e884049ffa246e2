"""Where the rounds go: to the widest interval for what is at stake, within the seconds left."""

import json
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.results.records import CONTROL, Cell, Sample
from benchmarks.schedule.allocation import (
    FAIR_PROCESSES,
    PRECISE,
    RunState,
    fair_share,
    imprecise_pairs,
    to_precision,
)
from benchmarks.schedule.cell_budget import MIN_VISITS
from benchmarks.schedule.forecast import expected_s, outlook
from benchmarks.statistics.rounds import rounds_of_samples

BASE, FAST, MIDDLE = "base", "fast", "middle"
CELLS = [Cell("dot", "synthetic", 10**k, 1) for k in range(4)]
Spreads = Mapping[tuple[str, Cell], tuple[float, float]]
"""Of an implementation in a cell: the time of a call, and by how much it differs between processes."""


def state_of(
    spreads: Spreads,
    processes: int = 12,
    seed: int = 0,
    visit_s: float = 1.0,
    starting_s: float = 0.5,
    left_s: float = 1000.0,
) -> RunState:
    """A run that has come so far: a visit takes a second for each, starting half a second."""
    rng, samples = np.random.default_rng(seed), list[Sample]()
    costs: dict[Cell, dict[str, float]] = {}
    for (name, cell), (time_ns, spread) in spreads.items():
        costs.setdefault(cell, {})[name] = visit_s
        for p, factor in enumerate(np.exp(rng.normal(0, spread, processes))):
            for r in range(3):
                samples.append(Sample(name, cell, p, r, 1, round(time_ns * factor)))
    return RunState(
        rounds_of_samples(samples),
        costs,
        visits={(cell, name): processes for name, cell in spreads},
        starting_s=starting_s,
        left_s=left_s,
        sets=processes,
        first_process=0,
    )


def race(cell: Cell, spread: float, lead: float = 2.0) -> dict:
    """The baseline, and one that is faster by a factor and differs between processes."""
    return {(BASE, cell): (1e6, 0.0), (FAST, cell): (1e6 / lead, spread)}


def cost_s(state: RunState, allocation: Mapping) -> float:
    visits = ((cell, name) for cell, names in allocation.items() for name in names)
    return state.starting_s + sum(state.visit_s[cell][name] for cell, name in visits)


def test_only_pairs_that_are_not_within_two_percent_are_in_need() -> None:
    state = state_of(race(CELLS[0], 0.0) | race(CELLS[1], 0.001) | race(CELLS[2], 0.2))
    [pair] = imprecise_pairs(state, BASE)
    assert (pair.cell, pair.names) == (CELLS[2], (FAST, BASE))
    assert pair.half_width > PRECISE
    assert pair.effect == pytest.approx(np.log(2), abs=0.3)
    assert to_precision(BASE)(state) == {CELLS[2]: {FAST, BASE}}


def test_where_all_is_precise_nobody_goes_on() -> None:
    state = state_of(race(CELLS[0], 0.001) | race(CELLS[1], 0.0))
    assert imprecise_pairs(state, BASE) == []
    assert to_precision(BASE)(state) == {}
    assert outlook(state, BASE) == {"aim": PRECISE, "intervals": 2, "within": 2}


@pytest.mark.parametrize(("processes", "enough"), [(1, False), (2, False), (5, False), (6, True)])
def test_fewer_than_six_processes_are_never_precise(processes: int, enough: bool) -> None:
    state = state_of(race(CELLS[0], 0.0), processes)
    assert (imprecise_pairs(state, BASE) == []) is enough
    assert outlook(state, BASE)["within"] == enough


def test_the_two_fastest_are_a_pair_where_the_baseline_is_neither() -> None:
    noise = {(BASE, CELLS[0]): (1e6, 0.2), (f"{BASE}{CONTROL}", CELLS[0]): (1e6, 0.2)}
    noise |= {(MIDDLE, CELLS[0]): (2e5, 0.2), (FAST, CELLS[0]): (1e5, 0.2)}
    pairs = {pair.names for pair in imprecise_pairs(state_of(noise), BASE)}
    others = {(f"{BASE}{CONTROL}", BASE), (MIDDLE, BASE), (FAST, BASE)}
    assert pairs == {*others, (FAST, MIDDLE)}
    noise[MIDDLE, CELLS[0]] = (4e6, 0.2)  # now the baseline is second
    assert {pair.names for pair in imprecise_pairs(state_of(noise), BASE)} == others


def test_without_the_baseline_the_two_fastest_are_compared_and_one_alone_with_nobody() -> None:
    both = {(MIDDLE, CELLS[0]): (2e5, 0.2), (FAST, CELLS[0]): (1e5, 0.2)}
    assert [pair.names for pair in imprecise_pairs(state_of(both), BASE)] == [(FAST, MIDDLE)]
    assert imprecise_pairs(state_of({(FAST, CELLS[0]): (1e5, 0.2)}), BASE) == []


def test_a_pair_that_was_never_timed_together_is_no_interval() -> None:
    state = state_of(race(CELLS[0], 0.001))
    state = replace(state, visit_s={CELLS[0]: dict.fromkeys((BASE, FAST, "new"), 1.0)})
    assert outlook(state, BASE) == {"aim": PRECISE, "intervals": 1, "within": 1}


def test_what_is_wide_for_what_is_at_stake_comes_first() -> None:
    """A tie and a factor of 100, both to 10%: who wins is open in the one alone."""
    tie, clear, wide = CELLS[:3]
    state = state_of(race(clear, 0.1, 100.0) | race(tie, 0.1, 1.0), left_s=2.5)
    assert set(to_precision(BASE)(state)) == {tie}
    state = state_of(race(clear, 0.1, 100.0) | race(wide, 0.5, 100.0), left_s=2.5)
    assert set(to_precision(BASE)(state)) == {wide}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 0.1, 0.3]), min_size=1, max_size=4),
    st.floats(0, 5),
    st.floats(-1, 60),
    st.floats(0.1, 5),
)
def test_the_seconds_left_are_kept_to_and_while_they_buy_a_visit_one_is_made(
    spreads: list[float], starting_s: float, left_s: float, visit_s: float
) -> None:
    runs = {k: v for cell, s in zip(CELLS, spreads, strict=False) for k, v in race(cell, s).items()}
    state = state_of(runs, visit_s=visit_s, starting_s=starting_s, left_s=left_s)
    allocation, imprecise = to_precision(BASE)(state), imprecise_pairs(state, BASE)
    affordable = starting_s + 2 * visit_s <= left_s
    assert bool(allocation) == (affordable and bool(imprecise))
    assert set(allocation) <= {pair.cell for pair in imprecise}
    assert not allocation or cost_s(state, allocation) <= left_s


def test_a_set_takes_a_quarter_of_the_time_left_so_that_the_next_can_go_elsewhere() -> None:
    runs = {key: value for cell in CELLS for key, value in race(cell, 0.3).items()}
    state = state_of(runs, left_s=20.0, starting_s=0.1)
    assert cost_s(state, to_precision(BASE)(state)) <= 5.0
    assert len(to_precision(BASE)(replace(state, left_s=100.0))) == 4
    assert len(to_precision(BASE)(replace(state, starting_s=1.1))) == 3  # 8 times starting


def test_twice_the_processes_narrow_an_interval_by_the_square_root_of_two() -> None:
    state = state_of(race(CELLS[0], 0.2), processes=12)
    set_s = state.starting_s + 2.0
    one = outlook(state, BASE, more_s=12 * set_s)
    assert one["open_median"] == one["worst"] > PRECISE
    assert one["open_median_then"] == pytest.approx(one["open_median"] / 2**0.5, abs=1e-4)
    seen = [
        outlook(state_of(race(CELLS[0], 0.2), many, seed), BASE)["worst"]
        for many in (15, 60)
        for seed in range(40)
    ]
    assert np.mean(seen[40:]) == pytest.approx(np.mean(seen[:40]) / 4**0.5, rel=0.15)


def test_the_outlook_counts_what_is_within_now_and_then_and_names_the_worst() -> None:
    runs = race(CELLS[0], 0.0) | race(CELLS[1], 0.05) | race(CELLS[2], 0.5)
    state = state_of(runs, processes=11)
    result = outlook(state, BASE)
    assert (result["intervals"], result["within"], result["more_s"]) == (3, 1, 60.0)
    assert result["worst_cell"] == str(CELLS[2])
    assert result["worst_pair"] == [FAST, BASE]
    assert PRECISE < result["open_median"] < result["worst"]
    soon, later, never = (outlook(state, BASE, s)["within_then"] for s in (0, 1000, 1e7))
    assert [soon, later, never] == [1, 2, 3]
    assert json.loads(json.dumps(result)) == result


def test_of_nothing_measured_nothing_is_wanted() -> None:
    state = state_of({})
    assert to_precision(BASE)(state) == {}
    assert outlook(state, BASE) == {"aim": PRECISE, "intervals": 0, "within": 0}


def shared(costs_s: Mapping[str, float], left_s: float, done: int = 1) -> dict[str, int]:
    """The visits of each once a run has shared the time left, where all have had so many."""
    cell, visits = CELLS[0], dict.fromkeys(costs_s, done)
    state = replace(state_of({}), visit_s={cell: costs_s}, starting_s=0.0)
    while True:
        state = replace(state, visits={(cell, n): v for n, v in visits.items()}, left_s=left_s)
        if not (wanted := fair_share(state, FAIR_PROCESSES)):
            return visits
        for name in wanted[cell]:
            visits[name] += 1
            left_s -= costs_s[name]


def test_where_there_is_time_for_all_everyone_has_the_fair_number_of_processes() -> None:
    visits = shared({"a": 0.03, "b": 0.3, "c": 3.0}, left_s=1000.0)
    assert set(visits.values()) == {FAIR_PROCESSES}


def test_a_costly_one_has_fewer_processes_and_no_fewer_than_three() -> None:
    visits = shared({"a": 0.1, "b": 1.0, "c": 20.0}, left_s=60.0)
    assert visits == {"a": FAIR_PROCESSES, "b": FAIR_PROCESSES, "c": MIN_VISITS}
    visits = shared({"a": 0.1, "b": 5.0, "c": 5.0}, left_s=60.0)
    assert visits["a"] == FAIR_PROCESSES
    assert MIN_VISITS < visits["b"] == visits["c"] < FAIR_PROCESSES


@given(st.lists(st.floats(0.01, 10.0), min_size=1, max_size=8), st.floats(1.0, 500.0))
def test_the_fair_share_stays_within_the_time_or_is_the_least_there_can_be(
    costs: list[float], left_s: float
) -> None:
    costs_s = {f"i{k}": cost for k, cost in enumerate(costs)}
    visits = shared(costs_s, left_s)
    spent_s = sum(costs_s[name] * (many - 1) for name, many in visits.items())
    assert spent_s <= left_s or set(visits.values()) <= {MIN_VISITS}
    assert all(MIN_VISITS <= many <= FAIR_PROCESSES for many in visits.values())


def test_the_baseline_is_there_wherever_somebody_else_is() -> None:
    state = state_of(race(CELLS[0], 0.1), processes=6)
    state = replace(state, visits={(CELLS[0], BASE): 12, (CELLS[0], FAST): 6})
    assert fair_share(state, FAIR_PROCESSES) == {CELLS[0]: {FAST}}
    assert to_precision(BASE)(state) == {CELLS[0]: {FAST, BASE}}


def test_another_precision_is_aimed_at_if_asked_for() -> None:
    state = state_of(race(CELLS[0], 0.02))
    [pair] = imprecise_pairs(state, BASE, aim=1e-6)
    coarse, fine = (to_precision(BASE, aim)(state) for aim in (2 * pair.half_width, 1e-6))
    assert coarse == {}
    assert fine == {CELLS[0]: {FAST, BASE}}
    assert outlook(state, BASE, aim=2 * pair.half_width)["within"] == 1


def test_the_time_to_a_precision_is_what_the_square_root_asks_for() -> None:
    state = state_of(race(CELLS[0], 0.1))
    [pair] = imprecise_pairs(state, BASE)
    half = pair.half_width / 2  # four times the processes: three times as many more
    assert expected_s(state, BASE, half, FAIR_PROCESSES, most=1000) == pytest.approx(36 * 2.5)
    assert expected_s(state, BASE, half, FAIR_PROCESSES, most=22) == pytest.approx(10 * 2.5)
    assert expected_s(state, BASE, 2 * pair.half_width, FAIR_PROCESSES, most=60) == 0.0


def test_before_anything_is_measured_the_time_is_that_of_the_fair_share() -> None:
    state = replace(state_of({}), visit_s={CELLS[0]: {BASE: 0.1, FAST: 0.2}}, starting_s=1.0)
    assert expected_s(state, BASE, 0.01, 12, most=60) == pytest.approx(12 * 1.3)
