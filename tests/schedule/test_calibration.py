"""What cells cost: their calibration, what a visit takes, and what is too costly for the budget."""

import pytest

from benchmarks.results.records import Cell
from benchmarks.schedule.budget import Budget
from benchmarks.schedule.cell_budget import MIN_VISITS, Calibration, CellBudget

SMALL, LARGE, LARGER = (Cell("cost_gradient", "synthetic", n_x, 1000) for n_x in (10, 1000, 10_000))


def cell_budget(budget_s: float = 100.0, **settings) -> CellBudget:
    """Two cells that were measured, and one that was not."""
    costs = CellBudget([SMALL, LARGE, LARGER], Budget(budget_s), lambda _: ["a", "b"], **settings)
    for cell, call_ns in ((SMALL, 1e5), (LARGE, 1e7)):
        for name in ("a", "b"):
            costs.calibration(cell).calibrate(name, call_ns)
    return costs


def test_a_visit_takes_what_the_last_one_took() -> None:
    costs = cell_budget()
    costs.calibration(SMALL).visit_s["a"] = 0.3
    visit_s = costs.visit_s()
    assert visit_s[SMALL]["a"] == 0.3
    assert 0 < visit_s[SMALL]["b"] < 1
    assert visit_s.keys() == {SMALL, LARGE, LARGER}


def test_starting_is_what_a_set_has_taken_so_far() -> None:
    costs = cell_budget()
    costs.budget.spent["starting"] = 1.5
    assert costs.starting_s == pytest.approx(1.5)
    costs.sets = 3
    assert costs.starting_s == pytest.approx(0.5)


def test_versions_of_one_implementation_have_as_many_calls_in_a_sample() -> None:
    calibration = Calibration()
    for name, call_us in {"a": 300, "x": 40, "x@twin": 50, "y@base": 70, "y@head": 700}.items():
        calibration.calibrate(name, 1e3 * call_us)
    loops = {name: calibration.turn(name).loops for name in calibration.loops}
    assert loops == {"a": 7, "x": 50, "x@twin": 50, "y@base": 29, "y@head": 12}


def test_with_cold_caches_a_sample_is_one_call() -> None:
    calibration = Calibration(cold=True)
    calibration.calibrate("a", 1e3)
    turn = calibration.turn("a")
    assert turn.loops == 1 and turn.samples > 1


def test_the_shortest_call_counts_since_the_machine_may_have_been_busy() -> None:
    calibration = Calibration()
    for call_ns in (4e4, 2e4, 9e4):
        calibration.calibrate("a", call_ns)
    assert (calibration.call_ns["a"], calibration.loops["a"]) == (2e4, 100)


def test_a_call_longer_than_its_share_is_refused_with_what_it_would_take() -> None:
    costs = cell_budget()
    cells, call_ns = costs.predict("a", LARGER)
    assert (cells, call_ns) == (2, pytest.approx(9e7, rel=0.2))
    assert costs.too_costly("a", LARGER, call_ns) == ""
    reason = costs.too_costly("a", LARGER, 30e9)
    assert reason.startswith(f"30.0 s a call: {2 + 2 * MIN_VISITS} calls would take 240 s")
    assert "a larger --budget measures it" in reason


def test_an_essential_cell_is_measured_whatever_it_costs_and_so_is_one_that_was() -> None:
    assert cell_budget(essential=[LARGER]).too_costly("a", LARGER, 30e9) == ""
    assert cell_budget().too_costly("a", SMALL, 30e9) == ""
