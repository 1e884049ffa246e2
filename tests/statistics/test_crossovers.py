"""Who is faster up to where: changes of places along a size, with their interval and direction."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_runs import Time, always, batch, run_of
from numpy.typing import ArrayLike

from benchmarks.results.records import CONTROL, Cell, Status
from benchmarks.results.store import Run
from benchmarks.statistics.crossovers import CROSSOVERS, Crossing, crossings, crossovers
from benchmarks.statistics.estimates import estimates
from benchmarks.statistics.summary import summary

SIZES = [2.0**k for k in range(4, 16, 2)]
PROCESSES = 7
TRIALS = 1000


def ratios_of(
    values: ArrayLike, spread: float = 0.0, seed: int = 0, processes: int = PROCESSES
) -> np.ndarray:
    """The log ratio's estimate at each size: its value, from process to process and round to round."""
    rng, values = np.random.default_rng(seed), np.asarray(values, float)
    offsets = rng.normal(0, spread, (len(values), processes, 1))
    rounds = rng.normal(0, spread, (len(values), processes, 3))
    return estimates(batch(values[:, None, None] + offsets + rounds))


def crossings_of(
    ratios: np.ndarray, floor: ArrayLike = 0.02, sizes: Sequence[float] = SIZES
) -> list[Crossing]:
    """Those of an implementation whose time is 5 ns for each unit of size."""
    margin = np.broadcast_to(np.log1p(floor), len(sizes)).tolist()
    return crossings(sizes, ratios, margin, [5 * size for size in sizes])


def falling(at: float, slope: float = 0.3) -> np.ndarray:
    """A log ratio that is straight in the log of the size and 0 at a size."""
    return slope * (np.log(at) - np.log(SIZES))


within = st.floats(SIZES[0] * 1.1, SIZES[-1] / 1.1)


@settings(deadline=None)
@given(within, st.booleans())
def test_an_exact_crossing_of_powers_is_an_end_of_the_interval_with_its_direction(
    at: float, falls: bool
) -> None:
    log_ratio = falling(at, 0.3 if falls else -0.3)
    clear = 0.02 if np.abs(log_ratio).min() > 0.03 else 1e-9
    [crossing] = crossings_of(ratios_of(log_ratio), clear)
    assert crossing.falls is falls
    assert crossing.low <= crossing.size <= crossing.high
    assert pytest.approx(at) in (crossing.low, crossing.high)
    assert SIZES[0] < crossing.low
    assert crossing.high < SIZES[-1]


@settings(deadline=None)
@given(within)
def test_an_exact_crossing_of_overheads_and_slopes_is_an_end_of_the_interval(at: float) -> None:
    """The second takes 3 ns a unit, and as much more as makes it 5 ns a unit at that size."""
    s = np.array(SIZES)
    [crossing] = crossings_of(ratios_of(np.log((2 * at + 3 * s) / (5 * s))), 1e-9)
    assert crossing.falls
    assert crossing.low <= crossing.size <= crossing.high
    assert pytest.approx(at) in (crossing.low, crossing.high)


@pytest.mark.parametrize("processes", [6, 7, 15])
@pytest.mark.parametrize("at", [300.0, 1024.0, 3000.0])
def test_the_interval_of_a_crossing_holds_it_at_least_as_often_as_it_says(
    at: float, processes: int
) -> None:
    held, trials = 0, 0
    for seed in range(TRIALS):
        for size, low, high, falls in crossings_of(ratios_of(falling(at), 0.05, seed, processes)):
            trials += 1
            assert falls
            assert low < size < high
            held += low <= at <= high
    assert trials == TRIALS
    assert held / trials >= 0.94


def test_what_only_touches_does_not_cross() -> None:
    assert crossings_of(ratios_of([0.5, 0.2, 0.0, 0.0, 0.2, 0.5], 0.02)) == []
    assert crossings_of(ratios_of([0.5, 0.2, 0.1, 0.05, 0.0, 0.0], 0.02)) == []
    assert crossings_of(ratios_of([0.5, 0.4, 0.4, 0.3, 0.2, 0.1], 0.01)) == []


def test_what_cannot_be_told_apart_does_not_cross() -> None:
    """Identical code: 60 lines, none of them with a change."""
    lines = [crossings_of(ratios_of([0.0] * 6, 0.02, seed)) for seed in range(60)]
    assert sum(map(len, lines)) == 0


def test_a_difference_below_two_percent_is_no_lead_and_the_floor_may_be_higher() -> None:
    values = np.array([0.015, 0.015, 0.015, -0.015, -0.015, -0.015])
    assert crossings_of(ratios_of(values)) == []
    assert len(crossings_of(ratios_of(2 * values))) == 1
    assert crossings_of(ratios_of(2 * values), [0.05] * 6) == []
    assert len(crossings_of(ratios_of(4 * values), [0.05] * 6)) == 1


def test_two_crossings_are_two() -> None:
    first, second = crossings_of(ratios_of([0.4, 0.2, -0.2, -0.2, 0.2, 0.4], 0.01))
    assert (first.falls, second.falls) == (True, False)
    assert first.size == pytest.approx(np.sqrt(SIZES[1] * SIZES[2]), rel=0.1)
    assert second.size == pytest.approx(np.sqrt(SIZES[3] * SIZES[4]), rel=0.15)
    assert SIZES[1] < first.low < first.high < SIZES[2]
    assert SIZES[3] < second.low < second.high < SIZES[4]


def test_a_crossing_in_an_indistinguishable_middle_may_lie_anywhere_in_it() -> None:
    values = [0.4, 0.0, 0.0, 0.0, 0.0, -0.4]
    [crossing] = crossings_of(ratios_of(values, 0.02))
    assert SIZES[0] < crossing.low < SIZES[2]
    assert SIZES[3] < crossing.high < SIZES[5]
    assert crossing.low < crossing.size < crossing.high
    # From the other side it is the same stretch.
    mirrored = ratios_of(values, 0.02)
    [mirror] = crossings_of(-mirrored[[0, 2, 1]])
    assert not mirror.falls
    assert mirror[:3] == pytest.approx(crossing[:3], rel=0.2)


def test_a_size_without_a_ratio_is_passed_over() -> None:
    ratios = ratios_of(falling(300.0), 0.05)
    without = ratios.copy()
    without[:, 2] = np.nan
    kept = [k for k in range(6) if k != 2]
    sizes = [SIZES[k] for k in kept]
    assert crossings_of(without) == crossings_of(ratios[:, kept], sizes=sizes)


def test_one_size_or_none_has_no_change() -> None:
    assert crossings_of(np.empty((3, 0)), sizes=[]) == []
    assert crossings_of(ratios_of([1.0]), sizes=[4.0]) == []


def race_of(times: dict[tuple[str, int], float], wrong: Collection[tuple[str, int]] = ()) -> Run:
    """A run of dots in which each implementation takes so long (ns) at each n_x."""
    calls: dict[tuple[str, Cell], Time | Status] = {
        (name, Cell("dot", "synthetic", n, 1)): always(ns) for (name, n), ns in times.items()
    }
    run = run_of(calls, "loop", rounds=2, processes=5)
    for name, n_x in wrong:
        rows = (run.cells["implementation"] == name) & (run.cells["n_x"] == n_x)
        run.cells.loc[rows, "status"] = Status.DISAGREES
    return run


def crossovers_of(run: Run) -> pd.DataFrame:
    return crossovers(run, summary(run))


NS = (10, 100, 1000, 10_000)
RACE = {("loop", n): 10.0 * n for n in NS} | {("array", n): 3000.0 + n for n in NS}


def renamed(times: dict[tuple[str, int], float], name: str) -> dict[tuple[str, int], float]:
    """The race with another name for `array`: names are in the order of the alphabet."""
    return {(name if own == "array" else own, n): time for (own, n), time in times.items()}


@pytest.mark.parametrize("name", ["array", "vector"])
def test_who_is_faster_below_and_above_is_told_right(name: str) -> None:
    table = crossovers_of(race_of(renamed(RACE, name)))
    assert list(table.columns) == CROSSOVERS
    assert len(table) == 1
    only = table.iloc[0]
    assert (only["faster_below"], only["faster_above"]) == ("loop", name)
    assert (only["operation"], only["along"], only["at"]) == ("dot", "n_x", 1)
    assert 100 < only["size_low"] <= only["size"] <= only["size_high"] < 1000
    logs = np.log(3100 / 1000), np.log(4000 / 10_000)  # at 100 and at 1000
    powers = 100 * 10 ** (logs[0] / (logs[0] - logs[1]))
    slopes = 3000 / 9  # where 10·s is 3000 + s
    assert (only["size_low"], only["size_high"]) == pytest.approx((slopes, powers), rel=1e-6)


def test_a_twin_crosses_nobody_and_its_noise_floor_must_be_cleared() -> None:
    loud = RACE | {(f"loop{CONTROL}", n): 10.0 * n for n in NS}
    assert set(crossovers_of(race_of(loud))["faster_below"]) == {"loop"}
    loud |= {(f"loop{CONTROL}", n): 50.0 * n for n in NS[:2]}  # up to 100 nothing can be told
    assert len(crossovers_of(race_of(loud))) == 1
    loud |= {(f"loop{CONTROL}", n): 5000.0 * n for n in NS[:2]}
    assert crossovers_of(race_of(loud)).empty


@pytest.mark.parametrize("name", ["array", "vector"])
def test_the_times_of_a_wrong_answer_cross_nothing(name: str) -> None:
    times = renamed(RACE | {("third", n): 1e6 for n in NS}, name)
    assert len(crossovers_of(race_of(times))) == 1
    assert crossovers_of(race_of(times, {(name, 1000), (name, 10_000)})).empty


@pytest.mark.parametrize("seed", range(5))
def test_the_rows_may_come_in_any_order(seed: int) -> None:
    run = race_of(RACE)
    samples = run.samples.sample(frac=1, random_state=seed)
    cells = run.cells.sample(frac=1, random_state=seed)
    shuffled = crossovers_of(replace(run, samples=samples, cells=cells))
    pd.testing.assert_frame_equal(shuffled, crossovers_of(run))


def test_nothing_measured_nothing_crossed() -> None:
    assert list(crossovers_of(race_of({})).columns) == CROSSOVERS
