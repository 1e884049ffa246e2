"""C order, a feature is contiguous: tiles of columns, all features long.

A tile adds its features to Z, and is then dotted with dZ. It stays in the second cache while its rows
are long enough for the memory to stream them; with more features X is read twice. (In tiles that the
third cache holds it was no faster: KERNELS.md.)
"""

import numpy as np
from numba import njit

from implementations._fused_activation import activate_all
from implementations._fused_products import (
    INNERMOST,
    add,
    add_eight,
    add_four,
    dot,
    dot_eight,
    dot_four,
)
from implementations._fused_sizes import BLOCK, columns_in_a_tile


@njit(**INNERMOST)
def add_features(Z, w, X, t, first, last):
    """Z += wᵀX for features `first` to `last` and columns t to t + len(Z) of X (n_x, m)."""
    fours = last - (last - first) % 4
    eights = last - (last - first) % 8
    for j in range(first, eights, 8):
        add_eight(Z, w, j, X, j, t)
    for j in range(eights, fours, 4):
        add_four(Z, w, j, X, j, t)
    for j in range(fours, last):
        add(Z, w, j, X, j, t)


@njit(**INNERMOST)
def add_to_dw(dw, dZ, X, t, first, last):
    """dw += X dZᵀ for the same; the last features first, which are the likelier to be in a cache."""
    fours = last - (last - first) % 4
    for j in range(fours, last):
        dw[j] += dot(dZ, X, j, t)
    eights = last - (last - first) % 8
    for j in range(eights - 8, first - 1, -8):
        d0, d1, d2, d3, d4, d5, d6, d7 = dot_eight(dZ, X, j, t)
        dw[j] += d0
        dw[j + 1] += d1
        dw[j + 2] += d2
        dw[j + 3] += d3
        dw[j + 4] += d4
        dw[j + 5] += d5
        dw[j + 6] += d6
        dw[j + 7] += d7
    for j in range(fours - 4, eights - 1, -4):
        d0, d1, d2, d3 = dot_four(dZ, X, j, t)
        dw[j] += d0
        dw[j + 1] += d1
        dw[j + 2] += d2
        dw[j + 3] += d3


@njit(**INNERMOST)
def add_tile(w, b, X, Y, t, dw, Z, e):
    """Columns t to t + len(Z) of X (n_x, m): adds their part to dw, and returns theirs of J and db."""
    Z[:] = b
    add_features(Z, w, X, t, 0, X.shape[0])
    J, db = activate_all(Z, Y[t : t + len(Z)], e)
    add_to_dw(dw, Z, X, t, 0, X.shape[0])
    return J, db


@njit(**INNERMOST)
def by_features(w, b, X, Y, start, stop, dw):
    """Examples `start` to `stop` of X (n_x, m), C order."""
    columns = min(columns_in_a_tile(X.shape[0], X.itemsize), stop - start)
    Z, e = np.empty(columns, X.dtype), np.empty(BLOCK)
    J, db = 0.0, 0.0
    for t in range(start, stop, columns):
        J_t, db_t = add_tile(w, b, X, Y, t, dw, Z[: min(columns, stop - t)], e)
        J += J_t
        db += db_t
    return J, db
