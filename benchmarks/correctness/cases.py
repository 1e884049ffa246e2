"""The cases that an implementation must compute correctly before it is timed: sizes and edge cases.

Every case comes in both precisions and both memory orders. It is computed twice, with different
parameters on the same data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from types import ModuleType

import numpy as np

from benchmarks.problem.arguments import Problem, make_problem

SEED = 20170801
LAYOUTS = tuple(product(("float64", "float32"), ("C", "F")))

# (n_x, m): ones, odd, square, wide, no multiple of any vector width, on both sides of powers of two.
# The first has two memory orders, so that the first call in each compiles for it: ones have only one.
SHAPES = (
    *((2, 3), (1, 1), (1, 8), (8, 1), (3, 2), (5, 5), (7, 13), (16, 16), (31, 17), (17, 33)),
    *((4, 129), (129, 4), (1, 255), (257, 2)),
)
EDGE_CASE_SHAPES = ((1, 6), (7, 23))
# Long beyond any blocking, one way, the other way, and both at once.
LONG_SHAPES = ((2, 100_003), (100_003, 2), (12_289, 5), (13, 8_191), (1_001, 1_003))


@dataclass(frozen=True, eq=False)
class Case:
    """A problem, and a name by which a person can find it. Calls 0 to `calls` - 1 are checked.

    `layout` is its dtype and memory order: "float64 C".
    """

    name: str
    problem: Problem
    layout: str
    calls: int = 2

    @property
    def short(self) -> bool:
        """Is a call over in no time, unless it compiles?"""
        return self.calls > 1


def cases(operation: ModuleType) -> Iterator[Case]:
    """Every case of the operation, cheap ones first. The short ones are the same objects every time."""
    yield from _short_cases(operation)
    for n_x, m in _sizes(operation, LONG_SHAPES):
        rng = np.random.default_rng([SEED, n_x, m])
        constant, varying = _random_arguments(operation, rng, n_x, m)
        for dtype, order in LAYOUTS:
            name, values = "long", constant
            if (dtype, order) == ("float32", "F") and operation.USES_M:
                # Over a long sum of alike terms float32 may round away a whole term.
                name, values = "long, last column heavy", _last_column_heavy(constant)
            yield _case(operation, name, (values, varying), n_x, m, dtype, order, calls=1)


def _last_column_heavy(constant: dict) -> dict:
    """All but the last column made small, so that no margin is at its end, where dZ may be 0."""
    matrix, *rest = constant.items()
    name, values = matrix[0], 1e-6 * matrix[1]
    values[:, -1] *= 1e6
    return {name: values, **dict(rest)}


def _case(operation, name, arguments, n_x, m, dtype, order, calls=2) -> Case:
    constant, varying = arguments
    problem = make_problem(operation.ARGUMENTS, constant, varying, dtype, order)
    return Case(f"n_x={n_x}, m={m}, {order}, {dtype}, {name}", problem, f"{dtype} {order}", calls)


@cache  # all implementations meet the same; the long ones would fill the memory
def _short_cases(operation) -> tuple[Case, ...]:
    return tuple(
        _case(operation, name, arguments, n_x, m, dtype, order)
        for n_x, m, name, arguments in _short_arguments(operation)
        for dtype, order in LAYOUTS
    )


def _short_arguments(operation) -> Iterator[tuple]:
    for n_x, m in _sizes(operation, SHAPES):
        rng = np.random.default_rng([SEED, n_x, m])
        yield n_x, m, "random", _random_arguments(operation, rng, n_x, m)
    for n_x, m in _sizes(operation, EDGE_CASE_SHAPES):
        rng = np.random.default_rng([SEED, n_x, m, 1])
        X, Y = _data(rng, n_x, m)
        for name, arguments in operation.edge_cases(rng, n_x, m):
            first, second = {}, operation.varying_arguments(rng, X, Y)
            for key in second:
                first[key] = arguments.pop(key)
                second[key] = -first[key] if np.any(first[key]) else second[key]
            yield n_x, m, name, (arguments, [first, second])


def _random_arguments(operation, rng, n_x, m) -> tuple:
    X, Y = _data(rng, n_x, m)
    constant = operation.constant_arguments(rng, X, Y)
    return constant, [operation.varying_arguments(rng, X, Y) for _ in range(2)]


def random_problem(operation, n_x: int, m: int, order: str, k: int) -> Problem:
    """The k-th problem of random data of this size, in float64."""
    rng = np.random.default_rng([SEED, n_x, m, 2, k])
    constant, varying = _random_arguments(operation, rng, n_x, m)
    return make_problem(operation.ARGUMENTS, constant, varying[:1], "float64", order)


def _data(rng, n_x, m) -> tuple[np.ndarray, np.ndarray]:
    return rng.standard_normal((n_x, m)), (rng.random((1, m)) < 0.5).astype(float)


def _sizes(operation, shapes) -> list[tuple[int, int]]:
    if operation.USES_M:
        return list(shapes)
    return [(n, 1) for n in sorted({max(shape) for shape in shapes})]
