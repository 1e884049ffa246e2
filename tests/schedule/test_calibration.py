"""Pacing: how long each cell may take, and what a visit of it will take."""

import pytest

from benchmarks.results.records import Cell
from benchmarks.schedule.budget import Budget
from benchmarks.schedule.calibration import LEAST_ROUNDS, MOST_ROUNDS, Pacing

SMALL, LARGE = (Cell("cost_gradient", "synthetic", n_x, 1000) for n_x in (10, 10_000))
STANDING = {SMALL: ["a", "b", "c"], LARGE: ["a", "b"]}


def pacing(budget_s: float = 1000.0, **settings) -> Pacing:
    """Two cells that have been visited: a round takes each implementation 11 ms, and 80 ms."""
    found = Pacing([SMALL, LARGE], 5, Budget(budget_s), STANDING.__getitem__, **settings)
    for cell, fixed_s, round_s in ((SMALL, 0.05, 0.011), (LARGE, 0.3, 0.08)):
        pace = found.begin(cell)
        pace.fixed_s, pace.round_s = fixed_s, round_s
    found.budget.spent["starting"] = 1.5
    found.sets = 1
    return found


def test_a_visit_takes_what_it_takes_everybody_who_is_in_the_cell() -> None:
    assert pacing().visit_s(SMALL) == pytest.approx(3 * (0.05 + MOST_ROUNDS * 0.011))
    assert pacing().visit_s(LARGE) == pytest.approx(2 * (0.3 + MOST_ROUNDS * 0.08))


def test_nobodys_rounds_take_longer_than_they_may() -> None:
    found = pacing(most_set_s=0.17)
    rounds = found.rounds()
    assert rounds[SMALL] == min(MOST_ROUNDS, int(0.17 / 0.011))
    assert rounds[LARGE] == LEAST_ROUNDS  # two would do, but of three one can be in the middle
    assert found.visit_s(LARGE) == pytest.approx(2 * (0.3 + LEAST_ROUNDS * 0.08))


def test_the_fair_share_leaves_the_rest_for_where_it_is_wanted() -> None:
    whole, part = (pacing(20.0, fair_share=share).rounds() for share in (1.0, 0.6))
    assert sum(part.values()) < sum(whole.values())
    assert min(part.values()) >= 1


def test_once_the_fair_sets_are_done_a_visit_has_as_many_rounds_as_there_may_be() -> None:
    found = pacing(20.0)
    found.sets = 5
    assert set(found.rounds().values()) == {MOST_ROUNDS}


def test_starting_is_what_a_set_has_taken_so_far() -> None:
    found = pacing()
    assert found.starting_s == pytest.approx(1.5)
    found.sets = 3
    assert found.starting_s == pytest.approx(0.5)


def test_versions_of_one_implementation_have_as_many_calls_in_a_sample() -> None:
    pace = pacing().paces[SMALL]
    pace.loops |= {"a": 7, "x": 50, "x@twin": 40, "y@base": 30, "y@head": 3}
    found = {name: pace.loops_of(name) for name in pace.loops}
    assert found == {"a": 7, "x": 50, "x@twin": 50, "y@base": 30, "y@head": 12}
