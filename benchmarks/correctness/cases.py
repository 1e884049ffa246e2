"""The cases an implementation has to get right before it is timed, wherever a fault may hide.

Every case comes in both precisions and both memory orders, and is asked twice with other
parameters on the same data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from benchmarks.problem.arguments import Problem, problem

SEED = 20170801
DTYPES = ("float64", "float32")
ORDERS = ("C", "F")

# (n_x, m): ones, odd, square, wide, no multiple of any vector width, on both sides of powers of two.
SHAPES = (
    *((1, 1), (1, 8), (8, 1), (2, 3), (3, 2), (5, 5), (7, 13), (16, 16), (31, 17), (17, 33)),
    *((4, 129), (129, 4), (1, 255), (257, 2)),
)
HARD_SHAPES = ((1, 6), (7, 23))
# Long beyond any blocking, one way, the other way, and both at once.
LONG_SHAPES = ((2, 100_003), (100_003, 2), (12_289, 5), (13, 8_191), (1_001, 1_003))


@dataclass(frozen=True, eq=False)
class Trial:
    """A problem, and a name for it that a person can find it by; ask it for calls 0 to `calls`-1."""

    name: str
    cell: str
    problem: Problem
    calls: int = 2


def trials(name: str, operation: ModuleType) -> Iterator[Trial]:
    """Every trial of the operation, cheap ones first."""
    for n_x, m, case, arguments in _cases(operation):
        for dtype in DTYPES:
            for order in ORDERS:
                yield _trial(operation, case, arguments, n_x, m, dtype, order)
    for n_x, m in _sizes(operation, LONG_SHAPES):
        fixed, moving = _random_arguments(operation, np.random.default_rng([SEED, n_x, m]), n_x, m)
        for dtype in DTYPES:
            for order in ORDERS:
                case, values = "long", fixed
                if (dtype, order) == ("float32", "F") and operation.USES_M:
                    # Over a long sum of alike terms float32 may round away a whole term.
                    case, values = "long, last column heavy", _last_column_heavy(fixed)
                yield _trial(operation, case, (values, moving), n_x, m, dtype, order, calls=1)


def _last_column_heavy(fixed: dict) -> dict:
    """All but the last column made small, so that no margin is at its end, where dZ may be 0."""
    matrix, *others = fixed.items()
    name, values = matrix[0], 1e-6 * matrix[1]
    values[:, -1] *= 1e6
    return {name: values, **dict(others)}


def _trial(operation, case, arguments, n_x, m, dtype, order, calls=2) -> Trial:
    fixed, moving = arguments
    cell = f"n_x={n_x}, m={m}, {order}, {dtype}, {case}"
    return Trial(case, cell, problem(operation.ARGUMENTS, fixed, moving, dtype, order), calls)


def _cases(operation) -> Iterator[tuple]:
    for n_x, m in _sizes(operation, SHAPES):
        rng = np.random.default_rng([SEED, n_x, m])
        yield n_x, m, "random", _random_arguments(operation, rng, n_x, m)
    for n_x, m in _sizes(operation, HARD_SHAPES):
        rng = np.random.default_rng([SEED, n_x, m, 1])
        X, Y = _data(rng, n_x, m)
        for case, arguments in operation.hard(rng, n_x, m):
            first, other = {}, operation.moving(rng, X, Y)
            for name in other:
                first[name] = arguments.pop(name)
                other[name] = -first[name] if np.any(first[name]) else other[name]
            yield n_x, m, case, (arguments, [first, other])


def _random_arguments(operation, rng, n_x, m) -> tuple:
    X, Y = _data(rng, n_x, m)
    return operation.fixed(rng, X, Y), [operation.moving(rng, X, Y) for _ in range(2)]


def random_problem(operation, n_x: int, m: int, order: str, k: int) -> Problem:
    """The k-th problem of random data of this size, in float64."""
    X, Y = _data(rng := np.random.default_rng([SEED, n_x, m, 2, k]), n_x, m)
    fixed, moving = operation.fixed(rng, X, Y), [operation.moving(rng, X, Y)]
    return problem(operation.ARGUMENTS, fixed, moving, "float64", order)


def _data(rng, n_x, m) -> tuple[np.ndarray, np.ndarray]:
    return rng.standard_normal((n_x, m)), (rng.random((1, m)) < 0.5).astype(float)


def _sizes(operation, shapes) -> list[tuple[int, int]]:
    if operation.USES_M:
        return list(shapes)
    return [(n, 1) for n in sorted({max(shape) for shape in shapes})]
