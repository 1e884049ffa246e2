"""The pytest-benchmark suite: one benchmark for each implementation and size. `make bench-ci`.

What it compares between two runs is as noisy as the machine is: see METHODOLOGY.md. For a verdict,
race both in the same rounds.
"""

from collections.abc import Callable

import numpy as np
import pytest

from benchmarks import registry
from benchmarks.correctness.check import check, reference
from benchmarks.data import synthetic
from benchmarks.operations import operations
from benchmarks.problem.arguments import problem_of

SIZES = ((2, 1000), (100, 100), (100, 1000), (1000, 209))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", registry.implementations())
def test_cost_gradient(benchmark: Callable, name: str, size: tuple[int, int]) -> None:
    """Time one step's cost and gradient, after one call that compiles and is checked."""
    try:
        module = registry.load(registry.implementations()[name])
    except ModuleNotFoundError as error:
        pytest.skip(registry.missing_library(error) or str(error))
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
