"""A v, a matrix times a vector: the lesson's `np.dot(A, v)`. A is (m, n_x), v is (n_x, 1)."""

import numpy as np

from benchmarks.operations import Work
from benchmarks.problem.blocks import product

ARGUMENTS = ("A", "v")
RETURNS = ("u",)
USES_M = True


def constant_arguments(rng, X, Y):
    return {"A": rng.standard_normal((X.shape[1], X.shape[0]))}


def varying_arguments(rng, X, Y):
    return {"v": rng.standard_normal((X.shape[0], 1))}


def edge_cases(rng, n_x, m):
    A, v = rng.standard_normal((m, n_x)), rng.standard_normal((n_x, 1))
    last_row, last_column = 1e-3 * A, 1e-3 * A
    last_row[-1], last_column[:, -1] = 1e3, 1e3
    return [
        ("last row heavy", {"A": last_row, "v": v}),
        ("last column heavy", {"A": last_column, "v": v}),
        ("v = 0", {"A": A, "v": np.zeros((n_x, 1))}),
        ("A = 0", {"A": np.zeros((m, n_x)), "v": v}),
    ]


def exact(a, A, v):
    return (a.product(A, v),)


def bound(r, A, v):
    n_x = v.shape[0]
    return (r.gamma(n_x + 1) * product(A, v, absolute=True) + n_x * r.tiny,)


def work(n_x, m):
    return Work(read=n_x * m + n_x, written=m, flops=2 * n_x * m)
