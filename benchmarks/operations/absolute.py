"""|v|, element by element: the lesson's `np.abs(v)`. No rounding, so no error is allowed."""

import numpy as np

from benchmarks.operations._demand import Demand
from benchmarks.operations._elementwise import ARGUMENTS, RETURNS, USES_M, fixed, moving
from benchmarks.operations._elementwise import signs as hard

__all__ = ["ARGUMENTS", "RETURNS", "USES_M", "fixed", "hard", "moving"]


def exact(a, v):
    return (np.abs(a.lift(v)),)


def bound(r, v):
    return (np.zeros(v.shape),)


def demand(n_x, m):
    return Demand(read=n_x, written=n_x, flops=n_x)
