"""The operations: one file each, and the folder is the registry.

An operation's module defines

    ARGUMENTS       the names of its arguments, in order
    RETURNS         the names of what it returns, in order
    USES_M          False where its shapes depend on n_x alone; its cells then have m = 1
    fixed(rng, X, Y)        the arguments that stay from call to call, as X and Y do in training
    moving(rng, X, Y)       one set of those that change; a number is given as its first value
    hard(rng, n_x, m)       (name, arguments) for cases in which a wrong answer likes to hide
    exact(a, *arguments)    its answers in the arithmetic `a` (see problem/arithmetic.py), in order
    bound(r, *arguments)    how far each answer may be off, element by element, in the rounding `r`
    demand(n_x, m)          the least work that any way of computing it has to do
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from benchmarks.operations._demand import Demand

__all__ = ["Demand", "operations"]


@cache
def operations() -> Mapping[str, ModuleType]:
    """Every operation by its name."""
    names = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    return {name: import_module(f"{__name__}.{name}") for name in sorted(names)}
