"""max(v, 0), element by element: the lesson's `np.maximum(v, 0)`. No error is allowed."""

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
    return (np.maximum(a.lift(v), 0),)


def bound(r, v):
    return (np.zeros(v.shape),)


def work(n_x, m):
    return Work(read=n_x, written=n_x, flops=n_x)
