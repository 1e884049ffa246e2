"""What forward and cost_gradient share: parameters, edge cases, and Z's rounding error."""

import numpy as np

from benchmarks.problem.arithmetic import EXTENDED, sigmoid
from benchmarks.problem.blocks import product


def parameters(rng, X) -> dict:
    """w (n_x, 1), scaled so that wᵀx is of the order of 1 for standard normal x, and b's start."""
    n_x = X.shape[0]
    return {
        "w": rng.standard_normal((n_x, 1)) / np.sqrt(n_x),
        "b": np.array(rng.uniform(-0.5, 0.0)),
    }


def at_margins(w, Z):
    """An X (n_x, m) with wᵀX = Z, about."""
    return w * Z / (w * w).sum()


def edge_cases(rng, n_x, m) -> list:
    """(name, w, b, X, Y): labels, parameters and margins at their extremes; one part outweighs all."""
    X = rng.standard_normal((n_x, m))
    Y = (rng.random((1, m)) < 0.5).astype(float)
    w, b = parameters(rng, X).values()
    signs = np.resize([[1.0, -1.0, -1.0, 1.0, 1.0]], (1, m))

    def margins(low, high):
        return at_margins(w, signs * rng.uniform(low, high, (1, m)))

    def heavy(rows, columns, size=1e3):
        weighted = 1e-3 * X
        weighted[rows, columns] *= size / 1e-3
        return weighted

    one_extreme = X.copy()
    one_extreme[:, [m // 2]] = at_margins(w, np.array([[-5000.0]]))
    zero = np.zeros_like(w)
    return [
        ("labels all 0", w, b, X, np.zeros((1, m))),
        ("labels all 1", w, b, X, np.ones((1, m))),
        ("w = 0, b = 0", zero, 0.0, X, Y),
        ("b below 0", w, -2.5, X, Y),
        ("margins of 0", w, 0.0, np.zeros((n_x, m)), Y),
        ("margins of 3 to 20", w, b, margins(3, 20), Y),
        ("margins of 20 to 40", w, b, margins(20, 40), Y),
        ("margins of 30 to 40, all right", w, b, margins(30, 40), (signs + 1) / 2),
        ("margins of 80 to 120", w, b, margins(80, 120), Y),
        ("margins of 700 to 800", w, b, margins(700, 800), Y),
        ("margins of 10,000", w, b, margins(9e3, 1.1e4), Y),
        ("one margin of -5,000", w, b, one_extreme, Y),
        ("b = 60", w, 60.0, X, Y),
        ("b = -800", w, -800.0, X, Y),
        ("first example heavy", w, b, heavy(slice(None), 0), Y),
        ("last example heavy", w, b, heavy(slice(None), -1), Y),
        ("first feature heavy", w, b, heavy(0, slice(None)), Y),
        ("last feature heavy", w, b, heavy(-1, slice(None)), Y),
        ("small X", w, b, 1e-6 * X, Y),
        ("X from 0 to 1", w, b, rng.random((n_x, m)), Y),
    ]


def forward_error(r, w, b, X):
    """Z, A = σ(Z), and how far a right program's Z and A may be off, each (1, m), float64.

    Z: n_x products and additions and b, in any order: γ_{n_x+2}(|w|ᵀ|X| + |b|) (Higham 2002, §3.1).
    A: σ carries that over by its slope, at most the slope at the smallest |Z| within reach, and
    adds a few roundings of its own, counted against 1 and not against A, since 1 - σ(-Z) and
    (1 + tanh(Z/2))/2 are right ways to write it.
    """
    Z = product(X.T, w).T + b
    size = product(X.T, w, absolute=True).T + abs(b)
    δZ = r.gamma(w.shape[0] + 2) * size + w.shape[0] * r.tiny
    nearest = sigmoid(EXTENDED, np.maximum(np.abs(Z) - δZ, 0))
    δA = (nearest * (1 - nearest)).astype(float) * δZ + r.few
    return Z, sigmoid(EXTENDED, Z).astype(float), δZ, δA
