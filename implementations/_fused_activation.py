"""What happens to the examples of a block: Z becomes dZ, and the losses are summed.

The exponential (_exponential.py) is computed in the loop, eight at a time (or as many as a vector
has), and there is only one for each example; no logarithm at all, since

    Σ log(1 + e_i) = log Π (1 + e_i),    Π (1 + e_i) - 1 = q,    q <- q + e + q e

in which every term is positive, so that nothing is lost however small the e_i are. One log1p serves
a whole block.
"""

import numpy as np
from numba import njit

from implementations._exponential import exponential
from implementations._fused_products import INNERMOST
from implementations._fused_sizes import BLOCK


@njit(**INNERMOST)
def activate(Z, Y, e):
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


@njit(**INNERMOST)
def log_of_product(e):
    """Σ log(1 + e_i), at most BLOCK of them; e (n,) is used up. Pairwise, half with half."""
    n = len(e)
    while n > 1:
        half = n // 2
        upper = e[n - half : n]
        for i in range(half):
            e[i] = e[i] + upper[i] + e[i] * upper[i]
        n -= half
    return np.log1p(e[0])


@njit(**INNERMOST)
def activate_next(Z, Y, e, waiting):
    """The same for the next block, whose e join those that wait for their logarithm: how many do, last.

    Only where they would be too many is the logarithm taken, and added to J.
    """
    J = 0.0
    if waiting + len(Z) > len(e):
        J = log_of_product(e[:waiting])
        waiting = 0
    J_t, db = activate(Z, Y, e[waiting : waiting + len(Z)])
    return J + J_t, db, waiting + len(Z)


@njit(**INNERMOST)
def activate_all(Z, Y, e):
    """The same for a Z of any length, block by block, with the whole of the losses; e is scratch."""
    J, db = 0.0, 0.0
    for i in range(0, len(Z), BLOCK):
        block = Z[i : i + BLOCK]
        part = e[: len(block)]
        J_i, db_i = activate(block, Y[i : i + BLOCK], part)
        J += J_i + log_of_product(part)
        db += db_i
    return J, db
