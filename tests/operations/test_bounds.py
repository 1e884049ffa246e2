"""The error bound: it holds in any order of summation, and is not far from what occurs."""

from typing import Any

import numpy as np
import pytest
from operation_cases import MP, NAMES, SIZES, cases, in_order

from benchmarks.correctness.check import check, reference
from benchmarks.operations import operations
from benchmarks.problem.arguments import make_problem
from benchmarks.problem.arithmetic import EXTENDED, Rounding
from benchmarks.problem.multiprecision import MPMATH
from implementations import numpy_vectorized


def as_mpf(value: np.longdouble) -> Any:
    """All the bits of a long double, a double at a time."""
    total = MP.mpf(0)
    for _ in range(3):
        total, value = total + MP.mpf(float(value)), value - np.longdouble(float(value))
    return total


@pytest.mark.parametrize("name", NAMES)
def test_the_two_arithmetics_agree_to_what_the_shorter_one_may_be_off_by(name: str) -> None:
    operation, errors = operations()[name], []
    own = Rounding(EXTENDED.unit_roundoff, 0.0)
    for arguments in (in_order(name, case) for case in cases(name, 6, 5).values()):
        answers = (operation.exact(a, *arguments) for a in (MPMATH, EXTENDED))
        for parts in zip(*answers, operation.bound(own, *arguments), strict=True):
            for long, short, bound in zip(*map(np.ravel, parts), strict=True):
                errors.append(abs(long - as_mpf(short)))
                assert errors[-1] <= bound
    assert any(errors) == (name not in ("absolute", "relu"))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", NAMES)
def test_the_bound_holds_in_every_case_and_is_not_far_from_what_occurs(
    name: str, dtype: str
) -> None:
    operation, ratios = operations()[name], []
    for n_x, m in SIZES:
        for case, arguments in cases(name, n_x, m if operation.USES_M else 1).items():
            held = make_problem(operation.ARGUMENTS, arguments, [], dtype, "C").call(0)
            answer = getattr(numpy_vectorized, name)(*held)
            parts = answer if len(operation.RETURNS) > 1 else (answer,)
            deviation = check(reference(operation, held), [np.asarray(part) for part in parts])
            assert not deviation.complaint, case
            ratios.append(deviation.ratio)
    if name in ("absolute", "relu"):
        assert max(ratios) == 0.0
    else:
        assert max(ratios) > 1e-2
        assert np.median(ratios) > 1e-4


def naive(rng: np.random.Generator, w, b, X, Y) -> list[np.ndarray]:
    """J, dw and db, each sum in a random order, one term after the other, all in X's precision."""

    def total(terms: np.ndarray) -> np.ndarray:
        return np.add.accumulate(rng.permutation(terms, axis=1), axis=1)[:, -1:]

    m, number = X.shape[1], X.dtype.type
    Z = np.hstack([total(np.append(w * X[:, [i]], [[number(b)]], axis=0).T) for i in range(m)])
    e = np.exp(-np.abs(Z))
    A = np.where(Z < 0, e, number(1)) / (1 + e)
    J = total(np.maximum(Z, 0) + np.log1p(e) - Y * Z) / number(m)
    dw, db = total(X * (A - Y)) / number(m), total(A - Y) / number(m)
    assert {part.dtype for part in (Z, J, dw, db)} == {X.dtype}
    return [J[0, 0], dw, db[0, 0]]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize(("n_x", "m"), [(1, 1), (3, 40), (40, 3), (300, 500), (1, 5000)])
def test_the_bound_holds_for_any_order_of_summation(
    dtype: str, alike: bool, n_x: int, m: int
) -> None:
    """Also where all examples are alike, so that the errors of a sum do not cancel but add up."""
    rng = np.random.default_rng([n_x, m])
    w, X = rng.standard_normal((n_x, 1)), rng.standard_normal((n_x, 1 if alike else m))
    values = {"w": w, "b": -0.5, "X": X + np.zeros((1, m)), "Y": np.full((1, m), 1.0 * (X[0] > 0))}
    operation = operations()["cost_gradient"]
    held = make_problem(operation.ARGUMENTS, values, [], dtype, "C").call(0)
    exact = reference(operation, held)
    found = [check(exact, [np.asarray(part) for part in naive(rng, *held)]) for _ in range(3)]
    assert [deviation.complaint for deviation in found] == [""] * 3
    assert max(deviation.ratio for deviation in found) > 1e-3
