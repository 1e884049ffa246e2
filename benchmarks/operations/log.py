"""log v, element by element: the lesson's `np.log(v)`, for v above 0."""

import numpy as np

from benchmarks.operations import Work
from benchmarks.operations import _elementwise as elementwise

ARGUMENTS, RETURNS, USES_M = elementwise.ARGUMENTS, elementwise.RETURNS, elementwise.USES_M
varying_arguments = elementwise.varying_arguments


def constant_arguments(rng, X, Y):
    """Log-normal numbers: above 0, most of them near 1, where the logarithm changes its sign."""
    return {"v": np.exp(elementwise.constant_arguments(rng, X, Y)["v"])}


def edge_cases(rng, n_x, m):
    return elementwise.cases(
        n_x, near_1=[1.0, 1 + 2**-20, 1 - 2**-20], small=[1e-37, 1e-9], large=[1e30, 1e37]
    )


def exact(a, v):
    return (a.log(a.lift(v)),)


def bound(r, v):
    return (r.few * np.abs(np.log(v)) + r.tiny,)


def work(n_x, m):
    return Work(read=n_x, written=n_x, flops=0, logs=n_x)
