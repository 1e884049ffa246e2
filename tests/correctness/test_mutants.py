"""No mutant of a right implementation gets through the gate's cases."""

import warnings
from functools import cache
from types import ModuleType

import numpy as np
import pytest
from mutants import mutants

from benchmarks.correctness.cases import Case, cases
from benchmarks.correctness.check import check
from benchmarks.correctness.gate import _reference
from benchmarks.operations import operations
from benchmarks.registry import FOLDER, preparer

OPERATION = operations()["cost_gradient"]
NAMES = ("numpy_vectorized", "numpy_per_example", "python_loops")
# Mutants that are the same function: X has two axes, so the last is the second; and both branches of
# the sigmoid are right where it is near 0.
_LAST_AXIS = "m = X.shape[-1]"
_BRANCHES = {"if z >= 1.0:", "if z >= 0.5:"}
EQUIVALENT = {
    "numpy_vectorized": {_LAST_AXIS},
    "numpy_per_example": {_LAST_AXIS, *_BRANCHES},
    "python_loops": _BRANCHES,
}


@cache
def all_cases() -> list[Case]:
    return list(cases(OPERATION))


def complaint(text: str, longest: bool) -> str:
    """What the gate's cases say of an implementation with this text; empty if it passes them all."""
    module = ModuleType("mutant")
    try:
        exec(compile(text, "mutant.py", "exec"), module.__dict__)
        prepare = preparer(module)
        for case in all_cases():
            if not (case.short or longest):
                continue
            for j in range(case.calls):
                arguments = [
                    prepare(part.copy("K")) if isinstance(part, np.ndarray) else part
                    for part in case.problem.call(j)
                ]
                answer = module.cost_gradient(*arguments)
                parts = [np.asarray(part) for part in answer]
                if any(part.dtype.kind not in "biuf" for part in parts):
                    return "no numbers"
                deviation = check(_reference("cost_gradient", case, j), parts)
                if deviation.complaint:
                    return deviation.complaint
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_mutant_is_rejected(name: str) -> None:
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        assert complaint(source, longest=False) == ""
        made = mutants(source)
        passed = {what for what, text in made.items() if not complaint(text, longest=False)}
        unexplained = passed - EQUIVALENT[name]
        passed -= {what for what in unexplained if complaint(made[what], longest=True)}
    assert passed == EQUIVALENT[name]
    assert len(made) >= 30
