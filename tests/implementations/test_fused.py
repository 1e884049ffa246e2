"""The fused kernels: right at every edge of their blocks, in both layouts and dtypes, and repeatable."""

from itertools import product

import numba
import numpy as np
import pytest

from benchmarks.correctness.check import check, reference
from benchmarks.operations import operations
from implementations import _fused, numba_fused, numba_prepared

# On both sides of every bound in the kernels: fours, few features, a block, a tile, two threads.
FEATURES = (1, 2, 3, 4, 5, 15, 16, 17, 130)
EXAMPLES = (1, 2, 3, 4, 15, 16, 17, 63, 65, 959, 960, 961, 1921)
LARGE = ((2, 100_003), (64, 4097), (257, 3001), (1500, 700), (70_001, 3), (300, 5000))


def asked(n_x: int, m: int, dtype: str, order: str, spread: float = 1.0) -> tuple:
    rng = np.random.default_rng([n_x, m])
    w = (spread * rng.standard_normal((n_x, 1)) / np.sqrt(n_x)).astype(dtype)
    X = np.array(rng.standard_normal((n_x, m)), dtype, order=order)  # type: ignore[call-overload]
    Y = (rng.random((1, m)) < 0.5).astype(dtype)
    return w, -0.25, X, Y


def complaints(arguments: tuple, *modules) -> list[str]:
    """What is wrong with the answer of each; "" where nothing is."""
    w, b, X, Y = arguments
    exact = reference(operations()["cost_gradient"], arguments)
    found = []
    for module in modules:
        answer = module.cost_gradient(w, b, *map(getattr(module, "prepare", np.asarray), (X, Y)))
        assert answer.dw.dtype == X.dtype
        found.append(check(exact, [np.asarray(part) for part in answer]).complaint)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_it_is_right_at_every_edge(order: str, dtype: str) -> None:
    for n_x, m in product(FEATURES, EXAMPLES):
        found = complaints(asked(n_x, m, dtype, order), numba_fused, numba_prepared)
        assert found == ["", ""], (n_x, m)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("size", LARGE, ids=str)
def test_it_is_right_where_several_threads_share_the_work(
    size: tuple[int, int], order: str, dtype: str
) -> None:
    both = numba_fused, numba_prepared
    assert complaints(asked(*size, dtype, order), *both) == ["", ""]
    assert complaints(asked(*size, dtype, order, 3000.0), numba_fused) == [""]  # margins up to 1e4


@pytest.mark.parametrize("threads", range(1, numba.get_num_threads() + 1))
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_same_threads_give_the_same_bits(order: str, threads: int) -> None:
    before = numba.get_num_threads()
    numba.set_num_threads(threads)
    try:
        for size in (*LARGE, (2, 3), (64, 209)):
            arguments = asked(*size, "float64", order)
            first = numba_fused.cost_gradient(*arguments)
            for _ in range(20):
                again = numba_fused.cost_gradient(*arguments)
                assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    finally:
        numba.set_num_threads(before)


def test_an_X_that_lies_in_neither_order_is_taken_too() -> None:
    w, b, X, Y = asked(6, 40, "float64", "C")
    every_other = np.repeat(X, 2, axis=1)[:, ::2]
    assert not (every_other.flags.c_contiguous or every_other.flags.f_contiguous)
    assert complaints((w, b, every_other, Y), numba_fused) == [""]


@numba.njit
def _exponentials(x):
    y = np.empty_like(x)
    for i in range(len(x)):
        y[i] = _fused.exponential(x[i])
    return y


@pytest.mark.parametrize(("dtype", "least"), [("float64", -708.0), ("float32", -87.0)])
def test_the_exponential_is_off_by_two_units_at_most(dtype: str, least: float) -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([np.linspace(least, 0, 200_001), -rng.exponential(size=100_000), [-0.0]])
    x = np.maximum(x, least).astype(dtype)
    exact = np.exp(x.astype(np.longdouble))
    unit = np.spacing(exact.astype(dtype)).astype(np.longdouble)
    assert np.max(np.abs(_exponentials(x) - exact) / unit) <= 2
    assert _exponentials(np.array([-1e4, -np.inf], dtype)).max() < 1e-37


@pytest.mark.parametrize("n", [1, 2, 3, 7, 64, 959, 960])
@pytest.mark.parametrize("size", [1e-300, 1e-17, 1e-9, 0.1, 1.0])
def test_one_logarithm_of_the_product_is_the_sum_of_the_logarithms(n: int, size: float) -> None:
    e = size * np.random.default_rng(n).uniform(0.2, 1.0, n)
    exact = np.sum(np.log1p(e.astype(np.longdouble)))
    assert abs(_fused._log_of_product(e.copy()) - exact) <= 30 * 2.0**-53 * exact


def test_prepare_lays_X_out_so_that_one_pass_will_do() -> None:
    few, many = np.zeros((2, 100)), np.zeros((64, 100))
    assert numba_prepared.prepare(np.asfortranarray(few)).flags.c_contiguous
    assert numba_prepared.prepare(many).flags.f_contiguous
