"""Numbers of every magnitude: right answers as far as the sums over m stay in the type's range."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from asked import PATHS, everyone, module_of
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.correctness.check import check, reference
from benchmarks.data.dataset import DataError, largest
from benchmarks.data.dataset import check as checked
from benchmarks.operations import operations
from benchmarks.problem.arguments import problem_of
from benchmarks.registry import is_peer, preparer

OPERATION = operations()["cost_gradient"]
MILD, WIDE = 3, {"float64": 307, "float32": 37}  # powers of ten


def right_cell(rng: np.random.Generator, wide: bool) -> tuple:
    """w, b, X, Y of a random size, dtype, memory order and magnitude, and labels of one class or two.

    The margins, and m times each number of X, stay in the range of the type.
    """
    n_x, m = (int(n) for n in rng.integers(1, [40, 60]))
    dtype, order = str(rng.choice(["float64", "float32"])), str(rng.choice(["C", "F"]))
    most = WIDE[dtype] if wide else MILD
    room = np.log10(4.0 * n_x * m)  # four deviations, and the sums
    x, z = rng.uniform(-most, most - room, 2)  # powers of ten, of X and of the margins
    X = np.clip(rng.standard_normal((n_x, m)), -4, 4) * 10.0**x
    w = np.clip(rng.standard_normal((n_x, 1)), -4, 4) * 10.0 ** np.clip(z - x, -most, most)
    Y = (rng.random((1, m)) < rng.choice([0.0, 0.5, 1.0])).astype(dtype)
    b = float(np.dtype(dtype).type(rng.standard_normal() * 10.0 ** rng.uniform(-MILD, MILD)))
    return w.astype(dtype), b, X.astype(dtype, order=order), Y


def complaint(name: str, wide: bool, cell: tuple) -> str:
    if wide and is_peer(PATHS[name]):
        pytest.skip("the range of another library is its own: scikit-learn squares w, for one")
    module = module_of(name)
    prepare = preparer(module)
    ready = [prepare(part.copy("K")) if isinstance(part, np.ndarray) else part for part in cell]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = not_by_chance(module.cost_gradient, *ready)
    return check(reference(OPERATION, cell), [np.asarray(part) for part in answer]).complaint


def not_by_chance(call: Callable, *arguments: Any) -> Any:
    """A product's `invalid value` has to come twice.

    With two threads OpenBLAS 0.3.31 leaves that flag behind in some two of forty processes, once, with
    an answer that is right to the last bit; NumPy reads the flag.
    """
    try:
        return call(*arguments)
    except RuntimeWarning as warning:
        if str(warning) != "invalid value encountered in matmul":
            raise
        return call(*arguments)


@everyone
@pytest.mark.parametrize("wide", [False, True])
def test_no_right_answer_is_rejected_and_no_number_warns(name: str, wide: bool) -> None:
    rng = np.random.default_rng(2026)
    for k in range(40):
        assert complaint(name, wide, right_cell(rng, wide)) == "", k


@everyone
@pytest.mark.long
@pytest.mark.parametrize("wide", [False, True])
def test_no_right_answer_of_a_thousand_is_rejected(name: str, wide: bool) -> None:
    rng = np.random.default_rng(1)
    for k in range(1000):
        assert complaint(name, wide, right_cell(rng, wide)) == "", k


def test_data_whose_sums_leave_the_range_is_refused_with_its_largest_number() -> None:
    Y = np.array([[0.0, 1.0, 1.0, 0.0]])
    X = np.full((2, 4), largest("float64", 2, 4))
    np.testing.assert_array_equal(checked(X, Y, "mine.npz")[0], X)
    with pytest.raises(
        DataError, match=r"mine.npz: X\[0, 0\] is .*e\+306, .* over 2 features and 4 examples"
    ):
        checked(2 * X, Y, "mine.npz")


LIMITS = [(1, 1), (1, 50), (2, 4), (20, 300), (3000, 10), (1, 200), (200, 1)]


@pytest.mark.parametrize("shape", LIMITS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("operation", ["cost_gradient", "forward"])
def test_the_largest_numbers_that_are_taken_are_judged_by_a_finite_bound(
    operation: str, dtype: str, shape: tuple[int, int]
) -> None:
    """An infinite one takes any answer for right. The arguments are those that are timed."""
    most = largest(dtype, *shape)
    module = operations()[operation]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed in range(20):
            rng = np.random.default_rng([*shape, seed])
            X = rng.choice([-most, most], shape) if seed % 2 else np.full(shape, most)
            Y = (rng.random((1, shape[1])) < 0.5).astype(float)
            problem = problem_of(module, X, Y, seed, dtype, "C")
            bound = reference(module, problem.call(0)).bound
            assert all(np.isfinite(part).all() for part in bound.values()), seed


@everyone
@settings(max_examples=25)
@given(data=st.data(), dtype=st.sampled_from(["float64", "float32"]), order=st.sampled_from("CF"))
def test_numbers_that_are_taken_are_computed_right(
    name: str, data: st.DataObject, dtype: str, order: str
) -> None:
    """Of any magnitude and mixed in one X, subnormal ones among them; labels of one class or two."""
    n_x, m = data.draw(st.integers(1, 5), "n_x"), data.draw(st.integers(1, 9), "m")
    most = largest(dtype, n_x, m)
    number = st.floats(-most, most).map(np.dtype(dtype).type).map(float)
    X = np.array(data.draw(st.lists(number, min_size=n_x * m, max_size=n_x * m), "X"))
    Y = np.array([data.draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=m, max_size=m), "Y")])
    module = operations()["cost_gradient"]
    problem = problem_of(module, X.reshape(n_x, m), Y, data.draw(st.integers(0, 99)), dtype, order)
    w, b, X, Y = problem.call(0)
    assert complaint(name, True, (w, b, X, Y)) == ""
