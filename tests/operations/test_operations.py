"""The reference is checked too: against slopes, the lesson, and one arithmetic against the other."""

from inspect import signature
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from operation_cases import LINES, MP, NAMES, cases, exact, lifted, slope

from benchmarks.operations import operations
from benchmarks.operations._logistic import edge_cases


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
