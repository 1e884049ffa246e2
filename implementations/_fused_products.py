"""The innermost loops: one, four or eight rows of X at a time into a sum, or dotted with a vector.

The more rows share a pass, the fewer loads: of eight rows, a vector of X costs 1 1/8 or 1 1/4.
"""

from typing import Any

from numba import njit

# Sums may be taken in any order, which is what makes vector instructions of a loop; the division
# must not raise an error, which would make none of it.
REORDER: dict[str, Any] = {"error_model": "numpy", "fastmath": {"contract", "reassoc", "nsz"}}
# For all that is called: a call would hand over seven words for each array, 25 ns, as much as 80 numbers
# take; and a function that is not inlined may be called in another library's copy of it, which is not
# compiled quite as this one is: code from the cache then differed from new code in the last bit.
INNERMOST: Any = {**REORDER, "forceinline": True}


@njit(**INNERMOST)
def add(Z, w0, x0):
    for i in range(len(Z)):
        Z[i] += w0 * x0[i]


@njit(**INNERMOST)
def add_four(Z, w0, w1, w2, w3, x0, x1, x2, x3):
    for i in range(len(Z)):
        Z[i] += w0 * x0[i] + w1 * x1[i] + w2 * x2[i] + w3 * x3[i]


@njit(**INNERMOST)
def add_eight(Z, w0, w1, w2, w3, w4, w5, w6, w7, x0, x1, x2, x3, x4, x5, x6, x7):
    for i in range(len(Z)):
        Z[i] += (w0 * x0[i] + w1 * x1[i] + w2 * x2[i] + w3 * x3[i]) + (
            w4 * x4[i] + w5 * x5[i] + w6 * x6[i] + w7 * x7[i]
        )


@njit(**INNERMOST)
def dot(v, x0):
    d0 = v.dtype.type(0)
    for i in range(len(v)):
        d0 += x0[i] * v[i]
    return d0


@njit(**INNERMOST)
def dot_four(v, x0, x1, x2, x3):
    zero = v.dtype.type(0)
    d0, d1, d2, d3 = zero, zero, zero, zero
    for i in range(len(v)):
        d0 += x0[i] * v[i]
        d1 += x1[i] * v[i]
        d2 += x2[i] * v[i]
        d3 += x3[i] * v[i]
    return d0, d1, d2, d3


@njit(**INNERMOST)
def dot_eight(v, x0, x1, x2, x3, x4, x5, x6, x7):
    zero = v.dtype.type(0)
    d0, d1, d2, d3, d4, d5, d6, d7 = zero, zero, zero, zero, zero, zero, zero, zero
    for i in range(len(v)):
        d0 += x0[i] * v[i]
        d1 += x1[i] * v[i]
        d2 += x2[i] * v[i]
        d3 += x3[i] * v[i]
        d4 += x4[i] * v[i]
        d5 += x5[i] * v[i]
        d6 += x6[i] * v[i]
        d7 += x7[i] * v[i]
    return d0, d1, d2, d3, d4, d5, d6, d7
