"""What implementations are asked, and what rounding allows each answer."""

from functools import cache
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import strategies as st

from benchmarks import registry
from benchmarks.correctness.check import check, reference
from benchmarks.description import described
from benchmarks.operations import operations
from implementations import CostGradient

M = 36
PATHS = registry.implementations()
OFFERED = [
    (name, operation)
    for name, path in PATHS.items()
    for operation in operations()
    if operation in described(path).names
]
everyone = pytest.mark.parametrize(
    "name", [name for name, what in OFFERED if what == "cost_gradient"]
)


class Training(NamedTuple):
    """What cost_gradient is asked; b is a number."""

    w: np.ndarray
    b: float
    X: np.ndarray
    Y: np.ndarray


@cache
def module_of(name: str) -> ModuleType:
    try:
        return registry.load(PATHS[name])
    except ModuleNotFoundError as error:
        if reason := registry.missing_library(error):
            pytest.skip(reason)
        raise


def ask(name: str, operation: str, *arguments) -> list[np.ndarray]:
    """The implementation's answer, part by part, to arguments of its own making."""
    module = module_of(name)
    prepare = getattr(module, "prepare", lambda array: array)
    ready = (prepare(a.copy("C")) if isinstance(a, np.ndarray) else float(a) for a in arguments)
    answer = getattr(module, operation)(*ready)
    return [np.asarray(part) for part in (answer if operation == "cost_gradient" else (answer,))]


def cost_gradient(name: str, asked: Training) -> CostGradient:
    return CostGradient(*ask(name, "cost_gradient", *asked))


def allowed(asked: Training) -> CostGradient:
    return CostGradient(**reference(operations()["cost_gradient"], asked).bound)


def complaint(name: str, operation: str, *arguments) -> str:
    return check(
        reference(operations()[operation], arguments), ask(name, operation, *arguments)
    ).complaint


def assert_same(name: str, first: Training, second: Training, sign: int = 1) -> None:
    """J is the same in both, and the gradient the same or, with a `sign` of -1, its opposite."""
    answers = cost_gradient(name, first), cost_gradient(name, second)
    limits = [a + b for a, b in zip(allowed(first), allowed(second), strict=True)]
    for a, b, limit, s in zip(*answers, limits, (1, sign, sign), strict=True):
        assert np.all(np.abs(a - s * b) <= limit)


def training(seed: int = 0, n_x: int = 4, m: int = M) -> Training:
    """Margins of both signs, and both labels on either side, most on the right one."""
    rng = np.random.default_rng(seed)
    w, b, X = rng.standard_normal((n_x, 1)), -0.125, rng.standard_normal((n_x, m))
    Y = ((w.T @ X + b > 0) == (rng.random((1, m)) < 0.7)).astype(float)
    assert len(set(zip((w.T @ X + b > 0)[0], Y[0], strict=True))) == 4
    return Training(w, b, X, Y)


@st.composite
def drawn(draw: st.DrawFn) -> Training:
    n_x, m = draw(st.integers(1, 5)), draw(st.integers(1, 8))

    def matrix(rows: int, columns: int, numbers: st.SearchStrategy) -> np.ndarray:
        size = rows * columns
        return np.array(draw(st.lists(numbers, min_size=size, max_size=size))).reshape(
            rows, columns
        )

    number = st.floats(-50, 50)
    w, X, Y = (
        matrix(n_x, 1, number),
        matrix(n_x, m, number),
        matrix(1, m, st.sampled_from([0.0, 1.0])),
    )
    return Training(w, draw(number), X, Y)
