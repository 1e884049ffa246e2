"""Gradient descent with several implementations side by side, each in processes of its own.

In every set of processes all start from nothing: they import, prepare and compile, and that counts.
Then they take turns in stretches of steps, all but one of them frozen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from benchmarks.correctness.gate import GATE_LIMIT_S
from benchmarks.data import Dataset
from benchmarks.machine.describe import cores, worker_memory_bytes
from benchmarks.problem.arguments import Problem
from benchmarks.training.gradient_descent import FitError
from benchmarks.worker.environment import environment, scratch
from benchmarks.worker.process import WorkerFailed, WorkerProcess, close_all

_LEAST_STEPS = 3  # of everyone, however little time there is: the first one compiles
_STRETCH_NS = 100_000_000  # a turn; a slow step is one
_STEP_LIMIT_S = 300.0
Watch = Callable[[str, float], None]


@dataclass(eq=False)
class Descent:
    """One implementation in one process: what importing and preparing took, and each step, the cost before
    it; w and b after the last."""

    name: str
    process: int
    start_ns: int
    taken: list[tuple[int, float]] = field(default_factory=list)
    w: Any = None
    b: float = 0.0


def race(
    paths: Mapping[str, Path],
    data: Dataset,
    alpha: float,
    steps: int,
    processes: int,
    budget_s: float,
    seed: int,
    watch: Watch,
) -> list[Descent]:
    """So many processes of each, of at most `steps` steps, in about `budget_s` seconds.

    Each set of processes has an even share of the time; who is slow does not finish. Raises FitError,
    with the name of whoever fails.
    """
    rng, began = np.random.default_rng(seed), monotonic()
    found: list[Descent] = []
    with scratch() as folder:
        files = Problem(("X", "Y"), {"X": data.X, "Y": data.Y}).save(folder / "problem")
        for process in range(processes):
            until = began + budget_s * (process + 1) / processes
            here = folder / str(process)

            def show(done: float, process: int = process) -> None:
                watch(f"process {process + 1} of {processes}", (process + done) / processes)

            found += _set(paths, files, here, process, alpha, steps, until, rng, show)
    return found


def _set(
    paths: Mapping[str, Path], files: Mapping[str, Any], folder: Path, process: int, alpha: float,
    steps: int, until: float, rng: np.random.Generator, show: Callable[[float], None],
) -> list[Descent]:  # fmt: skip
    """One process of each: all start, then they take turns until they are done or the time is over."""
    workers: dict[str, WorkerProcess] = {}
    descents: dict[str, Descent] = {}
    began = monotonic()
    try:
        for name in _shuffled(rng, paths):
            workers[name] = _started(name, paths[name], folder / name, len(paths))
            loaded = _asked(workers[name], "preparing", "load", **files)[0]
            start_ns = workers[name].handshake["import_ns"] + loaded["prepare_ns"]
            descents[name] = Descent(name, process, start_ns)
        going = _shuffled(rng, paths)
        while going:
            for name in going:
                _stretch(workers[name], descents[name], alpha, steps)
            over = monotonic() >= until
            show(min(1.0, (monotonic() - began) / max(until - began, 1e-9)))
            wanted = min(steps, _LEAST_STEPS) if over else steps
            going = [n for n in _shuffled(rng, going) if len(descents[n].taken) < wanted]
    finally:
        close_all(list(workers.values()))
    return list(descents.values())


def _shuffled(rng: np.random.Generator, names: Mapping | Sequence[str]) -> list[str]:
    return list(map(str, rng.permutation(sorted(names))))


def _started(name: str, path: Path, folder: Path, beside: int) -> WorkerProcess:
    """A fresh process that has nothing compiled, with all threads."""
    folder.mkdir(parents=True)
    variables = environment(cores(), folder / "compiled", worker_memory_bytes() // beside)
    try:
        return WorkerProcess(name, path, folder, variables, GATE_LIMIT_S)
    except WorkerFailed as failure:
        raise FitError(f"{name}: {failure.reason}") from None


def _stretch(worker: WorkerProcess, descent: Descent, alpha: float, steps: int) -> None:
    """Its next steps."""
    left = 1 if not descent.taken else steps - len(descent.taken)  # the first one compiles
    request = {"alpha": alpha, "steps": left, "min_ns": _STRETCH_NS}
    reply, (w, b) = _asked(worker, "descending", "descend", **request)
    descent.taken += reply["taken"]
    descent.w, descent.b = w, float(b)


def _asked(worker: WorkerProcess, doing: str, do: str, **request: Any) -> Any:
    try:
        return worker.ask(doing, do, _STEP_LIMIT_S, **request)
    except WorkerFailed as failure:
        raise FitError(f"{worker.name}: {failure.reason}") from None
