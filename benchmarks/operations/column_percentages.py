"""100·A over its column sums: the lesson's demonstration of broadcasting, of calories per food."""

import numpy as np

from benchmarks.operations import Work
from benchmarks.problem.blocks import by_element, product

ARGUMENTS = ("A",)
RETURNS = ("percentages",)
USES_M = True


def constant_arguments(rng, X, Y):
    """Calories: numbers from 0 to 100, and so no column that sums to 0."""
    return {"A": rng.uniform(0.5, 100.0, X.shape)}


def varying_arguments(rng, X, Y):
    return {}


def edge_cases(rng, n_x, m):
    A = rng.uniform(0.5, 100.0, (n_x, m))
    last_row, last_column, zeros = A.copy(), A.copy(), A.copy()
    last_row[-1] *= 1e6
    last_column[:, -1] *= 1e6
    zeros[1:] = 0.0
    return [
        ("last row heavy", {"A": last_row}),
        ("last column heavy", {"A": last_column}),
        ("all but the first row 0", {"A": zeros}),
        ("below 0", {"A": -A}),
        ("small", {"A": 1e-20 * A}),
    ]


def exact(a, A):
    total = a.product(A.T, np.ones((A.shape[0], 1))).T
    return (by_element(lambda A, total: 100 * a.lift(A) / total, A, total),)


def bound(r, A):
    """n_x - 1 additions, a product and a quotient; the sum's error counts against Σ|A|."""
    ones = np.ones((A.shape[0], 1))
    total = np.abs(product(A.T, ones)).T
    condition = product(A.T, ones, absolute=True).T / total
    scale = r.gamma(A.shape[0] + 2) * (1 + condition) * 100 / total
    return (by_element(lambda A, scale: np.abs(A) * scale + r.tiny, A, scale),)


def work(n_x, m):
    return Work(read=n_x * m, written=n_x * m, flops=3 * n_x * m)
