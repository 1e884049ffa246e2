"""e^v, element by element: the lesson's `np.exp(v)`."""

import numpy as np

from benchmarks.operations._demand import Demand
from benchmarks.operations._elementwise import ARGUMENTS, RETURNS, USES_M, cases, fixed, moving

__all__ = ["ARGUMENTS", "RETURNS", "USES_M", "fixed", "moving"]


def hard(rng, n_x, m):
    return cases(n_x, zeros=[0.0, -0.0], large=[80.0, 88.0, -80.0, -87.0], small=[1e-20, -1e-9])


def exact(a, v):
    return (a.exp(a.lift(v)),)


def bound(r, v):
    return (r.few * np.exp(v) + r.tiny,)


def demand(n_x, m):
    return Demand(read=n_x, written=n_x, flops=0, exps=n_x)
