"""Calibration and budget of cells: how long each cell may take, and what a run of it will take."""

import pytest

from benchmarks.results.records import Cell
from benchmarks.schedule.budget import Budget
from benchmarks.schedule.cell_budget import MAX_ROUNDS, MIN_ROUNDS, CellBudget

SMALL, LARGE = (Cell("cost_gradient", "synthetic", n_x, 1000) for n_x in (10, 10_000))
ACTIVE = {SMALL: ["a", "b", "c"], LARGE: ["a", "b"]}


def cell_budget(budget_s: float = 1000.0, **settings) -> CellBudget:
    """Two cells that were measured: a round takes each implementation 11 ms, and 80 ms."""
    costs = CellBudget([SMALL, LARGE], 5, Budget(budget_s), ACTIVE.__getitem__, **settings)
    for cell, fixed_s, round_s in ((SMALL, 0.05, 0.011), (LARGE, 0.3, 0.08)):
        workers = len(ACTIVE[cell])
        costs.calibration(cell).set_cost(10, 10 * workers * round_s, workers * fixed_s, workers)
    costs.budget.spent["starting"] = 1.5
    costs.sets = 1
    return costs


def test_a_cell_run_takes_its_time_for_each_implementation_in_the_cell() -> None:
    assert cell_budget().cell_run_s(SMALL) == pytest.approx(3 * (0.05 + MAX_ROUNDS * 0.011))
    assert cell_budget().cell_run_s(LARGE) == pytest.approx(2 * (0.3 + MAX_ROUNDS * 0.08))


def test_the_rounds_of_an_implementation_take_no_longer_than_they_may() -> None:
    costs = cell_budget(max_set_s=0.17)
    rounds = costs.rounds()
    assert rounds[SMALL] == min(MAX_ROUNDS, int(0.17 / 0.011))
    assert rounds[LARGE] == MIN_ROUNDS  # two would do, but of three one can be in the middle
    assert costs.cell_run_s(LARGE) == pytest.approx(2 * (0.3 + MIN_ROUNDS * 0.08))


def test_the_fair_share_leaves_the_rest_for_where_it_is_wanted() -> None:
    whole, part = (cell_budget(20.0, fair_share=share).rounds() for share in (1.0, 0.6))
    assert sum(part.values()) < sum(whole.values())
    assert min(part.values()) >= 1


def test_after_the_fair_sets_a_cell_run_has_the_maximum_of_rounds() -> None:
    costs = cell_budget(20.0)
    costs.sets = 5
    assert set(costs.rounds().values()) == {MAX_ROUNDS}


def test_starting_is_what_a_set_has_taken_so_far() -> None:
    costs = cell_budget()
    assert costs.starting_s == pytest.approx(1.5)
    costs.sets = 3
    assert costs.starting_s == pytest.approx(0.5)


def test_versions_of_one_implementation_have_as_many_calls_in_a_sample() -> None:
    calibration = cell_budget().calibration(SMALL)
    for name, loops in {"a": 7, "x": 50, "x@twin": 40, "y@base": 30, "y@head": 3}.items():
        calibration.set_loops(name, loops)
    shared = {name: calibration.loops_of(name) for name in calibration.loops}
    assert shared == {"a": 7, "x": 50, "x@twin": 50, "y@base": 30, "y@head": 12}
