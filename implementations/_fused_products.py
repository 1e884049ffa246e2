"""The innermost loops: one, four or eight rows of X at a time into a sum, or dotted with a vector.

The more rows share a pass, the fewer loads: of eight rows, a vector of X costs 1 1/8 or 1 1/4. The rows
are those from j on, each from column t on; w_n is the first of their weights. Rows and columns are
counted without a sign: a signed index might count from the end, which Numba would ask at each.
"""

from typing import Any

from numba import njit, uintp

# Sums may be taken in any order, which is what makes vector instructions of a loop; the division
# must not raise an error, which would make none of it.
REORDER: dict[str, Any] = {"error_model": "numpy", "fastmath": {"contract", "reassoc", "nsz"}}
# For all that is called: a call would hand over seven words for each array, 25 ns, as much as 80 numbers
# take; and a function that is not inlined may be called in another library's copy of it, which is not
# compiled quite as this one is: code from the cache then differed from new code in the last bit.
INNERMOST: Any = {**REORDER, "forceinline": True}


@njit(**INNERMOST)
def add(Z, w, n, X, j, t):
    """Z += w_n x_j, row j of X from column t."""
    w0, j, t = w[n], uintp(j), uintp(t)
    for i in range(len(Z)):
        Z[i] += w0 * X[j, t + uintp(i)]


@njit(**INNERMOST)
def add_four(Z, w, n, X, j, t):
    """Z += w_n x_j + ... + w_{n+3} x_{j+3}."""
    w0, w1, w2, w3 = w[n], w[n + 1], w[n + 2], w[n + 3]
    j0, t = uintp(j), uintp(t)
    j1, j2, j3 = j0 + uintp(1), j0 + uintp(2), j0 + uintp(3)
    for i in range(len(Z)):
        k = t + uintp(i)
        Z[i] += w0 * X[j0, k] + w1 * X[j1, k] + w2 * X[j2, k] + w3 * X[j3, k]


@njit(**INNERMOST)
def add_eight(Z, w, n, X, j, t):
    w0, w1, w2, w3 = w[n], w[n + 1], w[n + 2], w[n + 3]
    w4, w5, w6, w7 = w[n + 4], w[n + 5], w[n + 6], w[n + 7]
    j0, t = uintp(j), uintp(t)
    j1, j2, j3 = j0 + uintp(1), j0 + uintp(2), j0 + uintp(3)
    j4, j5, j6, j7 = j0 + uintp(4), j0 + uintp(5), j0 + uintp(6), j0 + uintp(7)
    for i in range(len(Z)):
        k = t + uintp(i)
        Z[i] += (w0 * X[j0, k] + w1 * X[j1, k] + w2 * X[j2, k] + w3 * X[j3, k]) + (
            w4 * X[j4, k] + w5 * X[j5, k] + w6 * X[j6, k] + w7 * X[j7, k]
        )


@njit(**INNERMOST)
def dot(v, X, j, t):
    d0, j, t = v.dtype.type(0), uintp(j), uintp(t)
    for i in range(len(v)):
        d0 += X[j, t + uintp(i)] * v[i]
    return d0


@njit(**INNERMOST)
def dot_four(v, X, j, t):
    zero = v.dtype.type(0)
    d0, d1, d2, d3 = zero, zero, zero, zero
    j0, t = uintp(j), uintp(t)
    j1, j2, j3 = j0 + uintp(1), j0 + uintp(2), j0 + uintp(3)
    for i in range(len(v)):
        k = t + uintp(i)
        d0 += X[j0, k] * v[i]
        d1 += X[j1, k] * v[i]
        d2 += X[j2, k] * v[i]
        d3 += X[j3, k] * v[i]
    return d0, d1, d2, d3


@njit(**INNERMOST)
def dot_eight(v, X, j, t):
    zero = v.dtype.type(0)
    d0, d1, d2, d3, d4, d5, d6, d7 = zero, zero, zero, zero, zero, zero, zero, zero
    j0, t = uintp(j), uintp(t)
    j1, j2, j3 = j0 + uintp(1), j0 + uintp(2), j0 + uintp(3)
    j4, j5, j6, j7 = j0 + uintp(4), j0 + uintp(5), j0 + uintp(6), j0 + uintp(7)
    for i in range(len(v)):
        k = t + uintp(i)
        d0 += X[j0, k] * v[i]
        d1 += X[j1, k] * v[i]
        d2 += X[j2, k] * v[i]
        d3 += X[j3, k] * v[i]
        d4 += X[j4, k] * v[i]
        d5 += X[j5, k] * v[i]
        d6 += X[j6, k] * v[i]
        d7 += X[j7, k] * v[i]
    return d0, d1, d2, d3, d4, d5, d6, d7
