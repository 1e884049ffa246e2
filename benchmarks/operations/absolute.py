"""|v|, element by element: the lesson's `np.abs(v)`. No rounding, so no error is allowed."""

import numpy as np

from benchmarks.operations._elementwise import (
    ARGUMENTS,
    RETURNS,
    USES_M,
    constant_arguments,
    varying_arguments,
)
from benchmarks.operations._elementwise import signs as edge_cases
from benchmarks.operations._work import Work

__all__ = [
    "ARGUMENTS",
    "RETURNS",
    "USES_M",
    "constant_arguments",
    "edge_cases",
    "varying_arguments",
]


def exact(a, v):
    return (np.abs(a.lift(v)),)


def bound(r, v):
    return (np.zeros(v.shape),)


def work(n_x, m):
    return Work(read=n_x, written=n_x, flops=n_x)
