"""Gradient descent in a worker, in stretches: each goes on from where the last one ended."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.worker.clock import stopwatch


class Descent:
    """w and b on their way down from 0, by `cost_gradient` on what `prepare` makes of w."""

    def __init__(self, cost_gradient: Callable, prepare: Callable, X: Any, Y: Any, w: np.ndarray):
        """X and Y are prepared; w is (n_x, 1) zeros of X's type."""
        self.cost_gradient, self.prepare, self.X, self.Y = cost_gradient, prepare, X, Y
        self.w, self.b = w, 0.0

    def stretch(self, alpha: float, steps: int, min_ns: int) -> list[tuple[int, float]]:
        """At most so many steps, and no more once they took so long; one at least. Of each what it took,
        and the cost before it. Raises ArithmeticError where the cost is not finite."""
        taken: list[tuple[int, float]] = []
        spent_ns = 0
        while len(taken) < steps and (not taken or spent_ns < min_ns):
            elapsed_ns, J = stopwatch(partial(self._step, alpha))
            if not np.isfinite(J):
                raise ArithmeticError(f"the cost is {J}: try a smaller --alpha than {alpha}")
            taken.append((elapsed_ns, J))
            spent_ns += elapsed_ns
        return taken

    def _step(self, alpha: float) -> float:
        J, dw, db = self.cost_gradient(self.prepare(self.w), self.b, self.X, self.Y)
        self.w = self.w - alpha * np.asarray(dw, self.w.dtype)
        self.b -= alpha * float(db)
        return float(J)
