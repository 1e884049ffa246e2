"""max(v, 0), element by element: the lesson's `np.maximum(v, 0)`. No error is allowed."""

import numpy as np

from benchmarks.operations import Work
from benchmarks.operations import _elementwise as elementwise

ARGUMENTS, RETURNS, USES_M = elementwise.ARGUMENTS, elementwise.RETURNS, elementwise.USES_M
constant_arguments = elementwise.constant_arguments
varying_arguments = elementwise.varying_arguments
edge_cases = elementwise.signs


def exact(a, v):
    return (np.maximum(a.lift(v), 0),)


def bound(r, v):
    return (np.zeros(v.shape),)


def work(n_x, m):
    return Work(read=n_x, written=n_x, flops=n_x)
