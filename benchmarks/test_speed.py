"""The pytest-benchmark suite: one benchmark for each implementation and size. `make bench-ci`.

    pytest benchmarks/test_speed.py --benchmark-only -k "numba and 100x1000"

Two variables: PEERS=1 for the peers too, and REVISION=git:REV for the implementations of that revision.
What it compares between two runs is as noisy as the machine is: see METHODOLOGY.md. For a verdict,
race both in the same rounds.
"""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks import registry
from benchmarks.compare.revisions import checked_out
from benchmarks.correctness.check import check, reference
from benchmarks.data import synthetic
from benchmarks.operations import operations
from benchmarks.problem.arguments import problem_of

SIZES = ((2, 1000), (100, 100), (100, 1000), (1000, 209))


def members() -> dict[str, Path]:
    """The implementations by name: of this folder or of REVISION, without peers unless PEERS is set."""
    found = registry.implementations()
    if revision := os.environ.get("REVISION"):
        [side] = checked_out(revision)
        found = side.implementations
    return {n: p for n, p in found.items() if os.environ.get("PEERS") or not registry.is_peer(p)}


MEMBERS = members()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", MEMBERS)
def test_cost_gradient(benchmark: Callable, name: str, size: tuple[int, int]) -> None:
    """Time one step's cost and gradient, after one call that compiles and is checked."""
    try:
        module = registry.load(MEMBERS[name])
    except ModuleNotFoundError as error:
        pytest.skip(registry.missing_library(error) or str(error))
    assert Path(str(module.__file__)) == MEMBERS[name], "another revision was imported before it"
    operation = operations()["cost_gradient"]
    data = synthetic(*size, seed=0)
    problem = problem_of(operation, data.X, data.Y, [0, *size], "float64", "C")
    prepare = registry.preparer(module)
    arguments = tuple(
        prepare(argument) if isinstance(argument, np.ndarray) else argument
        for argument in problem.call(0)
    )
    module.cost_gradient(*arguments)
    answer = benchmark(module.cost_gradient, *arguments)
    agreement = check(reference(operation, problem.call(0)), [np.asarray(part) for part in answer])
    assert not agreement.complaint
