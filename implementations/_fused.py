"""Cost and gradient in one pass over X: the kernels of numba_fused and numba_prepared.

A step needs Z = wᵀX + b, then A, J and dZ = A - Y, then dw = X dZᵀ / m. Written as two products it
reads X twice. Here a part of X is read from memory once, used for Z, and used again for dw while it
is still in a cache. What a part is depends on how X lies in memory: a tile of columns
(_fused_features.py), a block of examples (_fused_examples.py) or a tile that was packed
(_fused_tiles.py).

Every thread has a part of the examples of its own and a dw of its own; they are summed in the order
of the threads. So the answer depends on the number of threads, and not on which of them was first.
"""

import numpy as np
from numba import get_num_threads, njit, prange
from numba.extending import overload

from implementations._contract import CostGradient
from implementations._fused_activation import activate_all
from implementations._fused_examples import by_examples
from implementations._fused_features import add_features, add_to_dw, by_features
from implementations._fused_products import INNERMOST, REORDER
from implementations._fused_sizes import BLOCK, EXAMPLE, PARALLEL_FROM, SUM, TALL
from implementations._fused_tiles import by_tiles

_as_tuple = tuple.__new__  # of a named tuple: it takes 0.2 µs less than its class does


def _part(w, b, X, Y, start, stop, dw):
    """Examples `start` to `stop` of X (n_x, m): adds their part to dw, returns theirs of J and db."""


@overload(_part, jit_options=INNERMOST)
def _part_of(w, b, X, Y, start, stop, dw):
    """By the order of X, which is known when it is compiled."""
    if X.ndim == 3:
        return by_tiles.py_func
    return by_examples.py_func if X.layout == "F" else by_features.py_func


@njit(**INNERMOST)
def whole(w, b, X, Y, dw):
    """All of it by one thread."""
    w, Y, b, sums = w.reshape(-1), Y.reshape(-1), X.dtype.type(b), dw.reshape(-1)
    m = len(Y)
    sums[:] = 0
    J, db = _part(w, b, X, Y, 0, m, sums)
    share = X.dtype.type(m)
    for j in range(len(sums)):
        sums[j] /= share
    return J / m, db / m


_alone = njit(cache=True, **REORDER)(whole.py_func)


@njit(cache=True, parallel=True, **REORDER)
def _together(w, b, X, Y, threads):
    """The same by several threads, each with examples and a dw of its own."""
    w, Y, b = w.reshape(-1), Y.reshape(-1), X.dtype.type(b)
    m, n_x = len(Y), len(w)
    # By features, bounds that are whole vectors; by examples, which are added by fours; half tiles.
    # Rows of dw are apart, so that no two threads write to one line of memory.
    least = X.shape[2] // 2 if X.ndim == 3 else 16 if X.flags.c_contiguous else 4
    each = -(-m // (least * threads)) * least
    parts = np.empty((threads, n_x + 16), X.dtype)
    Js, dbs = np.empty(threads), np.empty(threads)
    for k in prange(threads):
        start, stop = min(k * each, m), min((k + 1) * each, m)
        for j in range(n_x):
            parts[k, j] = 0
        Js[k], dbs[k] = 0.0, 0.0
        if start < stop:
            Js[k], dbs[k] = _part(w, b, X, Y, start, stop, parts[k, :n_x])
    dw = np.empty((n_x, 1), X.dtype)
    J, db, share = 0.0, 0.0, X.dtype.type(m)
    for k in range(threads):
        J += Js[k]
        db += dbs[k]
    sums = dw.reshape(-1)
    for j in range(n_x):
        sums[j] = parts[0, j]
    for k in range(1, threads):
        for j in range(n_x):
            sums[j] += parts[k, j]
    for j in range(n_x):
        sums[j] /= share
    return J / m, dw, db / m


@njit(cache=True, parallel=True, **REORDER)
def _tall_together(w, b, X, Y, threads):
    """By several threads, each with features of its own: where these are many and the examples few.

    X (n_x, m), C order, is read twice, as it lies in memory; it would be cut to pieces by examples. Here
    alone is there a Z for all examples at once, one for each thread: each is shorter than w.
    """
    w, Y, b = w.reshape(-1), Y.reshape(-1), X.dtype.type(b)
    n_x, m = len(w), len(Y)
    each = -(-n_x // (16 * threads)) * 16
    parts = np.empty((threads, m + 16), X.dtype)
    for k in prange(threads):
        for i in range(m):
            parts[k, i] = 0
        add_features(parts[k, :m], w, X, 0, min(k * each, n_x), min((k + 1) * each, n_x))
    Z = parts[0, :m]
    for i in range(m):
        z = b
        for k in range(threads):
            z += parts[k, i]
        Z[i] = z
    J, db = activate_all(Z, Y, np.empty(BLOCK))
    dw, share = np.empty((n_x, 1), X.dtype), X.dtype.type(m)
    sums = dw.reshape(-1)
    for k in prange(threads):
        first, last = min(k * each, n_x), min((k + 1) * each, n_x)
        for j in range(first, last):
            sums[j] = 0
        add_to_dw(sums, Z, X, 0, first, last)
        for j in range(first, last):
            sums[j] /= share
    return J / m, dw, db / m


def fused(w, b, X, Y, alone=_alone) -> CostGradient:
    """J, dw and db; X lies in either order or in tiles, and is copied if it does not.

    `alone` is what one thread does.
    """
    n_x, m = w.shape[0], Y.shape[1]
    if not ((flags := X.flags).c_contiguous or flags.f_contiguous):
        X = np.ascontiguousarray(X)
        flags = X.flags
    work = (n_x + EXAMPLE) * m
    if work >= PARALLEL_FROM and (threads := get_num_threads()) > 1:
        if n_x >= TALL * m and flags.c_contiguous and X.ndim == 2:
            return _as_tuple(CostGradient, _tall_together(w, b, X, Y, threads))
        if work >= PARALLEL_FROM + SUM * n_x:
            return _as_tuple(CostGradient, _together(w, b, X, Y, threads))
    dw = np.empty((n_x, 1), X.dtype)
    J, db = alone(w, b, X, Y, dw)
    return _as_tuple(CostGradient, (J, dw, db))
