"""|v|, element by element: the lesson's `np.abs(v)`. No rounding, so no error is allowed."""

import numpy as np

from benchmarks.operations import Work
from benchmarks.operations import _elementwise as elementwise

ARGUMENTS, RETURNS, USES_M = elementwise.ARGUMENTS, elementwise.RETURNS, elementwise.USES_M
constant_arguments = elementwise.constant_arguments
varying_arguments = elementwise.varying_arguments
edge_cases = elementwise.signs


def exact(a, v):
    return (np.abs(a.lift(v)),)


def bound(r, v):
    return (np.zeros(v.shape),)


def work(n_x, m):
    return Work(read=n_x, written=n_x, flops=n_x)
