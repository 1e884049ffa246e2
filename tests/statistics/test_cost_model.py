"""t = c + a·work, fitted to what was measured."""

from math import isnan

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from benchmarks.statistics.cost_model import predict_ns

SIZES = [(1.0, 10.0), (100.0, 300.0), (2.0, 5_000.0), (1_000.0, 40_000.0)]  # m and work
times = st.floats(1.0, 1e9)


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
