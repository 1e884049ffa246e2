"""The most that NumPy can do without a compiler: BLAS called by name, ufuncs into buffers kept from call to call."""

from functools import lru_cache

import numpy as np
from scipy.linalg.blas import dgemv, sgemv

from implementations import CostGradient

PARALLEL = PEER = True
COLOUR = "#332288"
MARKER = "X"
GEMV = {"d": dgemv, "f": sgemv}


@lru_cache(maxsize=4)
def buffers(m, dtype):
    """Z, e, D (1, m) and the mask of the examples with Z >= 0."""
    return *(np.empty((1, m), dtype) for _ in range(3)), np.empty((1, m), bool)


def cost_gradient(w, b, X, Y):
    m = X.shape[1]
    Z, e, D, above = buffers(m, X.dtype)
    gemv = GEMV[X.dtype.char]
    # BLAS reads columns: X.T is what it takes X in C order for, and X itself is in F order.
    A, by_rows = (X.T, 0) if X.flags.c_contiguous else (X, 1)
    Z.fill(b)
    gemv(1, A, w[:, 0], beta=1, y=Z[0], trans=by_rows, overwrite_y=1)
    np.abs(Z, out=e)
    np.negative(e, out=e)
    np.exp(e, out=e)
    # -(Y log A + (1 - Y) log(1 - A)) = max(Z, 0) - Y Z + log(1 + e^-|Z|)
    np.log1p(e, out=D)
    J = D.sum()
    np.maximum(Z, 0, out=D)
    J += D.sum() - np.dot(Y[0], Z[0])
    np.greater_equal(Z, 0, out=above)
    np.add(e, 1, out=D)
    np.copyto(e, 1, where=above)
    np.divide(e, D, out=Z)
    np.subtract(Z, Y, out=Z)
    dw = gemv(1 / m, A, Z[0], trans=1 - by_rows)
    return CostGradient(J / m, dw[:, np.newaxis], Z.sum() / m)
