"""Numbers of every magnitude: right answers as far as the sums over m stay in the type's range."""

import warnings

import numpy as np
import pytest
from asked import PATHS, everyone, module_of

from benchmarks.correctness.check import check, reference
from benchmarks.data.dataset import DataError, largest
from benchmarks.data.dataset import check as checked
from benchmarks.operations import operations
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
    ready = (prepare(part.copy("K")) if isinstance(part, np.ndarray) else part for part in cell)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = module.cost_gradient(*ready)
    return check(reference(OPERATION, cell), [np.asarray(part) for part in answer]).complaint


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
    X = np.full((2, 4), largest("float64", 4))
    np.testing.assert_array_equal(checked(X, Y, "mine.npz")[0], X)
    with pytest.raises(
        DataError, match=r"mine.npz: X\[0, 0\] is .*e\+307, .* its sum over 4 examples"
    ):
        checked(2 * X, Y, "mine.npz")
