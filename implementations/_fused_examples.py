"""F order, an example is contiguous: blocks of examples.

A block is dotted with w, and then added to dw. What streams is X; w and dw stay in the second cache,
as does the block. With few features, an example is too short to be worth a vector instruction: its
block is copied into a tile on the way.
"""

import numpy as np
from numba import njit

from implementations._fused_activation import activate_next, log_of_product
from implementations._fused_features import add_tile
from implementations._fused_products import INNERMOST, add, add_four, dot, dot_four
from implementations._fused_sizes import BLOCK, LEAST_FEATURES, examples_in_a_block, shares_w


@njit(**INNERMOST)
def _by_short_examples(w, b, Xᵀ, Y, start, stop, dw):
    """Each block of Xᵀ (m, n_x), C order, is copied into a tile on the way."""
    n_x = Xᵀ.shape[1]
    columns = min(BLOCK, stop - start)
    tile, Z, e = np.empty((n_x, columns), Xᵀ.dtype), np.empty(columns, Xᵀ.dtype), np.empty(BLOCK)
    J, db = 0.0, 0.0
    for t in range(start, stop, columns):
        n = min(columns, stop - t)
        for j in range(n_x):
            row, column = tile[j], Xᵀ[t : t + n, j]
            for i in range(n):
                row[i] = column[i]
        J_t, db_t = add_tile(w, b, tile, Y[t : t + n], 0, dw, Z[:n], e)
        J += J_t
        db += db_t
    return J, db


@njit(**INNERMOST)
def by_examples(w, b, X, Y, start, stop, dw):
    """Examples `start` to `stop` of X (n_x, m), F order.

    One example after another is read for Z, as the memory likes it: four side by side streamed at 12
    to 20 GB/s where one alone did at 26 to 30. Only where w is too long for the first cache is it
    shared by four. Four together are then added to dw, out of a cache.
    """
    n_x, Xᵀ = len(w), X.T
    if n_x < LEAST_FEATURES:
        return _by_short_examples(w, b, Xᵀ, Y, start, stop, dw)
    row_bytes = n_x * Xᵀ.itemsize
    examples = examples_in_a_block(row_bytes, (stop - start) * row_bytes)
    Z, e = np.empty(examples, Xᵀ.dtype), np.empty(BLOCK)
    J, db, waiting = 0.0, 0.0, 0  # so many e wait for their logarithm
    for t in range(start, stop, examples):
        n = min(examples, stop - t)
        fours = n - n % 4
        shared = fours if shares_w(row_bytes) else 0
        for i in range(0, shared, 4):
            z0, z1, z2, z3 = dot_four(w, Xᵀ, t + i, 0)
            Z[i], Z[i + 1], Z[i + 2], Z[i + 3] = z0 + b, z1 + b, z2 + b, z3 + b
        for i in range(shared, n):
            Z[i] = dot(w, Xᵀ, t + i, 0) + b
        J_t, db_t, waiting = activate_next(Z[:n], Y[t : t + n], e, waiting)
        J += J_t
        db += db_t
        for i in range(0, fours, 4):
            add_four(dw, Z, i, Xᵀ, t + i, 0)
        for i in range(fours, n):
            add(dw, Z, i, Xᵀ, t + i, 0)
    J += log_of_product(e[:waiting])
    return J, db
