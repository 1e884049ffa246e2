"""The mathematics of the lesson, shown by every implementation in the folder.

Two answers that ought to be equal may differ by what rounding allows each of them, and by no more.
"""

import gc
from inspect import signature
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asked import (
    OFFERED,
    PATHS,
    M,
    Training,
    allowed,
    ask,
    assert_same,
    complaint,
    cost_gradient,
    drawn,
    everyone,
    module_of,
    training,
)
from hypothesis import Phase, find, given, settings

from benchmarks import registry
from benchmarks.operations import operations
from benchmarks.problem.multiprecision import MPMATH


@everyone
@settings(max_examples=60, deadline=None)
@given(asked=drawn())
def test_all_give_the_one_answer_to_any_question(name: str, asked: Training) -> None:
    assert complaint(name, "cost_gradient", *asked) == ""


def test_the_questions_drawn_have_both_labels_on_both_sides_and_margins_past_37() -> None:
    def is_hard(asked: Training) -> bool:
        w, b, X, Y = asked
        sides = set(zip((w.T @ X + b > 0)[0], Y[0], strict=True))
        return len(sides) == 4 and np.abs(w.T @ X + b).max() > 37

    find(
        drawn(),
        is_hard,
        settings=settings(max_examples=10_000, database=None, phases=[Phase.generate]),
    )


@everyone
def test_with_w_0_and_b_0_J_is_ln_2_and_the_gradient_that_of_a_coin(name: str) -> None:
    _, _, X, Y = training()
    asked = Training(np.zeros((4, 1)), 0.0, X, Y)
    J, dw, db = cost_gradient(name, asked)
    bound = allowed(asked)
    assert abs(J - log(2)) <= bound.J
    assert np.all(np.abs(dw - X @ (0.5 - Y).T / M) <= 2 * bound.dw)
    assert abs(db - np.mean(0.5 - Y)) <= 2 * bound.db
    assert abs(db) > 0.01


@everyone
def test_flipping_Y_w_and_b_keeps_J_and_negates_the_gradient(name: str) -> None:
    w, b, X, Y = training()
    assert_same(name, Training(w, b, X, Y), Training(-w, -b, X, 1 - Y), sign=-1)


@everyone
def test_shuffling_the_examples_changes_nothing(name: str) -> None:
    w, b, X, Y = training()
    order = np.random.default_rng(1).permutation(M)
    assert np.any(Y[:, order] != Y)
    assert_same(name, Training(w, b, X, Y), Training(w, b, X[:, order], Y[:, order]))


@everyone
def test_showing_every_example_thrice_changes_nothing(name: str) -> None:
    w, b, X, Y = training()
    assert_same(name, Training(w, b, X, Y), Training(w, b, np.tile(X, 3), np.tile(Y, 3)))


@everyone
def test_shuffling_the_features_shuffles_dw(name: str) -> None:
    w, b, X, Y = asked = training()
    order = [2, 0, 3, 1]
    first = cost_gradient(name, asked)
    second = cost_gradient(name, Training(w[order], b, X[order], Y))
    assert np.all(np.abs(first.dw[order] - second.dw) <= 2 * allowed(asked).dw[order])
    assert np.ptp(first.dw) > 0.01


@everyone
@pytest.mark.parametrize("seed", range(3))
def test_J_is_convex_along_any_line(name: str, seed: int) -> None:
    w, b, X, Y = training(seed=seed)
    direction = np.random.default_rng(seed + 9).standard_normal((4, 1))
    line = [Training(w + t * direction, b - t, X, Y) for t in np.linspace(-3, 3, 13)]
    J = np.array([cost_gradient(name, asked).J for asked in line])
    most = max(allowed(asked).J for asked in line)
    bend = J[:-2] - 2 * J[1:-1] + J[2:]
    assert bend.min() >= -4 * most
    assert bend.max() > 1e-3


@everyone
def test_the_gradient_is_the_slope_of_J(name: str) -> None:
    """By central differences: off by h²/6 of the third slope of J, which σ'' < 0.0963 bounds."""
    w, b, X, Y = asked = training()
    h = 2.0**-12
    ones = np.vstack([X, np.ones(M)])  # b is the weight of a feature that is always 1
    _, dw, db = cost_gradient(name, asked)
    for j, slope in enumerate([*dw[:, 0], db]):
        step = h * (np.arange(5) == j)
        ahead, behind = (
            cost_gradient(name, Training(w + s * step[:4, None], b + s * step[4], X, Y)).J
            for s in (1, -1)
        )
        curving = 0.0963 * np.mean(np.abs(ones[j]) ** 3) * h**2 / 6
        assert abs((ahead - behind) / (2 * h) - slope) <= curving + 1.1 * allowed(asked).J / h
        assert abs(slope) > 100 * curving


@everyone
@pytest.mark.parametrize("right", [True, False])
def test_J_is_the_margin_where_that_is_ten_thousand_and_wrong_and_nothing_where_it_is_right(
    name: str, right: bool
) -> None:
    X, w = np.array([[1e4, -1e4, 1.2e4, -0.9e4]]), np.array([[1.0]])
    Y = ((X > 0) == right).astype(float)
    assert set(Y[0]) == {0.0, 1.0}
    J, dw, db = cost_gradient(name, Training(w, 0.0, X, Y))
    assert np.isfinite(J)
    assert pytest.approx(0.0 if right else 10_250.0, rel=1e-14, abs=1e-300) == J
    assert dw[0, 0] == pytest.approx(0.0 if right else 10_250.0, rel=1e-14, abs=1e-300)
    assert db == pytest.approx(0.0, abs=1e-15)


@everyone
def test_ten_steps_of_gradient_descent_arrive_where_exact_arithmetic_does(name: str) -> None:
    """A step no longer than 2 over the curvature brings no two points further apart, J being convex;

    so errors add up: what rounding allows the gradient, and three roundings of each step.
    """
    w, b, X, Y = training()
    α, u = 0.5, 2.0**-53
    assert α < 2 / (np.linalg.norm(np.vstack([X, np.ones(M)]), 2) ** 2 / (4 * M))
    exact_w, exact_b, astray, costs = MPMATH.lift(w), MPMATH.lift(b)[()], 0.0, []
    for _ in range(10):
        asked = Training(w, b, X, Y)
        (J, dw, db), bound = cost_gradient(name, asked), allowed(asked)
        costs.append(J)
        w, b = w - α * dw, float(b - α * db)
        astray += α * np.hypot(np.linalg.norm(bound.dw), bound.db)
        astray += 3 * u * (np.linalg.norm(w) + abs(b) + np.linalg.norm(dw) + abs(db))
        _, exact_dw, exact_db = operations()["cost_gradient"].exact(MPMATH, exact_w, exact_b, X, Y)
        exact_w, exact_b = exact_w - α * exact_dw, exact_b - α * exact_db
    assert (
        np.hypot(np.linalg.norm((w - exact_w).astype(float)), float(b - exact_b)) <= astray < 1e-13
    )
    assert np.all(np.diff(costs) < 0)
    assert np.linalg.norm(w - training().w) > 0.1


@pytest.mark.parametrize(("name", "operation"), OFFERED)
def test_every_operation_is_right_at_random_and_where_it_is_hard(name: str, operation: str) -> None:
    rng, asked = np.random.default_rng(3), operations()[operation]
    X, Y = rng.standard_normal((6, 5)), np.array([[0.0, 1.0, 1.0, 0.0, 1.0]])
    random = asked.constant_arguments(rng, X, Y) | asked.varying_arguments(rng, X, Y)
    for case, values in [("random", random), *asked.edge_cases(rng, 6, 5)]:
        arguments = (values[key] for key in asked.ARGUMENTS)
        plain = [value if np.ndim(value) else float(value) for value in arguments]
        assert complaint(name, operation, *plain) == "", case


@pytest.mark.parametrize("name", [name for name, what in OFFERED if what == "column_percentages"])
def test_the_lessons_own_table_of_percentages(name: str) -> None:
    A = np.array([[56.0, 0.0, 4.4, 68.0], [1.2, 104.0, 52.0, 8.0], [1.8, 135.0, 99.0, 0.9]])
    printed = [
        [94.91525424, 0.0, 2.83140283, 88.42652796],
        [2.03389831, 43.51464435, 33.46203346, 10.40312094],
        [3.05084746, 56.48535565, 63.70656371, 1.17035111],
    ]
    np.testing.assert_array_equal(np.round(ask(name, "column_percentages", A)[0], 8), printed)


@pytest.mark.parametrize(("name", "operation"), OFFERED)
def test_the_arguments_have_the_lessons_names(name: str, operation: str) -> None:
    parameters = signature(getattr(module_of(name), operation)).parameters
    assert tuple(parameters) == operations()[operation].ARGUMENTS


LEFT = {"dask_blocks": 500}  # small objects of Dask's own, in five calls


@everyone
def test_a_call_leaves_nothing_to_the_garbage_collector(name: str) -> None:
    """It is off inside the clock: arrays in a reference cycle would pile up, call by call."""
    asked = training()
    cost_gradient(name, asked)
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            cost_gradient(name, asked)
        assert gc.collect() < LEFT.get(name, 5)
    finally:
        gc.enable()


@pytest.mark.parametrize(("name", "path"), PATHS.items())
def test_a_file_is_one_page_or_two_and_says_what_it_is(name: str, path: Path) -> None:
    module: Any = module_of(name)
    assert 10 <= len(path.read_text(encoding="utf-8").splitlines()) <= 130
    assert len((module.__doc__ or "").partition("\n")[0]) > 20
    offered = registry.offers(path, module, operations())
    assert offered == [operation for where, operation in OFFERED if where == name]
    assert offered


def test_there_are_implementations_of_every_operation() -> None:
    assert {operation for _, operation in OFFERED} == set(operations())
    assert len(PATHS) >= 5
