"""NumPy inside, a loop outside: one example at a time, its features all at once."""

from math import exp, log1p

import numpy as np

from implementations import CostGradient

PARALLEL = True  # np.dot of a long column is BLAS, and BLAS has threads
COLOUR = "#E69F00"
MARKER = "s"


def matvec(A, v):
    u = np.empty((A.shape[0], 1), A.dtype)
    for i in range(A.shape[0]):
        u[i] = np.dot(A[i], v)
    return u


def column_percentages(A):
    percentages = np.empty_like(A)
    for j in range(A.shape[1]):
        percentages[:, j] = 100 * A[:, j] / A[:, j].sum()
    return percentages


def sigmoid(z):
    """1 / (1 + e^-z), with an exponential that cannot overflow."""
    if z >= 0.0:
        return 1.0 / (1.0 + exp(-z))
    e = exp(z)
    return e / (1.0 + e)


def forward(w, b, X):
    m = X.shape[1]
    A = np.empty((1, m), X.dtype)
    for i in range(m):
        A[0, i] = sigmoid(np.dot(w[:, 0], X[:, i]).item() + b)
    return A


def cost_gradient(w, b, X, Y):
    m = X.shape[1]
    J, dw, db = 0.0, np.zeros_like(w), 0.0
    for i in range(m):
        x, y = X[:, i], Y[0, i].item()
        z = np.dot(w[:, 0], x).item() + b
        # -(y log a + (1 - y) log(1 - a)), from z: log(1 - a) is log 0 once z passes 37.
        J += max(z, 0.0) + log1p(exp(-abs(z))) - y * z
        dz = sigmoid(z) - y
        dw[:, 0] += x * dz
        db += dz
    return CostGradient(J / m, dw / m, db / m)
