"""The reference is checked too: against slopes, the lesson, and one arithmetic against the other."""

from collections.abc import Callable, Mapping
from inspect import signature
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import pytest

from benchmarks.correctness.check import check, reference
from benchmarks.operations import operations
from benchmarks.operations._logistic import edge_cases
from benchmarks.problem.arguments import make_problem
from benchmarks.problem.arithmetic import EXTENDED, Rounding
from benchmarks.problem.multiprecision import MPMATH
from implementations import numpy_vectorized

MP = mpmath.MPContext()
MP.dps = 50
H = MP.mpf(10) ** -15  # a central difference is then off by about 1e-30, and keeps 35 digits
NAMES = list(operations())
SIZES = ((1, 1), (2, 3), (5, 5), (23, 6), (31, 17))
LINES = {
    "3a": (lambda a: dot(3, a), lambda a: 3),
    "a²": (lambda a: dot(a, a), lambda a: 2 * a),
    "a³": (lambda a: dot(dot(a, a), a), lambda a: 3 * a**2),
    "log a": (lambda a: element("log", a), lambda a: 1 / a),
    "e^a": (lambda a: element("exp", a), MP.exp),
    "|a|": (lambda a: element("absolute", a), MP.sign),
    "max(a, 0)": (lambda a: element("relu", a), lambda a: int(a > 0)),
}


def slope(f: Callable, a) -> Any:
    """The slope of f at a, by a central difference: the ruler by which the gradient is measured."""
    a = MP.mpf(a)
    return (f(a + H) - f(a - H)) / (2 * H)


def exact(name: str, *arguments) -> tuple:
    return operations()[name].exact(MPMATH, *arguments)


def lifted(*rows: tuple) -> np.ndarray:
    return np.array([[MP.mpf(value) for value in row] for row in rows], dtype=object)


def dot(w, x) -> Any:
    return exact("dot", lifted((w,)), lifted((x,)))[0]


def element(name: str, a) -> Any:
    return exact(name, lifted((a,)))[0][0, 0]


def cases(name: str, n_x: int, m: int) -> dict[str, dict[str, Any]]:
    """The operation's arguments by name, in each of its edge cases and at random."""
    rng = np.random.default_rng([n_x, m])
    X, Y = rng.standard_normal((n_x, m)), np.resize([[0.0, 1.0, 1.0]], (1, m))
    operation = operations()[name]
    drawn = operation.constant_arguments(rng, X, Y) | operation.varying_arguments(rng, X, Y)
    return {"random": drawn, **dict(operation.edge_cases(rng, n_x, m))}


def in_order(name: str, arguments: Mapping[str, Any]) -> list:
    return [arguments[key] for key in operations()[name].ARGUMENTS]


@pytest.mark.parametrize("line", LINES)
def test_the_slopes_of_the_lessons_lines(line: str) -> None:
    f, derivative = LINES[line]
    for a in (2, 5, 0.25, *(() if line == "log a" else (-3, -0.5))):
        assert abs(slope(f, a) - derivative(MP.mpf(a))) < 1e-25


@pytest.fixture(scope="module")
def taught() -> tuple:
    """w, b, X and Y of three features and eight examples: both labels, margins of both signs."""
    rng = np.random.default_rng(1)
    w, X = rng.standard_normal((3, 1)), rng.standard_normal((3, 8))
    Y = np.array([[0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0]])
    right = (w.T @ X - 0.3 > 0) == Y
    assert 0 < right.sum() < 8
    assert {-1.0, 1.0} == set(np.sign(w.T @ X - 0.3)[0])
    return w, -0.3, X, Y


def test_J_is_the_lessons_formula(taught: tuple) -> None:
    w, b, X, Y = taught
    total = MP.mpf(0)
    for i in range(X.shape[1]):
        z = sum(MP.mpf(w[j, 0]) * MP.mpf(X[j, i]) for j in range(3)) + MP.mpf(b)
        a = 1 / (1 + MP.exp(-z))
        total += -(Y[0, i] * MP.log(a) + (1 - Y[0, i]) * MP.log(1 - a))
    assert abs(exact("cost_gradient", *taught)[0] - total / X.shape[1]) < 1e-45


def test_the_gradient_is_the_slope_of_J(taught: tuple) -> None:
    w, b, X, Y = taught

    def J(j: int, value) -> Any:
        parameters = lifted(*[(x,) for x in w[:, 0]], (b,))
        parameters[j, 0] = value
        return exact("cost_gradient", parameters[:-1], parameters[-1, 0], X, Y)[0]

    _, dw, db = exact("cost_gradient", *taught)
    gradient = [*dw[:, 0], db]
    for j, at in enumerate([*w[:, 0], b]):
        assert abs(gradient[j]) > 1e-3
        assert abs(slope(lambda value, j=j: J(j, value), at) - gradient[j]) < 1e-25


def test_A_is_between_the_labels_and_its_mean_error_is_db(taught: tuple) -> None:
    w, b, X, Y = taught
    A = exact("forward", w, b, X)[0]
    assert np.all((A > 0) & (A < 1))
    assert abs(np.sum(A - Y) / 8 - exact("cost_gradient", *taught)[2]) < 1e-45


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_says_all_that_the_others_say(name: str) -> None:
    operation = operations()[name]
    assert operation.__doc__
    assert all(isinstance(name, str) for name in (*operation.ARGUMENTS, *operation.RETURNS))
    assert isinstance(operation.USES_M, bool)
    for function, parameters in {
        "constant_arguments": ["rng", "X", "Y"],
        "varying_arguments": ["rng", "X", "Y"],
        "edge_cases": ["rng", "n_x", "m"],
        "exact": ["a", *operation.ARGUMENTS],
        "bound": ["r", *operation.ARGUMENTS],
        "work": ["n_x", "m"],
    }.items():
        assert list(signature(getattr(operation, function)).parameters) == parameters


@pytest.mark.parametrize("name", NAMES)
def test_every_case_has_the_arguments_in_shapes_that_do_not_depend_on_it(name: str) -> None:
    found = cases(name, 23, 6)
    shapes = {key: np.shape(value) for key, value in found["random"].items()}
    assert set(shapes) == set(operations()[name].ARGUMENTS)
    assert len(found) > 3
    for arguments in found.values():
        assert {key: np.shape(value) for key, value in arguments.items()} == shapes
        with np.errstate(over="raise"):
            assert all(np.all(np.isfinite(np.float32(value))) for value in arguments.values())


def test_the_edge_cases_are_what_their_names_say() -> None:
    rng = np.random.default_rng(0)
    ranges = {"3 to 20": (3, 20), "20 to 40": (20, 40), "80 to 120": (80, 120)}
    ranges |= {"700 to 800": (700, 800), "10,000": (9_000, 11_000)}
    found = {name: rest for name, *rest in edge_cases(rng, 6, 23)}
    for of, (low, high) in ranges.items():
        w, _, X, Y = found[f"margins of {of}"]
        Z = (w.T @ X)[0]
        assert low * 0.999 < np.abs(Z).min() < np.abs(Z).max() < high * 1.001
        pairs = set(zip(Z > 0, Y[0], strict=True))
        assert len(pairs) == 4, "either label has margins of either sign"
    w, b, X, Y = found["margins of 30 to 40, all right"]
    assert np.all((w.T @ X + b > 29) == (Y == 1))
    assert set(Y[0]) == {0.0, 1.0}


@pytest.mark.parametrize("name", NAMES)
def test_the_least_work_is_more_than_none_and_grows_with_the_problem(name: str) -> None:
    operation = operations()[name]
    sizes = [(n_x, m if operation.USES_M else 1) for n_x, m in ((1, 1), (3, 1), (3, 7), (300, 700))]
    works = [operation.work(*size) for size in sizes]
    for less, more in pairwise(works):
        assert min(less.read, less.written, less.flops + less.exps + less.logs) > 0
        assert all(a <= b for a, b in zip(less, more, strict=True))
    assert sum(works[0]) < sum(works[1])


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
