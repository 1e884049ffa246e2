"""The verdicts of pytest-benchmark and pyperf on the same variants, run as their users run them."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

import numpy as np

from benchmarks.data import synthetic
from benchmarks.machine.describe import cores
from benchmarks.operations import operations
from benchmarks.problem.arguments import problem_of
from benchmarks.registry import ROOT
from benchmarks.validate.trial import SIZES, TrialError, write_variant
from benchmarks.worker.environment import environment

_SHARED = """
import importlib.util, os, sys
import numpy as np
spec = importlib.util.spec_from_file_location("variant", os.environ["VARIANT"])
variant = importlib.util.module_from_spec(spec)
spec.loader.exec_module(variant)

def arguments(size):
    return [np.load(f"{size}-{k}.npy")[()] for k in range(4)]
"""
_PYTEST = (
    _SHARED
    + """
import pytest

@pytest.mark.parametrize("size", os.environ["SIZES"].split())
def test_step(benchmark, size):
    benchmark(variant.cost_gradient, *arguments(size))
"""
)
_PYPERF = (
    _SHARED
    + """
import pyperf

size = os.environ["SIZES"]
pyperf.Runner().bench_func(size, variant.cost_gradient, *arguments(size))
"""
)
_FAILED = re.compile(r"test_step\[(\d+x\d+)\] .* Field '(mean|median)' has failed")
_RULES = ("mean", "median")


def available(module: str) -> bool:
    return find_spec(module) is not None


def prepare(folder: Path) -> None:
    """Write the arguments and both scripts into the folder."""
    folder.mkdir(exist_ok=True)
    for n_x, m in SIZES:
        data = synthetic(n_x, m, 0)
        problem = problem_of(
            operations()["cost_gradient"], data.X, data.Y, [0, n_x, m], "float64", "C"
        )
        for k, argument in enumerate(problem.call(0)):
            np.save(folder / f"{n_x}x{m}-{k}.npy", argument)
    (folder / "test_step.py").write_text(_PYTEST, encoding="utf-8")
    (folder / "step.py").write_text(_PYPERF, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")


def pytest_benchmark(folder: Path, shares: Sequence[float]) -> list[dict]:
    """The base saved, then each head compared with it: both rules, fail at 5%, all else by default."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_step.py"]
    command += ["--benchmark-only", f"--benchmark-storage={folder / 'storage'}"]
    sizes = [f"{n_x}x{m}" for n_x, m in SIZES]
    began = monotonic()
    _run([*command, "--benchmark-save=base"], folder, 0.0, sizes)
    saved = max((folder / "storage").rglob("*_base.json")).name.partition("_")[0]
    base_s = monotonic() - began
    rows = []
    for share in shares:
        began = monotonic()
        # One option with both rules: given twice, the last would count alone.
        fail = ["--benchmark-compare-fail", *(f"{rule}:5%" for rule in _RULES)]
        output = _run(
            [*command, *fail, f"--benchmark-compare={saved}"], folder, share, sizes, (0, 1)
        )
        failed = set(_FAILED.findall(output))
        for (n_x, m), rule in ((size, rule) for size in SIZES for rule in _RULES):
            verdict = "slower" if (f"{n_x}x{m}", rule) in failed else "same"
            row = {"method": f"pytest-benchmark {rule}:5%", "n_x": n_x, "m": m}
            row |= {"injected": share, "verdict": verdict}
            rows.append(row | {"wall_s": (base_s + monotonic() - began) / len(SIZES)})
    return rows


def pyperf(folder: Path, shares: Sequence[float]) -> list[dict]:
    """`--fast`, then compare_to with its t-test, a difference below 5% being none."""
    rows = []
    for n_x, m in SIZES:
        began = monotonic()
        base = _pyperf_run(folder, 0.0, f"{n_x}x{m}", "base")
        base_s = monotonic() - began
        for share in shares:
            began = monotonic()
            head = _pyperf_run(folder, share, f"{n_x}x{m}", "head")
            command = [sys.executable, "-m", "pyperf", "compare_to", "--min-speed=5"]
            output = _run([*command, str(base), str(head)], folder, 0.0, [])
            verdict = next((word for word in ("slower", "faster") if f"x {word}" in output), "same")
            row = {"method": "pyperf --fast", "n_x": n_x, "m": m, "injected": share}
            rows.append(row | {"verdict": verdict, "wall_s": base_s + monotonic() - began})
    return rows


def _pyperf_run(folder: Path, share: float, size: str, name: str) -> Path:
    path = folder / f"{name}.json"
    path.unlink(missing_ok=True)
    command = [sys.executable, "step.py", "--fast", "--quiet", "-o", str(path)]
    inherited = ",".join(["VARIANT", "SIZES", "PYTHONPATH", *_threads()])
    _run([*command, f"--inherit-environ={inherited}"], folder, share, [size])
    return path


def _threads() -> dict[str, str]:
    """The variables that tell our own workers how many threads they may have."""
    variables = environment(cores(), None, 0)
    return {name: text for name, text in variables.items() if "THREADS" in name}


def _run(
    command: Sequence[str],
    folder: Path,
    share: float,
    sizes: Sequence[str],
    allowed: Sequence[int] = (0,),
) -> str:
    variables = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST")}
    variables |= _threads()
    variables |= {"VARIANT": str(write_variant(folder, share)), "SIZES": " ".join(sizes)}
    variables["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)
    output = done.stdout + done.stderr
    if done.returncode not in allowed:
        raise TrialError(f"{' '.join(command[1:5])} ended with {done.returncode}: {output[-300:]}")
    return output
