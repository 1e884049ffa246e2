"""The cases of every operation, and exact answers of scalars."""

from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import numpy as np

from benchmarks.operations import operations
from benchmarks.problem.multiprecision import MPMATH

MP = mpmath.MPContext()
MP.dps = 50
H = MP.mpf(10) ** -15  # a central difference is then off by about 1e-30, and keeps 35 digits
NAMES = list(operations())
SIZES = ((1, 1), (2, 3), (5, 5), (23, 6), (31, 17))
LINES = {
    "3a": (lambda a: dot(3, a), lambda a: 3),
    "a²": (lambda a: dot(a, a), lambda a: 2 * a),
    "a³": (lambda a: dot(dot(a, a), a), lambda a: 3 * a**2),
    "log a": (lambda a: element("log", a), lambda a: 1 / a),
    "e^a": (lambda a: element("exp", a), MP.exp),
    "|a|": (lambda a: element("absolute", a), MP.sign),
    "max(a, 0)": (lambda a: element("relu", a), lambda a: int(a > 0)),
}


def slope(f: Callable, a) -> Any:
    """The slope of f at a, by a central difference: the ruler by which the gradient is measured."""
    a = MP.mpf(a)
    return (f(a + H) - f(a - H)) / (2 * H)


def exact(name: str, *arguments) -> tuple:
    return operations()[name].exact(MPMATH, *arguments)


def lifted(*rows: tuple) -> np.ndarray:
    return np.array([[MP.mpf(value) for value in row] for row in rows], dtype=object)


def dot(w, x) -> Any:
    return exact("dot", lifted((w,)), lifted((x,)))[0]


def element(name: str, a) -> Any:
    return exact(name, lifted((a,)))[0][0, 0]


def cases(name: str, n_x: int, m: int) -> dict[str, dict[str, Any]]:
    """The operation's arguments by name, in each of its edge cases and at random."""
    rng = np.random.default_rng([n_x, m])
    X, Y = rng.standard_normal((n_x, m)), np.resize([[0.0, 1.0, 1.0]], (1, m))
    operation = operations()[name]
    drawn = operation.constant_arguments(rng, X, Y) | operation.varying_arguments(rng, X, Y)
    return {"random": drawn, **dict(operation.edge_cases(rng, n_x, m))}


def in_order(name: str, arguments: Mapping[str, Any]) -> list:
    return [arguments[key] for key in operations()[name].ARGUMENTS]
