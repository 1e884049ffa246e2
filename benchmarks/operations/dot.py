"""wᵀx: the lesson's first demonstration, `np.dot(a, b)` of a million numbers."""

import numpy as np

from benchmarks.operations import Work
from benchmarks.problem.blocks import product

ARGUMENTS = ("w", "x")
RETURNS = ("z",)
USES_M = False


def constant_arguments(rng, X, Y):
    n_x = X.shape[0]
    return {"w": rng.standard_normal((n_x, 1)), "x": rng.standard_normal((n_x, 1))}


def varying_arguments(rng, X, Y):
    return {}


def edge_cases(rng, n_x, m):
    """The last pair outweighs the rest; all of them cancel; nothing is there."""
    small = {"w": 1e-3 * rng.standard_normal((n_x, 1)), "x": rng.standard_normal((n_x, 1))}
    heavy = {name: column.copy() for name, column in small.items()}
    heavy["w"][-1] = 1e3
    signs = np.resize([[1.0], [-1.0]], (n_x, 1))
    return [
        ("last pair heavy", heavy),
        ("cancelling", {"w": np.abs(small["w"]), "x": signs}),
        ("w = 0", {"w": np.zeros((n_x, 1)), "x": small["x"]}),
    ]


def exact(a, w, x):
    return (a.product(w.T, x)[0, 0],)


def bound(r, w, x):
    n_x = w.shape[0]
    return (r.gamma(n_x + 1) * product(w.T, x, absolute=True)[0, 0] + n_x * r.tiny,)


def work(n_x, m):
    return Work(read=2 * n_x, written=1, flops=2 * n_x)
