"""The reference: its numbers are widened before anything is computed, its bound by no more than it must.

And what the check says of a wrong answer is exact: which number, with how many digits, and nothing else.
"""

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.correctness.cases import random_problem
from benchmarks.correctness.check import Reference, check, reference
from benchmarks.data.stored import open_stored
from benchmarks.operations import operations
from benchmarks.problem.arguments import cast
from benchmarks.problem.arithmetic import EXTENDED, rounding
from benchmarks.problem.multiprecision import MPMATH

LARGE, SMALL = (31, 17), (7, 5)


@pytest.mark.parametrize("name", operations())
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("shape", [LARGE, SMALL])
def test_the_bound_is_the_operations_own_on_widened_numbers(name: str, dtype: str, shape) -> None:
    """Widened by the share that the reference's own arithmetic may be off; in 50 digits by nothing."""
    operation, (n_x, m) = operations()[name], shape
    n_x *= 1 if operation.USES_M else 20 if shape == LARGE else 1
    call = random_problem(operation, n_x, m if operation.USES_M else 1, "C", 0).call(0)
    narrow = [cast(a, dtype, "C") if isinstance(a, np.ndarray) else a for a in call]
    wide = [cast(a, "float64", "C") if isinstance(a, np.ndarray) else a for a in narrow]
    expected, u = reference(operation, narrow), rounding(dtype)
    assert expected.arithmetic is (EXTENDED if shape == LARGE else MPMATH)
    share = EXTENDED.unit_roundoff / u.u if shape == LARGE else 0.0
    for got, own in zip(expected.bound.values(), operation.bound(u, *wide), strict=True):
        np.testing.assert_allclose(got, np.asarray(own) * (1 + share), rtol=1e-14)
    alike = reference(operation, wide)
    for got, own in zip(expected.exact.values(), alike.exact.values(), strict=True):
        assert np.all(got == own)


@pytest.mark.parametrize(("error", "printed"), [
    (0.1, "J is 0.366666667, should be 0.333333333"),
    (1e-3, "J is 0.333666667, should be 0.333333333"),
    (1e-12, "J is 0.333333333333667, should be 0.333333333333333"),
])  # fmt: skip
def test_a_complaint_has_nine_digits_or_two_beyond_the_difference(error, printed) -> None:
    expected = Reference(MPMATH, {"J": MPMATH.lift(1 / 3)}, {"J": np.array(1e-15)})
    assert check(expected, [np.array((1 + error) / 3)]).complaint.startswith(f"{printed}; ")


@pytest.mark.parametrize("exact", [0.0, 1.0, -1.0])
@pytest.mark.parametrize("answer", [0.0, 2.0, np.nan, 1e300])
@pytest.mark.parametrize("bound", [0.0, 1e-9])
def test_no_number_makes_the_check_itself_warn(exact: float, answer: float, bound: float) -> None:
    for arithmetic in (MPMATH, EXTENDED):
        expected = Reference(arithmetic, {"J": arithmetic.lift(exact)}, {"J": np.array(bound)})
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = check(expected, [np.array(answer)])
        assert bool(found.complaint) is (answer != exact)
        assert ("no rounding is allowed" in found.complaint) is (
            bound == 0 and answer != exact and not np.isnan(answer)
        )


@pytest.mark.parametrize("shape", [(700, 301), (301, 700), (3, 100_003), (100_003, 3)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_worst_of_a_large_matrix_is_found_in_any_block(shape, order) -> None:
    exact = np.asarray(np.ones(shape), order=order)
    rng = np.random.default_rng(0)
    for i, j in [(0, 0), (shape[0] - 1, shape[1] - 1), *rng.integers(0, shape, (8, 2)).tolist()]:
        answer = exact.copy()
        answer[i, j] = 2.0
        found = check(Reference(EXTENDED, {"u": exact}, {"u": np.full(shape, 0.5)}), [answer])
        assert found.complaint.startswith(f"u[{i}, {j}] is 2, should be 1; ")


def test_the_worst_is_worst_beside_its_bound_and_not_by_its_error() -> None:
    exact, bound = np.ones((200_000, 1)), np.full((200_000, 1), 0.25)
    answer = exact.copy()
    bound[-1], bound[5] = 2.0**-30, 100.0
    answer[-1], answer[5] = 1 + 2.0**-20, 150.0  # in blocks of their own
    found = check(Reference(EXTENDED, {"u": exact}, {"u": bound}), [answer])
    assert found.complaint.startswith("u[199999, 0] is ")
    assert found.ratio == 2.0**10


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_reference_of_data_on_disk_is_that_of_the_whole(tmp_path: Path, dtype: str) -> None:
    """Blocks of 64 examples and a last one of 8, each with its own share of the means."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((5, 200)).astype(dtype)
    Y = (rng.random((1, 200)) < 0.3).astype(dtype)
    w = rng.standard_normal((5, 1)).astype(dtype)
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "x.Y.npy", Y)
    on_disk = [replace(array, block=64) for array in open_stored(tmp_path / "x.npy")]
    operation = operations()["cost_gradient"]
    whole, blocks = reference(operation, (w, 0.5, X, Y)), reference(operation, (w, 0.5, *on_disk))
    for part in operation.RETURNS:
        error = np.abs(blocks.exact[part] - whole.exact[part])
        assert np.all(error <= whole.bound[part])
        np.testing.assert_allclose(blocks.bound[part], whole.bound[part], rtol=1e-12)
