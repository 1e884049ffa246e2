"""The operations: one file each, and the folder is the registry.

An operation's module defines

    ARGUMENTS       the names of its arguments, in order
    RETURNS         the names of what it returns, in order
    USES_M          False where its shapes depend on n_x alone; its cells then have m = 1
    constant_arguments(rng, X, Y)   the arguments that stay from call to call, as X and Y do in training
    varying_arguments(rng, X, Y)    one set of those that change; a number is given as its first value
    edge_cases(rng, n_x, m)         (name, arguments) of each case in which wrong code is likely to fail
    exact(a, *arguments)            its answers in the arithmetic `a` (problem/arithmetic.py), in order
    bound(r, *arguments)            the error allowed to each answer, element by element, in the rounding `r`
    work(n_x, m)                    the work that every way of computing it has to do

X may be larger than is comfortable to hold twice. An operation without an argument X is given only
the shapes of X and Y, NaN for values. `exact` and `bound` take a matrix as it is, in its own dtype
(every other array in float64), and use it through a.product, product() and by_element(), which work
in blocks (problem/blocks.py).
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from benchmarks.registry import members


class Work(NamedTuple):
    """The work that an operation needs, however it is computed: what the roofline is drawn from.

    Numbers to read, numbers to write, flops, exponentials and logarithms; each the minimum.
    """

    read: int
    written: int
    flops: int
    exps: int = 0
    logs: int = 0


@cache
def operations() -> Mapping[str, ModuleType]:
    """Every operation by its name."""
    names = members(Path(__file__).parent)
    return {name: import_module(f"{__name__}.{name}") for name in names}
