"""The time budget of a run, and its ledger."""

import itertools
from math import inf

import pytest

from benchmarks.schedule import budget as budgeting
from benchmarks.schedule.budget import Budget


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> Budget:
    """60 s, on a clock that goes one second further at every look."""
    ticks = itertools.count()
    monkeypatch.setattr(budgeting, "monotonic", lambda: float(next(ticks)))
    return Budget(60.0)


def test_a_budget_runs_down_and_may_be_endless(budget: Budget) -> None:
    assert (budget.left_s, budget.left_s) == (59.0, 58.0)
    assert Budget().left_s == inf


def test_what_was_spent_before_the_run_is_booked_and_is_gone(budget: Budget) -> None:
    late = Budget(60.0, began=-9.0)  # the clock is at 1 now
    assert late.spent["before"] == 10.0
    assert late.left_s == 60.0 - 11.0


def test_the_ledger_books_every_second_once_whatever_ends_it(budget: Budget) -> None:
    with budget.spending("gate"):
        pass
    with budget.spending("samples"):
        budget.left_s  # noqa: B018  (a look at the clock)
    with pytest.raises(KeyboardInterrupt), budget.spending("warm_up"):
        raise KeyboardInterrupt
    budget.move(0.5, "samples", "conducting")
    assert budget.ledger() == {
        "wall_s": 8.0,
        "conducting_s": 0.5,
        "gate_s": 1.0,
        "other_s": 4.0,
        "samples_s": 1.5,
        "warm_up_s": 1.0,
        "measuring_share": round(1.5 / 8, 4),  # samples over all, and nothing else
    }
