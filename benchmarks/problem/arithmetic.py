"""Rounding: the two arithmetics in which exact answers are computed, and what rounding may cost.

An operation writes its exact answer once, against `Arithmetic`; it then comes out in 50 digits for
small problems (multiprecision.MPMATH) and in the machine's longest floating point for large ones
(EXTENDED).
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from benchmarks.problem.blocks import product


class Arithmetic(NamedTuple):
    """`lift` takes an array into these numbers; the rest work on lifted arrays, element by element.

    `product(M, v)` is M (p, n) times v (n, 1), either lifted or not. `unit_roundoff` is 0.0 where the
    arithmetic's own error is nothing beside the errors that it measures.
    """

    lift: Callable[[Any], np.ndarray]
    exp: Callable[[Any], Any]
    log: Callable[[Any], Any]
    log1p: Callable[[Any], Any]
    product: Callable[[np.ndarray, np.ndarray], np.ndarray]
    unit_roundoff: float


def _lift_extended(array) -> np.ndarray:
    return np.asarray(array, dtype=np.longdouble)


# 64 bits of significand on x86, 113 in software on other Linux machines, no more than a double's 53
# on some (Apple's, Windows). The check adds this arithmetic's own error bound to the bound for the
# answer, so it is right on all of them.
EXTENDED = Arithmetic(
    lift=_lift_extended,
    exp=np.exp,
    log=np.log,
    log1p=np.log1p,
    product=partial(product, dtype=np.longdouble),
    unit_roundoff=float(np.finfo(np.longdouble).eps) / 2,
)


def sigmoid(a: Arithmetic, Z):
    """σ(Z) with no overflow on either side."""
    return a.exp(np.minimum(Z, 0)) / (1 + a.exp(-np.abs(Z)))


def softplus(a: Arithmetic, Z):
    """log(1 + e^Z) with no overflow."""
    return np.maximum(Z, 0) + a.log1p(a.exp(-np.abs(Z)))


class Rounding(NamedTuple):
    """A floating point format, as error bounds see it.

    `u` is its unit roundoff; `tiny` its smallest normal number, below which a result may be flushed
    to zero; `few` is what an elementary function and the handful of operations around it may be off
    by, relative to the result: four units in the last place (the most that the vector libraries
    behind NumPy, SVML among them, state for exp and log in either precision) and two roundings more.
    `whole` is how many examples there are, where only a part of them is looked at.
    """

    u: float
    tiny: float
    whole: int = 0

    @property
    def few(self) -> float:
        return 10 * self.u

    def gamma(self, k: int) -> float:
        """γ_k = k·u / (1 - k·u), the error of k roundings in a row (Higham 2002, lemma 3.1).

        It ends at k·u = 1, which float32 reaches with 2^24 terms. From k·u = 1/2 on it is 2·k·u, where
        both are 1: a sum or product of k terms is off by at most k·u, for any k and in any order
        (Jeannerod and Rump 2013, Improved Error Bounds for Inner Products in Floating-Point Arithmetic),
        and the few roundings beside it by less than as much again.
        """
        return k * self.u / (1 - min(k * self.u, 0.5))


def rounding(dtype) -> Rounding:
    info = np.finfo(dtype)
    return Rounding(float(info.eps) / 2, float(info.tiny))
