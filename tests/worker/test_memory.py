"""What an implementation holds above the data: what it prepared, and what a call needs."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.problem.arguments import Problem
from benchmarks.worker.memory import reset_peak
from benchmarks.worker.target import Target

MIB = 1 << 20
needs_linux = pytest.mark.skipif(not reset_peak(), reason="the system cannot count a peak anew")


def extra_bytes(folder: Path, **functions) -> int:
    problem = Problem(("w", "x"), {"w": np.ones((4 * MIB, 1)), "x": np.ones((4 * MIB, 1))})
    target = Target(SimpleNamespace(**functions))  # type: ignore[arg-type]
    target.load(**problem.save(folder / "problem"), weigh=True)
    return target.memory("dot", 0)["extra_bytes"]


@needs_linux
def test_a_call_without_temporaries_needs_nothing(tmp_path: Path) -> None:
    assert extra_bytes(tmp_path, dot=lambda w, x: 0.0) < 2 * MIB


@needs_linux
@pytest.mark.parametrize("times", [1, 3])
def test_temporaries_are_seen_also_where_memory_had_been_freed(tmp_path: Path, times: int) -> None:
    def dot(w, x):
        kept = [w * x for _ in range(times)]
        return float(kept[0][0, 0])

    assert 31 * MIB * times <= extra_bytes(tmp_path, dot=dot) <= 32 * MIB * times + 4 * MIB


@needs_linux
def test_what_prepare_made_is_counted(tmp_path: Path) -> None:
    extra = extra_bytes(tmp_path, prepare=np.copy, dot=lambda w, x: 0.0)
    assert 62 * MIB <= extra <= 68 * MIB
