"""Arrays that a call leaves in reference cycles are counted, and no others."""

import gc
from typing import Any

import numpy as np
import pytest

from benchmarks.problem.arguments import Problem
from benchmarks.registry import FOLDER, load
from benchmarks.worker.garbage import left_bytes
from benchmarks.worker.target import Target

X = np.ones((100, 100))
KEPT = {"X": 3 * X}  # between calls


class Node:
    def __init__(self, value: Any):
        self.value, self.me = value, self


def own() -> float:
    return Node(2 * X).value.sum()


def argument() -> float:
    return Node(X).value.sum()


def view() -> float:
    return Node(X.T).value.sum()


def own_view() -> float:
    return Node((2 * X).T).value.sum()


def cache() -> float:
    return Node({"A": 2 * X, "Z": (3 * X, {"W": (4 * X).T})}).value["A"].sum()


def cache_of_arguments() -> float:
    return Node({"X": X, "more": (X.T, KEPT)}).value["X"].sum()


def kept_nowhere() -> np.ndarray:
    return 2 * X


@pytest.mark.parametrize(
    ("call", "arrays"),
    [
        (own, 1),
        (own_view, 1),
        (cache, 3),
        (argument, 0),
        (view, 0),
        (cache_of_arguments, 0),
        (kept_nowhere, 0),
    ],
)
def test_arrays_of_its_own_in_a_circle_count(call: Any, arrays: int) -> None:
    """Also behind a view, and in the dicts and tuples that Python does not track."""
    flags = gc.get_debug()
    assert left_bytes(call) == arrays * X.nbytes
    assert gc.isenabled() and gc.get_debug() == flags and not gc.garbage


def test_an_array_that_two_objects_of_a_circle_hold_counts_once() -> None:
    def call() -> None:
        one, other = Node(2 * X), Node(None)
        one.me, other.me, other.value = other, one, one.value

    assert left_bytes(call) == X.nbytes


@pytest.mark.parametrize("name", ["numpy_vectorized", "numpy_computation_graph", "dask_blocks"])
def test_our_own_leave_less_than_what_is_warned_of(name: str) -> None:
    if name == "dask_blocks":
        pytest.importorskip("distributed", reason="distributed is not installed: make scale")
    module = load(FOLDER / f"{name}.py")
    rng = np.random.default_rng(0)
    Y = (rng.random((1, 10_000)) < 0.5).astype(float)
    arrays = {"w@0": rng.standard_normal((10, 1)), "b": np.array(0.5)}
    arrays |= {"X": rng.standard_normal((10, 10_000)), "Y": Y}
    target = Target(module)
    target.problem = Problem(("w", "b", "X", "Y"), arrays)
    target.prepared = target._prepare()
    assert target.memory("cost_gradient", 0)["garbage_bytes"] < 1 << 14
