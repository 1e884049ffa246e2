"""e^v, element by element: the lesson's `np.exp(v)`."""

import numpy as np

from benchmarks.operations import Work
from benchmarks.operations import _elementwise as elementwise

ARGUMENTS, RETURNS, USES_M = elementwise.ARGUMENTS, elementwise.RETURNS, elementwise.USES_M
constant_arguments = elementwise.constant_arguments
varying_arguments = elementwise.varying_arguments


def edge_cases(rng, n_x, m):
    return elementwise.cases(
        n_x, zeros=[0.0, -0.0], large=[80.0, 88.0, -80.0, -87.0], small=[1e-20, -1e-9]
    )


def exact(a, v):
    return (a.exp(a.lift(v)),)


def bound(r, v):
    return (r.few * np.exp(v) + r.tiny,)


def work(n_x, m):
    return Work(read=n_x, written=n_x, flops=0, exps=n_x)
