"""The lesson's double loop again, compiled to machine code by Numba at its first call."""

from math import exp as _exp
from math import log as _log
from math import log1p

import numpy as np
from numba import njit

from implementations import CostGradient

COLOUR = "#009E73"
MARKER = "D"


@njit(cache=True)
def dot(w, x):
    z = 0.0
    for i in range(w.shape[0]):
        z += w[i, 0] * x[i, 0]
    return z


@njit(cache=True)
def matvec(A, v):
    u = np.empty((A.shape[0], 1), A.dtype)
    for i in range(A.shape[0]):
        total = 0.0
        for j in range(A.shape[1]):
            total += A[i, j] * v[j, 0]
        u[i, 0] = total
    return u


@njit(cache=True)
def exp(v):
    u = np.empty_like(v)
    for i in range(v.shape[0]):
        u[i, 0] = _exp(v[i, 0])
    return u


@njit(cache=True)
def log(v):
    u = np.empty_like(v)
    for i in range(v.shape[0]):
        u[i, 0] = _log(v[i, 0])
    return u


@njit(cache=True)
def absolute(v):
    u = np.empty_like(v)
    for i in range(v.shape[0]):
        u[i, 0] = abs(v[i, 0])
    return u


@njit(cache=True)
def relu(v):
    u = np.empty_like(v)
    for i in range(v.shape[0]):
        u[i, 0] = max(v[i, 0], 0.0)
    return u


@njit(cache=True)
def column_percentages(A):
    percentages = np.empty_like(A)
    for j in range(A.shape[1]):
        total = 0.0
        for i in range(A.shape[0]):
            total += A[i, j]
        for i in range(A.shape[0]):
            percentages[i, j] = 100.0 * A[i, j] / total
    return percentages


@njit(cache=True)
def sigmoid(z):
    """1 / (1 + e^-z), with an exponential that cannot overflow."""
    if z >= 0.0:
        return 1.0 / (1.0 + _exp(-z))
    e = _exp(z)
    return e / (1.0 + e)


@njit(cache=True)
def forward(w, b, X):
    n_x, m = X.shape
    A = np.empty((1, m), X.dtype)
    for i in range(m):
        z = b
        for j in range(n_x):
            z += w[j, 0] * X[j, i]
        A[0, i] = sigmoid(z)
    return A


@njit(cache=True)
def cost_gradient(w, b, X, Y):
    n_x, m = X.shape
    J, dw, db = 0.0, np.zeros_like(w), 0.0
    for i in range(m):
        z = b
        for j in range(n_x):
            z += w[j, 0] * X[j, i]
        # -(y log a + (1 - y) log(1 - a)), from z: log(1 - a) is log 0 once z passes 37.
        J += max(z, 0.0) + log1p(_exp(-abs(z))) - Y[0, i] * z
        dz = sigmoid(z) - Y[0, i]
        for j in range(n_x):
            dw[j, 0] += X[j, i] * dz
        db += dz
    return CostGradient(J / m, dw / m, db / m)
