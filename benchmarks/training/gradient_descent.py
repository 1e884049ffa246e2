"""Gradient descent, the lesson's Repeat { w := w - α dw; b := b - α db }, with any implementation."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.correctness.check import check, reference
from benchmarks.data import Dataset
from benchmarks.data.large import Stored, in_blocks
from benchmarks.errors import UserError
from benchmarks.operations import operations
from benchmarks.registry import preparer

HELD_OUT = 5  # one example in five is kept for testing where the data brings no test set


class FitError(UserError):
    """A fit that cannot go on; the message says why."""

    exit_status = 1


@dataclass(frozen=True, eq=False)
class State:
    """After `step` steps: the parameters w (n_x, 1) and b, and the cost J in nats before the step."""

    step: int
    J: float
    w: np.ndarray
    b: float


def split(data: Dataset, seed: int) -> Dataset:
    """The data with a test set: its own, or a seeded fifth of its examples (none of fewer than 5).

    Of what is on disk, the last fifth: whoever wrote it has mixed it, or not.
    """
    if data.X_test is not None or data.m < HELD_OUT:
        return data
    if isinstance(data.X, Stored):
        m = data.m - data.m // HELD_OUT
        parts = [A.columns(*ends) for ends in ((0, m), (m, data.m)) for A in (data.X, data.Y)]
        return Dataset(data.name, *parts)
    shuffled = np.random.default_rng(seed).permutation(data.m)
    test, train = np.split(shuffled, [data.m // HELD_OUT])
    return Dataset(data.name, data.X[:, train], data.Y[:, train], data.X[:, test], data.Y[:, test])


def start(n_x: int) -> State:
    """w = 0, b = 0."""
    return State(0, float("nan"), np.zeros((n_x, 1)), 0.0)


def descend(
    module: ModuleType, data: Dataset, alpha: float, steps: int, state: State | None = None
) -> Iterator[State]:
    """Yield the state at the start, or that it goes on from, and after every step up to `steps`.

    The first gradient is checked before it is used: a wrong implementation is not trained with.
    """
    prepare = preparer(module)
    X, Y = prepare(data.X), prepare(data.Y)
    state = first = state or start(data.n_x)
    while True:
        w = state.w.astype(data.X.dtype)
        J, dw, db = _gradient(module, state.step, prepare(w), state.b, X, Y)
        if state is first:
            expected = reference(operations()["cost_gradient"], (w, state.b, data.X, data.Y))
            if complaint := check(expected, [J, dw, db]).complaint:
                size = f"n_x={data.n_x}, m={data.m}"
                raise FitError(f"cost_gradient disagrees: {complaint} ({size})")
        if not np.isfinite(J) or not np.all(np.isfinite(dw)):
            raise FitError(
                f"the cost is {J} after {state.step} steps; try a smaller --alpha than {alpha}"
            )
        yield (state := replace(state, J=float(J)))
        if state.step == steps:
            return
        b = float(state.b - alpha * db)
        state = State(state.step + 1, float("nan"), state.w - alpha * dw, b)


def _gradient(module: ModuleType, step: int, w: Any, b: float, X: Any, Y: Any) -> list[np.ndarray]:
    try:
        return [np.asarray(part, dtype=float) for part in module.cost_gradient(w, b, X, Y)]
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise FitError(f"cost_gradient failed at step {step}: {reason}") from error


def accuracies(w: np.ndarray, b: float, data: Dataset) -> dict[str, tuple[float, int]]:
    """The accuracy on the examples for training and on those for the test, each with how many there are."""
    sets = {"training accuracy": (data.X, data.Y), "test accuracy": (data.X_test, data.Y_test)}
    return {
        name: (accuracy(w, b, X, Y), X.shape[1]) for name, (X, Y) in sets.items() if X is not None
    }


def accuracy(w: np.ndarray, b: float, X: Any, Y: Any) -> float:
    """The share of examples on the right side: A above 1/2 exactly where Z is above 0."""
    right = sum(int(np.sum((w.T @ x + b > 0) == (y == 1))) for x, y in in_blocks(X, Y))
    return right / Y.shape[1]
