"""Who is faster up to where: changes of places along a size, with their interval and direction."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from benchmarks.results.records import TWIN, Cell, Outcome, Sample, Status, columns, row
from benchmarks.results.store import Run
from benchmarks.statistics import crossovers, summary
from benchmarks.statistics.crossovers import CROSSOVERS, changes

SIZES = [2.0**k for k in range(4, 16, 2)]
PROCESSES = 7


def logs_of(
    values: ArrayLike, spread: float = 0.0, seed: int = 0, processes: int = PROCESSES
) -> list[list[np.ndarray]]:
    """The log ratios of each size: round its value, from process to process and round to round."""
    rng = np.random.default_rng(seed)
    return [
        list(value + rng.normal(0, spread, (processes, 1)) + rng.normal(0, spread, (processes, 3)))
        for value in np.asarray(values)
    ]


def falling(at: float, slope: float = 0.3) -> np.ndarray:
    """A log ratio that is straight in the log of the size and 0 at a size."""
    return slope * (np.log(at) - np.log(SIZES))


@given(st.floats(SIZES[0] * 1.1, SIZES[-1] / 1.1), st.booleans())
def test_an_exact_crossing_is_found_with_its_direction(at: float, falls: bool) -> None:
    found = changes(SIZES, logs_of(falling(at, 0.3 if falls else -0.3)))
    assert found == [(*[pytest.approx(at)] * 3, falls)]


def test_the_interval_of_a_crossing_holds_it_about_as_often_as_it_says() -> None:
    held, trials, at = 0, 100, 300.0
    for seed in range(trials):
        [(size, low, high, falls)] = changes(SIZES, logs_of(falling(at), 0.05, seed))
        assert falls
        assert low < size < high
        held += low <= at <= high
    assert held >= 88


def test_what_only_touches_does_not_cross() -> None:
    assert changes(SIZES, logs_of([0.5, 0.2, 0.0, 0.0, 0.2, 0.5], 0.02)) == []
    assert changes(SIZES, logs_of([0.5, 0.2, 0.1, 0.05, 0.0, 0.0], 0.02)) == []
    assert changes(SIZES, logs_of([0.5, 0.4, 0.4, 0.3, 0.2, 0.1], 0.01)) == []


def test_what_cannot_be_told_apart_does_not_cross() -> None:
    """Identical code: 60 lines, none of them with a change."""
    assert sum(len(changes(SIZES, logs_of([0.0] * 6, 0.02, seed))) for seed in range(60)) == 0


def test_a_difference_below_two_percent_is_no_lead_and_the_floor_may_be_higher() -> None:
    values = [0.015, 0.015, 0.015, -0.015, -0.015, -0.015]
    assert changes(SIZES, logs_of(values)) == []
    assert len(changes(SIZES, logs_of(np.multiply(values, 2)))) == 1
    assert changes(SIZES, logs_of(np.multiply(values, 2)), [0.05] * 6) == []
    assert len(changes(SIZES, logs_of(np.multiply(values, 4)), [0.05] * 6)) == 1


def test_two_crossings_are_two() -> None:
    found = changes(SIZES, logs_of([0.4, 0.2, -0.2, -0.2, 0.2, 0.4], 0.01))
    assert [falls for *_, falls in found] == [True, False]
    (one, _, high, _), (other, low, _, _) = found
    assert one == pytest.approx(np.sqrt(SIZES[1] * SIZES[2]), rel=0.1)
    assert other == pytest.approx(np.sqrt(SIZES[3] * SIZES[4]), rel=0.1)
    assert high < low


def test_a_crossing_in_an_indistinguishable_middle_may_lie_anywhere_in_it() -> None:
    values = [0.4, 0.0, 0.0, 0.0, 0.0, -0.4]
    [(size, low, high, _)] = changes(SIZES, logs_of(values, 0.02))
    assert SIZES[0] < low < SIZES[2]
    assert SIZES[3] < high < SIZES[5]
    assert low < size < high
    # Seen from the other end it is the same stretch.
    mirrored = [1e6 / size for size in SIZES]
    [(back, back_low, back_high, falls)] = changes(mirrored, logs_of(values, 0.02))
    assert not falls
    assert (low, high) == pytest.approx((1e6 / back_high, 1e6 / back_low), rel=0.5)
    assert size == pytest.approx(1e6 / back, rel=0.5)


@settings(max_examples=20)
@given(st.permutations(range(6)))
def test_the_sizes_may_come_in_any_order(order: list[int]) -> None:
    logs = logs_of(falling(300.0), 0.05)
    shuffled = changes([SIZES[k] for k in order], [logs[k] for k in order])
    assert shuffled == changes(SIZES, logs)


def test_a_size_that_is_there_twice_is_one_with_all_of_its_processes() -> None:
    logs = logs_of(falling(300.0), 0.05)
    halves = [half for processes in logs for half in (processes[:4], processes[4:])]
    assert changes(np.repeat(SIZES, 2).tolist(), halves) == changes(SIZES, logs)
    assert changes([4.0, 4.0], logs_of([1.0, -1.0])) == []


def test_one_size_or_none_has_no_change() -> None:
    assert changes([], []) == []
    assert changes([4.0], logs_of([1.0])) == []


def run_of(times: dict[tuple[str, int], float], wrong: Collection[tuple[str, int]] = ()) -> Run:
    """A run of dots in which each implementation takes so long (ns) at each n_x."""
    cells, samples = [], []
    for (name, n_x), time in times.items():
        cell = Cell("dot", "synthetic", n_x, 1)
        status = Status.DISAGREES if (name, n_x) in wrong else Status.OK
        cells.append(Outcome(name, cell, status))
        samples += [
            Sample(name, cell, p, r, 100, round(100 * time)) for p in range(5) for r in (0, 1)
        ]
    tables = [
        pd.DataFrame([row(one) for one in records], columns=columns(record))
        for record, records in ((Outcome, cells), (Sample, samples))
    ]
    return Run(Path(), {"baseline": "loop"}, *tables)


def found_in(run: Run) -> pd.DataFrame:
    return crossovers(run, summary(run))


NS = (10, 100, 1000, 10_000)
RACE = {("loop", n): 10.0 * n for n in NS} | {("array", n): 3000.0 + n for n in NS}


def renamed(times: dict[tuple[str, int], float], name: str) -> dict[tuple[str, int], float]:
    """The race with another name for `array`: names are in the order of the alphabet."""
    return {(name if own == "array" else own, n): time for (own, n), time in times.items()}


@pytest.mark.parametrize("name", ["array", "vector"])
def test_who_is_faster_below_and_above_is_told_right(name: str) -> None:
    found = found_in(run_of(renamed(RACE, name)))
    assert list(found.columns) == CROSSOVERS
    assert len(found) == 1
    only = found.iloc[0]
    assert (only["faster_below"], only["faster_above"]) == ("loop", name)
    assert (only["operation"], only["along"], only["at"]) == ("dot", "n_x", 1)
    assert 100 < only["size_low"] <= only["size"] <= only["size_high"] < 1000
    logs = np.log(3100 / 1000), np.log(4000 / 10_000)  # at 100 and at 1000
    powers = 100 * 10 ** (logs[0] / (logs[0] - logs[1]))
    slopes = 3000 / 9  # where 10·s is 3000 + s
    assert (only["size_low"], only["size_high"]) == pytest.approx((slopes, powers), rel=1e-6)


def test_a_twin_crosses_nobody_and_its_noise_floor_must_be_cleared() -> None:
    loud = RACE | {(f"loop{TWIN}", n): 10.0 * n for n in NS}
    assert set(found_in(run_of(loud))["faster_below"]) == {"loop"}
    loud |= {(f"loop{TWIN}", n): 50.0 * n for n in NS[:2]}  # up to 100 nothing can be told
    assert len(found_in(run_of(loud))) == 1
    loud |= {(f"loop{TWIN}", n): 5000.0 * n for n in NS[:2]}
    assert found_in(run_of(loud)).empty


@pytest.mark.parametrize("name", ["array", "vector"])
def test_the_times_of_a_wrong_answer_cross_nothing(name: str) -> None:
    times = renamed(RACE | {("third", n): 1e6 for n in NS}, name)
    assert len(found_in(run_of(times))) == 1
    assert found_in(run_of(times, {(name, 1000), (name, 10_000)})).empty


def test_nothing_measured_nothing_crossed() -> None:
    assert list(found_in(run_of({})).columns) == CROSSOVERS
