"""t = c + a·work, fitted to what was measured; and a budget shared out among cells."""

import itertools
from math import inf, isnan

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from benchmarks.schedule import budget as budgeting
from benchmarks.schedule.budget import Budget, rounds_within
from benchmarks.statistics.cost_model import predict_ns

SIZES = [(1.0, 10.0), (100.0, 300.0), (2.0, 5_000.0), (1_000.0, 40_000.0)]  # m and work
times = st.floats(1.0, 1e9)
costs = st.lists(st.floats(1e-4, 30.0), min_size=1, max_size=8)


@given(
    st.floats(0, 1e6), st.floats(0, 1e4), st.floats(0, 100), st.floats(1, 1e5), st.floats(1, 1e7)
)
@example(0.0, 0.0, 2.0, 5.0, 1e6)
@example(500.0, 0.0, 0.0, 5.0, 1e6)
@example(500.0, 900.0, 0.0, 1e4, 1e6)
def test_an_overhead_a_time_per_example_and_one_per_unit_of_work_are_recovered(
    c: float, e: float, a: float, m: float, work: float
) -> None:
    assume(c + e + a > 1e-3)
    measured = [c + e * m + a * work for m, work in SIZES]
    assert predict_ns(SIZES, measured, (m, work)) == pytest.approx(c + e * m + a * work, rel=1e-5)


@given(st.lists(times, min_size=4, max_size=4))
def test_more_work_never_takes_less_time(measured: list[float]) -> None:
    sizes = [(0.0, 0.0), (0.0, 1e2), (1e1, 1e4), (1e5, 1e6)]
    predicted = [predict_ns(SIZES, measured, size) for size in sizes]
    assert predicted[0] >= 0.0
    assert predicted == sorted(predicted)


def test_times_that_fall_as_work_grows_are_taken_to_be_all_overhead() -> None:
    near, far = (predict_ns(SIZES, [400, 300, 200, 100], size) for size in (SIZES[0], (1e9, 1e9)))
    assert near == far
    assert 100.0 < near < 400.0


def test_from_one_time_the_same_size_takes_that_time_and_from_none_nothing_is_known() -> None:
    assert predict_ns([(3.0, 50.0)], [700.0], (3.0, 50.0)) == pytest.approx(700.0)
    assert isnan(predict_ns([], [], (3.0, 50.0)))


def test_a_small_cell_counts_as_much_as_a_large_one() -> None:
    """Where nothing fits, the error is shared relative to the time, and not in nanoseconds."""
    small, large = (1.0, 1.0), (1.0, 1e6)
    measured = [90.0, 110.0, 0.9e6, 1.1e6]
    least_squares = (1 / 90 + 1 / 110) / (1 / 90**2 + 1 / 110**2)
    predicted = [
        predict_ns([small, small, large, large], measured, size) for size in (small, large)
    ]
    assert predicted == pytest.approx([least_squares, 1e4 * least_squares])


@given(costs, st.floats(0.0, 1e4), st.integers(1, 60))
@example([1.0, 1.0], 10.0, 40)
@example([30.0, 1e-4], 0.0, 5)
def test_rounds_fit_into_their_seconds_and_leave_no_room_for_one_more_everywhere(
    round_s: list[float], seconds: float, most: int
) -> None:
    rounds = rounds_within(
        seconds, dict(enumerate(round_s)), dict.fromkeys(range(len(round_s)), most)
    )
    spent = sum(cost * rounds[cell] for cell, cost in enumerate(round_s))
    more = sum(cost * min(rounds[cell] + 1, most) for cell, cost in enumerate(round_s))
    assert set(rounds) == set(range(len(round_s)))
    assert all(1 <= count <= most for count in rounds.values())
    assert spent <= seconds * (1 + 1e-9) or set(rounds.values()) == {1}
    assert more >= seconds * (1 - 1e-6) or set(rounds.values()) == {most}


@given(costs, st.floats(0.0, 1e4), st.floats(0.0, 1e4))
def test_more_seconds_never_mean_fewer_rounds(
    round_s: list[float], some: float, other: float
) -> None:
    cells = dict(enumerate(round_s))
    less, more = (
        rounds_within(seconds, cells, dict.fromkeys(cells, 40)) for seconds in sorted((some, other))
    )
    assert all(less[cell] <= more[cell] for cell in cells)


def test_cells_get_equal_time_and_what_one_cannot_use_goes_to_the_others() -> None:
    assert rounds_within(24.0, {"short": 1.0, "long": 4.0}, {"short": 100, "long": 100}) == {
        "short": 12,
        "long": 3,
    }
    assert rounds_within(24.0, {"short": 1.0, "long": 4.0}, {"short": 4, "long": 4}) == {
        "short": 4,
        "long": 4,
    }
    assert rounds_within(24.0, {"short": 1.0, "long": 4.0}, {"short": 8, "long": 100}) == {
        "short": 8,
        "long": 4,
    }
    assert rounds_within(inf, {"only": 1.0}, {"only": 40}) == {"only": 40}
    assert rounds_within(5.0, {}, {}) == {}


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> Budget:
    """60 s, on a clock that goes one second further at every look."""
    ticks = itertools.count()
    monkeypatch.setattr(budgeting, "monotonic", lambda: float(next(ticks)))
    return Budget(60.0)


def test_a_budget_runs_down_and_can_be_topped_up(budget: Budget) -> None:
    assert budget.left_s == 59.0
    budget.grant(10.0)
    assert budget.left_s == 57.0  # there was that much: nothing is added
    budget.grant(100.0)
    assert budget.left_s == 99.0


def test_the_ledger_books_every_second_once_whatever_ends_it(budget: Budget) -> None:
    with budget.spending("gate"):
        pass
    with budget.spending("samples"):
        budget.left_s  # noqa: B018  (a look at the clock)
    with pytest.raises(KeyboardInterrupt), budget.spending("warm_up"):
        raise KeyboardInterrupt
    budget.move(0.5, "samples", "conducting")
    ledger = {name: spent for name, spent in budget.ledger().items() if spent}
    assert ledger == {
        "wall_s": 8.0,
        "conducting_s": 0.5,
        "gate_s": 1.0,
        "samples_s": 1.5,
        "warm_up_s": 1.0,
        "measuring_share": round(2.5 / 7, 4),
    }
