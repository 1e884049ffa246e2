"""Gradient descent, the lesson's Repeat { w := w - α dw; b := b - α db }, with any implementation."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from benchmarks.correctness.check import check, reference
from benchmarks.data import Dataset
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
    """The data with a test set: its own, or a seeded fifth of its examples (none of fewer than 5)."""
    if data.X_test is not None or data.m < HELD_OUT:
        return data
    shuffled = np.random.default_rng(seed).permutation(data.m)
    test, train = np.split(shuffled, [data.m // HELD_OUT])
    return Dataset(data.name, data.X[:, train], data.Y[:, train], data.X[:, test], data.Y[:, test])


def descend(module: ModuleType, data: Dataset, alpha: float, steps: int) -> Iterator[State]:
    """Start from w = 0, b = 0; yield the state at the start and after every step.

    The first gradient is checked before it is used: a wrong implementation is not trained with.
    """
    prepare = preparer(module)
    X, Y = prepare(data.X), prepare(data.Y)
    w, b = np.zeros((data.n_x, 1)), 0.0
    for step in range(steps + 1):
        try:
            gradient = module.cost_gradient(prepare(w), b, X, Y)
            J, dw, db = (np.asarray(part, dtype=float) for part in gradient)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise FitError(f"cost_gradient failed at step {step}: {reason}") from error
        if step == 0:
            expected = reference(operations()["cost_gradient"], (w, b, data.X, data.Y))
            if complaint := check(expected, [J, dw, db]).complaint:
                size = f"n_x={data.n_x}, m={data.m}"
                raise FitError(f"cost_gradient disagrees: {complaint} ({size})")
        if not np.isfinite(J) or not np.all(np.isfinite(dw)):
            raise FitError(
                f"the cost is {J} after {step} steps; try a smaller --alpha than {alpha}"
            )
        yield State(step, float(J), w, b)
        w, b = w - alpha * dw, float(b - alpha * db)


def accuracy(w: np.ndarray, b: float, X: np.ndarray, Y: np.ndarray) -> float:
    """The share of examples on the right side: A above 1/2 exactly where Z is above 0."""
    return float(np.mean((w.T @ X + b > 0) == (Y == 1)))
