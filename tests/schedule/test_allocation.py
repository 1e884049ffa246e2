"""Where the rounds go: to the widest interval for what is at stake, within the seconds left."""

import json
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.results.records import CONTROL, Cell, Sample
from benchmarks.schedule.allocation import PRECISE, RunState, imprecise_pairs, outlook, to_precision

BASE, FAST, MIDDLE = "base", "fast", "middle"
CELLS = [Cell("dot", "synthetic", 10**k, 1) for k in range(4)]
Spreads = Mapping[tuple[str, Cell], tuple[float, float]]
"""Of an implementation in a cell: the time of a call, and by how much it differs between processes."""


def state_of(
    spreads: Spreads,
    processes: int = 9,
    seed: int = 0,
    cell_run_s: float = 1.0,
    starting_s: float = 0.5,
    left_s: float = 1000.0,
) -> RunState:
    """A run that has come so far: a visit takes a second for each, starting half a second."""
    rng, samples = np.random.default_rng(seed), list[Sample]()
    active: dict[Cell, list[str]] = {}
    for (name, cell), (time_ns, spread) in spreads.items():
        active.setdefault(cell, []).append(name)
        for p, factor in enumerate(np.exp(rng.normal(0, spread, processes))):
            for r in range(3):
                samples.append(Sample(name, cell, p, r, 1, round(time_ns * factor)))
    return RunState(
        samples,
        active,
        cell_run_s={cell: cell_run_s * len(names) for cell, names in active.items()},
        starting_s=starting_s,
        left_s=left_s,
        sets=processes,
        first_process=0,
    )


def race(cell: Cell, spread: float, lead: float = 2.0) -> dict:
    """The baseline, and one that is faster by a factor and differs between processes."""
    return {(BASE, cell): (1e6, 0.0), (FAST, cell): (1e6 / lead, spread)}


def cost_s(state: RunState, allocation: Mapping) -> float:
    each = {cell: s / len(state.active[cell]) for cell, s in state.cell_run_s.items()}
    return state.starting_s + sum(each[cell] * len(names) for cell, names in allocation.items())


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
    state = replace(state, active={CELLS[0]: [BASE, FAST, "new"]})
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
    spreads: list[float], starting_s: float, left_s: float, cell_run_s: float
) -> None:
    runs = {k: v for cell, s in zip(CELLS, spreads, strict=False) for k, v in race(cell, s).items()}
    state = state_of(runs, cell_run_s=cell_run_s, starting_s=starting_s, left_s=left_s)
    allocation, imprecise = to_precision(BASE)(state), imprecise_pairs(state, BASE)
    affordable = starting_s + 2 * cell_run_s <= left_s
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
    state = state_of(race(CELLS[0], 0.2), processes=10)
    set_s = state.starting_s + state.cell_run_s[CELLS[0]]
    one = outlook(state, BASE, more_s=10 * set_s)
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
