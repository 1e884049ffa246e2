"""|v|, element by element: the lesson's `np.abs(v)`. No rounding, so no error is allowed."""

import numpy as np

from benchmarks.operations._demand import Demand
from benchmarks.operations._elementwise import ARGUMENTS, RETURNS, USES_M, cases, column, nothing

__all__ = ["ARGUMENTS", "RETURNS", "USES_M"]

moving = nothing


def fixed(rng, X, Y):
    return column(rng, X)


def hard(rng, n_x, m):
    return cases(
        n_x, zeros=[0.0, -0.0], large=[-1e30, 1e30], small=[-1e-30, 1e-30], all_below_0=[-1]
    )


def exact(a, v):
    return (np.abs(a.lift(v)),)


def bound(r, v):
    return (np.zeros(v.shape),)


def demand(n_x, m):
    return Demand(read=n_x, written=n_x, flops=n_x)
