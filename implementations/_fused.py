"""Cost and gradient in one pass over X: the kernels of numba_fused and numba_prepared.

A step needs Z = wᵀX + b, then A, J and dZ = A - Y, then dw = X dZᵀ / m. Written as two products it
reads X twice. Here a part of X is read from memory once, used for Z, and used again for dw while it
is still in a cache. What a part is depends on how X lies in memory:

    examples    (F order: an example is contiguous.) A block of examples is dotted with w, and each is
                then added to dw. What streams is X; w and dw stay in the second cache, as does the block.
    features    (C order: a feature is contiguous.) A tile of columns, all features long, adds its
                features to Z, and is then dotted with dZ. The tile stays in the second cache while
                its rows are long enough for the memory to stream them; with more features X is read
                twice. (In tiles that the third cache holds it was no faster: KERNELS.md.)

With few features, an example is too short to be worth a vector instruction: its block is copied
into a tile on the way.

The exponential (_exponential.py) is computed in the loop, eight at a time (or as many as a vector
has), and there is only one for each example; no logarithm at all, since

    Σ log(1 + e_i) = log Π (1 + e_i),    Π (1 + e_i) - 1 = q,    q <- q + e + q e

in which every term is positive, so that nothing is lost however small the e_i are. One log1p serves
a whole block.

Every thread has a part of the examples of its own and a dw of its own; they are summed in the order
of the threads. So the answer depends on the number of threads, and not on which of them was first.
"""

from typing import Any

import numpy as np
from numba import get_num_threads, njit, prange

from implementations._exponential import exponential

# Sums may be taken in any order, which is what makes vector instructions of a loop; the division
# must not raise an error, which would make none of it.
_REORDER: dict[str, Any] = {"error_model": "numpy", "fastmath": {"contract", "reassoc", "nsz"}}
# A call would hand over seven words for each array: 25 ns, as much as 80 numbers take.
_INNERMOST: dict[str, Any] = {**_REORDER, "forceinline": True}

# A product of so many factors, none above 2, is below 2^1000, and so below the largest float64.
_BLOCK = 960
# The rest was tuned on two cores with 32 KiB, 1 MiB and 32 MiB of cache; KERNELS.md has the figures.
_L2_BYTES = 512 << 10  # of a second cache, for a part of X: w, dw and Z are there as well
_LEAST_ROW_BYTES = 2048  # shorter rows of a tile do not stream: the memory's lines come one by one
_MOST_COLUMNS = 2048  # of a tile where X is read twice in any case: Z stays in the first cache
_L1_BYTES = 16 << 10  # a longer w is read from the second cache for every example, so four share it
_MOST_EXAMPLES = 16  # in a block: two vectors of exponentials
# An example of so many bytes is long enough for the prefetcher to follow, and over before it runs
# ahead; few in a block then keep the stream going, where X comes from memory and not from a cache.
_STREAMED_BYTES = 512, 4096
_L3_BYTES = 16 << 20  # of a third cache, for a thread's part of X
LEAST_FEATURES = 16  # from so many on, an example is two vectors long, and worth a loop of its own
_TALL = 2  # times as many features as examples, and the threads share out the features
# Elements of X from which on two threads are faster than one; an example's exponential and division
# count as twelve. They were even between 60,000 and 110,000: a parallel region takes 2 to 10 µs.
_PARALLEL_FROM, _EXAMPLE = 90_000, 12


# What happens to the examples of a block ----------------------------------------------------------


@njit(**_REORDER)
def _activate(Z, Y, e):
    """Z (n,) becomes dZ = σ(Z) - Y in place; the sums of the losses but for log(1 + e), and of dZ.

    e (n,) becomes e^-|Z|: the rest of the losses is the logarithm of the product of all 1 + e.
    """
    one, zero = Z.dtype.type(1), Z.dtype.type(0)
    J, db = 0.0, 0.0
    for i in range(len(Z)):
        z, y = Z[i], Y[i]
        e_i = exponential(-abs(z))
        # The loss, -(y log a + (1 - y) log(1 - a)), is max(z, 0) - y z + log(1 + e^-|z|).
        J += (z if z > zero else zero) - y * z
        e[i] = e_i
        dz = (one if z >= zero else e_i) / (one + e_i) - y
        db += dz
        Z[i] = dz
    return J, db


@njit(**_REORDER)
def _log_of_product(e):
    """Σ log(1 + e_i), at most _BLOCK of them; e (n,) is used up. Pairwise, half with half."""
    n = len(e)
    while n > 1:
        half = n // 2
        upper = e[n - half : n]
        for i in range(half):
            e[i] = e[i] + upper[i] + e[i] * upper[i]
        n -= half
    return np.log1p(e[0])


@njit(**_REORDER)
def _activate_all(Z, Y, e):
    """The same for a Z of any length, block by block, with the whole of the losses; e is scratch."""
    J, db = 0.0, 0.0
    for i in range(0, len(Z), _BLOCK):
        block = Z[i : i + _BLOCK]
        part = e[: len(block)]
        J_i, db_i = _activate(block, Y[i : i + _BLOCK], part)
        J += J_i + _log_of_product(part)
        db += db_i
    return J, db


# A feature is contiguous: tiles of columns ---------------------------------------------------------


@njit(**_INNERMOST)
def _add_four(Z, w0, w1, w2, w3, x0, x1, x2, x3):
    for i in range(len(Z)):
        Z[i] += w0 * x0[i] + w1 * x1[i] + w2 * x2[i] + w3 * x3[i]


@njit(**_INNERMOST)
def _add(Z, w0, x0):
    for i in range(len(Z)):
        Z[i] += w0 * x0[i]


@njit(**_INNERMOST)
def _dot_four(v, x0, x1, x2, x3):
    zero = v.dtype.type(0)
    d0, d1, d2, d3 = zero, zero, zero, zero
    for i in range(len(v)):
        d0 += x0[i] * v[i]
        d1 += x1[i] * v[i]
        d2 += x2[i] * v[i]
        d3 += x3[i] * v[i]
    return d0, d1, d2, d3


@njit(**_INNERMOST)
def _dot(v, x0):
    d0 = v.dtype.type(0)
    for i in range(len(v)):
        d0 += x0[i] * v[i]
    return d0


@njit(**_REORDER)
def _add_features(Z, w, X, t, first, last):
    """Z += wᵀX for features `first` to `last` and columns t to t + len(Z) of X (n_x, m)."""
    u = t + len(Z)
    fours = last - (last - first) % 4
    for j in range(first, fours, 4):
        x0, x1, x2, x3 = X[j, t:u], X[j + 1, t:u], X[j + 2, t:u], X[j + 3, t:u]
        _add_four(Z, w[j], w[j + 1], w[j + 2], w[j + 3], x0, x1, x2, x3)
    for j in range(fours, last):
        _add(Z, w[j], X[j, t:u])


@njit(**_REORDER)
def _add_to_dw(dw, dZ, X, t, first, last):
    """dw += X dZᵀ for the same; the last features first, which are the likelier to be in a cache."""
    u = t + len(dZ)
    fours = last - (last - first) % 4
    for j in range(fours, last):
        dw[j] += _dot(dZ, X[j, t:u])
    for j in range(fours - 4, first - 1, -4):
        d0, d1, d2, d3 = _dot_four(dZ, X[j, t:u], X[j + 1, t:u], X[j + 2, t:u], X[j + 3, t:u])
        dw[j] += d0
        dw[j + 1] += d1
        dw[j + 2] += d2
        dw[j + 3] += d3


@njit(**_REORDER)
def _tile(w, b, X, Y, t, dw, Z, e):
    """Columns t to t + len(Z) of X (n_x, m): adds their part to dw, and returns theirs of J and db."""
    Z[:] = b
    _add_features(Z, w, X, t, 0, X.shape[0])
    J, db = _activate_all(Z, Y[t : t + len(Z)], e)
    _add_to_dw(dw, Z, X, t, 0, X.shape[0])
    return J, db


@njit(**_REORDER)
def _columns_in_a_tile(n_x, itemsize):
    """How wide a tile is, so that it stays where its second use finds it."""
    column = n_x * itemsize
    least = _LEAST_ROW_BYTES // itemsize
    if _L2_BYTES // column >= least:
        return min(_BLOCK, _L2_BYTES // column)
    return _MOST_COLUMNS


@njit(**_REORDER)
def _by_features(w, b, X, Y, start, stop, dw):
    """Examples `start` to `stop` of X (n_x, m), C order."""
    columns = min(_columns_in_a_tile(X.shape[0], X.itemsize), stop - start)
    Z, e = np.empty(columns, X.dtype), np.empty(_BLOCK)
    J, db = 0.0, 0.0
    for t in range(start, stop, columns):
        J_t, db_t = _tile(w, b, X, Y, t, dw, Z[: min(columns, stop - t)], e)
        J += J_t
        db += db_t
    return J, db


# An example is contiguous: blocks of examples -------------------------------------------------------


@njit(**_REORDER)
def _examples_in_a_block(row_bytes, all_bytes):
    """So many that exponentials come by the vector; but four where that would starve the stream."""
    fitting = max(1, _L2_BYTES // row_bytes)
    if _STREAMED_BYTES[0] <= row_bytes < _STREAMED_BYTES[1] and all_bytes > _L3_BYTES:
        fitting = 1
    return max(4, min(_MOST_EXAMPLES, fitting) // 4 * 4)


@njit(**_REORDER)
def _by_examples(w, b, Xᵀ, Y, start, stop, dw):
    """Examples `start` to `stop` of Xᵀ (m, n_x), C order.

    One example after another is read for Z, as the memory likes it: four side by side streamed at 12
    to 20 GB/s where one alone did at 26 to 30. Only where w is too long for the first cache is it
    shared by four. Four together are then added to dw, out of a cache.
    """
    n_x = Xᵀ.shape[1]
    row_bytes = n_x * Xᵀ.itemsize
    examples = _examples_in_a_block(row_bytes, (stop - start) * row_bytes)
    Z, e = np.empty(examples, Xᵀ.dtype), np.empty(_BLOCK)
    J, db, waiting = 0.0, 0.0, 0  # so many e wait for their logarithm
    for t in range(start, stop, examples):
        n = min(examples, stop - t)
        fours = n - n % 4
        shared = fours if row_bytes > _L1_BYTES else 0
        for i in range(0, shared, 4):
            x0, x1, x2, x3 = Xᵀ[t + i], Xᵀ[t + i + 1], Xᵀ[t + i + 2], Xᵀ[t + i + 3]
            z0, z1, z2, z3 = _dot_four(w, x0, x1, x2, x3)
            Z[i], Z[i + 1], Z[i + 2], Z[i + 3] = z0 + b, z1 + b, z2 + b, z3 + b
        for i in range(shared, n):
            Z[i] = _dot(w, Xᵀ[t + i]) + b
        J_t, db_t = _activate(Z[:n], Y[t : t + n], e[waiting : waiting + n])
        J += J_t
        db += db_t
        waiting += n
        if waiting + examples > _BLOCK:
            J += _log_of_product(e[:waiting])
            waiting = 0
        for i in range(0, fours, 4):
            x0, x1, x2, x3 = Xᵀ[t + i], Xᵀ[t + i + 1], Xᵀ[t + i + 2], Xᵀ[t + i + 3]
            _add_four(dw, Z[i], Z[i + 1], Z[i + 2], Z[i + 3], x0, x1, x2, x3)
        for i in range(fours, n):
            _add(dw, Z[i], Xᵀ[t + i])
    if waiting:
        J += _log_of_product(e[:waiting])
    return J, db


@njit(**_REORDER)
def _by_short_examples(w, b, Xᵀ, Y, start, stop, dw):
    """The same where n_x is small: each block is copied into a tile on the way."""
    n_x = Xᵀ.shape[1]
    columns = min(_BLOCK, stop - start)
    tile, Z, e = np.empty((n_x, columns), Xᵀ.dtype), np.empty(columns, Xᵀ.dtype), np.empty(_BLOCK)
    J, db = 0.0, 0.0
    for t in range(start, stop, columns):
        n = min(columns, stop - t)
        for j in range(n_x):
            row, column = tile[j], Xᵀ[t : t + n, j]
            for i in range(n):
                row[i] = column[i]
        J_t, db_t = _tile(w, b, tile, Y[t : t + n], 0, dw, Z[:n], e)
        J += J_t
        db += db_t
    return J, db


# One thread or many ---------------------------------------------------------------------------------


@njit(**_REORDER)
def _part(w, b, X, Y, transposed, start, stop, dw):
    if transposed is None:  # decided when it is compiled
        return _by_features(w, b, X, Y, start, stop, dw)
    if X.shape[1] < LEAST_FEATURES:
        return _by_short_examples(w, b, X, Y, start, stop, dw)
    return _by_examples(w, b, X, Y, start, stop, dw)


@njit(cache=True, **_REORDER)
def _alone(w, b, X, Y, transposed):
    """All of it by one thread. X is (n_x, m), or (m, n_x) if `transposed` (True or None); C order."""
    w, Y, b = w.reshape(-1), Y.reshape(-1), X.dtype.type(b)
    m = len(Y)
    dw = np.zeros((len(w), 1), X.dtype)
    J, db = _part(w, b, X, Y, transposed, 0, m, dw.reshape(-1))
    dw /= X.dtype.type(m)
    return J / m, dw, db / m


@njit(cache=True, parallel=True, **_REORDER)
def _together(w, b, X, Y, transposed, threads):
    """The same by several threads, each with examples and a dw of its own."""
    w, Y, b = w.reshape(-1), Y.reshape(-1), X.dtype.type(b)
    m, n_x = len(Y), len(w)
    # Bounds of 16 examples, so that no two threads write to one line of memory; and rows of dw apart.
    each = -(-m // (16 * threads)) * 16
    parts = np.zeros((threads, n_x + 16), X.dtype)
    Js, dbs = np.zeros(threads), np.zeros(threads)
    for k in prange(threads):
        start, stop = min(k * each, m), min((k + 1) * each, m)
        if start < stop:
            J, db = _part(w, b, X, Y, transposed, start, stop, parts[k, :n_x])
            Js[k], dbs[k] = J, db
    dw = np.empty((n_x, 1), X.dtype)
    for j in range(n_x):
        total = X.dtype.type(0)
        for k in range(threads):
            total += parts[k, j]
        dw[j, 0] = total / m
    return Js.sum() / m, dw, dbs.sum() / m


@njit(cache=True, parallel=True, **_REORDER)
def _tall_together(w, b, X, Y, threads):
    """By several threads, each with features of its own: where these are many and the examples few.

    X (n_x, m), C order, is read twice, as it lies in memory; it would be cut to pieces by examples. Here
    alone is there a Z for all examples at once, one for each thread: each is shorter than w.
    """
    w, Y, b = w.reshape(-1), Y.reshape(-1), X.dtype.type(b)
    n_x, m = X.shape
    each = -(-n_x // (16 * threads)) * 16
    parts = np.zeros((threads, m + 16), X.dtype)
    for k in prange(threads):
        _add_features(parts[k, :m], w, X, 0, min(k * each, n_x), min((k + 1) * each, n_x))
    Z = parts[0, :m]
    Z += b
    for k in range(1, threads):
        _add(Z, X.dtype.type(1), parts[k, :m])
    J, db = _activate_all(Z, Y, np.empty(_BLOCK))
    dw = np.zeros((n_x, 1), X.dtype)
    sums = dw.reshape(-1)
    for k in prange(threads):
        _add_to_dw(sums, Z, X, 0, min(k * each, n_x), min((k + 1) * each, n_x))
    dw /= X.dtype.type(m)
    return J / m, dw, db / m


def fused(w, b, X, Y, alone=_alone) -> tuple:
    """J, dw and db; X may lie in either order, and is copied if it lies in neither.

    `alone` is what one thread does.
    """
    transposed = None
    if X.flags.f_contiguous and not (X.flags.c_contiguous and X.shape[0] == 1):
        X, transposed = X.T, True
    elif not X.flags.c_contiguous:
        X = np.ascontiguousarray(X)
    if X.size + _EXAMPLE * Y.size < _PARALLEL_FROM or (threads := get_num_threads()) == 1:
        return alone(w, b, X, Y, transposed)
    if transposed is None and X.shape[0] >= _TALL * X.shape[1]:
        return _tall_together(w, b, X, Y, threads)
    return _together(w, b, X, Y, transposed, threads)
