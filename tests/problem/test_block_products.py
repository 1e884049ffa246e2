"""Products in blocks: right in every precision and memory order, the same every time, in little room."""

from functools import partial

import numpy as np
import pytest
from peak_memory import MB, peak_bytes

from benchmarks.correctness.check import check, reference
from benchmarks.operations import operations
from benchmarks.problem.blocks import by_element, product

SHAPES = [(1, 1), (1, 70_000), (70_000, 1), (3, 50_000), (50_000, 3), (300, 500), (701, 703)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_product_is_that_of_the_whole(shape: tuple[int, int], order: str, dtype: type) -> None:
    """Whole numbers, so that no sum is rounded."""
    rng = np.random.default_rng(0)
    M = np.asarray(rng.integers(-9, 10, shape), dtype, order=order)  # type: ignore[call-overload]
    v: np.ndarray = rng.integers(-9, 10, (shape[1], 1)).astype(dtype)
    for number in (np.float64, np.longdouble):
        u = product(M, v, number)
        assert u.dtype == number
        np.testing.assert_array_equal(u, M.astype(float) @ v.astype(float))
    np.testing.assert_array_equal(product(M, v, absolute=True), np.abs(M) @ np.abs(v).astype(float))


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_product_is_the_same_to_the_bit_every_time(order: str) -> None:
    rng = np.random.default_rng(0)
    M, v = np.asarray(rng.random((900, 901)), order=order), rng.random((901, 1))  # type: ignore[call-overload]
    assert len({product(M, v, np.longdouble).astype(float).tobytes() for _ in range(5)}) == 1


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(1, 1), (700, 300)])
def test_by_element_is_what_the_function_gives_of_the_whole(shape: tuple, order: str) -> None:
    A = np.asarray(np.random.default_rng(0).random(shape), order=order)  # type: ignore[call-overload]
    row = np.arange(1.0, shape[1] + 1)[np.newaxis]
    result = by_element(lambda A, row: A / row, A, row)
    np.testing.assert_array_equal(result, A / row)
    assert result.flags.f_contiguous == A.flags.f_contiguous


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("name", ["cost_gradient", "forward", "matvec"])
def test_a_reference_takes_little_memory_beside_the_arguments(
    name: str, order: str, dtype: str
) -> None:
    X = np.zeros((2000, 5000), dtype, order=order)  # type: ignore[call-overload]
    X += np.random.default_rng(0).random((1, 5000))
    w, v, Y = np.ones((2000, 1), dtype), np.ones((5000, 1), dtype), np.ones((1, 5000), dtype)
    arguments = {"cost_gradient": (w, 0.5, X, Y), "forward": (w, 0.5, X), "matvec": (X, v)}[name]
    peak = peak_bytes(lambda: reference(operations()[name], arguments))
    assert peak < 20 * MB < X.nbytes


def test_a_large_answer_is_checked_in_little_memory_and_its_worst_element_found() -> None:
    A = np.random.default_rng(0).uniform(0.5, 100, (1000, 2000))
    expected = reference(operations()["column_percentages"], (A,))
    for order in "CF":
        answer = np.asarray(100 * A / A.sum(axis=0), order=order)  # type: ignore[call-overload]
        assert 0 < check(expected, [answer]).ratio < 1
        answer[700, 1900] *= 1 + 1e-9
        assert check(expected, [answer]).complaint.startswith("percentages[700, 1900] is ")
        answer[800, 3] = np.nan
        complaint = check(expected, [answer]).complaint
        assert complaint == "percentages[800, 3] is nan, should be finite"
        assert peak_bytes(partial(check, expected, [answer])) < answer.nbytes
