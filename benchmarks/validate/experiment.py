"""The whole experiment: its kinds of steps mixed evenly; an interrupted one goes on where it was."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import pandas as pd

from benchmarks.results.store import write_atomically
from benchmarks.validate import other_tools
from benchmarks.validate.trial import TrialRunner
from benchmarks.worker.environment import scratch

TRIALS = 76  # of identical code, in four cells each
COLUMNS = [
    *("step", "method", "load", "n_x", "m", "injected", "verdict"),
    *("ratio", "ratio_low", "ratio_high", "sets", "measured_s", "wall_s", "process_ratios"),
]
# The shares of time that are injected beside it, trial after trial: 20 of 76 for 10% and 20%.
_INJECTED = (0.1, 0.2, 0.1, 0.2, 0, 0, 0.03, 0, 0.1, 0.2, 0.1, 0.2, 0, 0, 0.05, 0)
_KINDS = {"quiet": 1.0, "load": 20 / 76, "pytest": 12 / 76, "pyperf": 3 / 76}  # for each trial
_MODULES = {"pytest": "pytest_benchmark", "pyperf": "pyperf"}  # the tools that they need


class Step(NamedTuple):
    """One step of the experiment: its kind, its number among those, and the shares that it injects."""

    kind: str
    number: int
    shares: tuple[float, ...]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


def steps(trials: int) -> list[Step]:
    """All steps of an experiment of so many trials, every kind spread evenly over the whole."""
    placed: list[tuple[float, Step]] = []
    for kind, share in _KINDS.items():
        if kind in _MODULES and not other_tools.available(_MODULES[kind]):
            continue
        count = max(1, round(share * trials))
        placed += [((k + 0.5) / count, Step(kind, k, _shares(kind, k))) for k in range(count)]
    return [step for _, step in sorted(placed, key=lambda pair: pair[0])]


def _shares(kind: str, number: int) -> tuple[float, ...]:
    """The shares injected into the heads of the step; identical code is always among them."""
    if kind in _MODULES:
        return (0.0, 0.10)
    share = 0 if kind == "load" else _INJECTED[number % len(_INJECTED)]
    return (0.0, share) if share else (0.0,)


def run(path: Path, trials: int, watch: Callable[[str, float, float], None]) -> None:
    """Do every step that `path`, a CSV file, does not have yet, and add its rows."""
    done = set(read(path)["step"]) if path.exists() else set()
    todo = [step for step in steps(trials) if str(step) not in done]
    path.parent.mkdir(parents=True, exist_ok=True)
    began = monotonic()
    with scratch() as folder:
        run_step = _runner(folder)
        for count, step in enumerate(todo):
            left_s = (monotonic() - began) / count * (len(todo) - count) if count else 0.0
            watch(f"step {count + 1} of {len(todo)}: {step}", count / len(todo), left_s)
            rows = pd.DataFrame(run_step(step)).reindex(columns=COLUMNS).assign(step=str(step))
            # A whole step at once: one that was interrupted is done again.
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            write_atomically(path, before + rows.to_csv(index=False, header=not before))


def _runner(folder: Path) -> Callable[[Step], list[dict]]:
    trials, tools_folder = TrialRunner(folder), folder / "other-tools"
    other_tools.prepare(tools_folder)

    def run_step(step: Step) -> list[dict]:
        if step.kind == "pytest":
            return other_tools.pytest_benchmark(tools_folder, step.shares)
        if step.kind == "pyperf":
            return other_tools.pyperf(tools_folder, step.shares)
        loaded = step.kind == "load"
        return trials.run(step.shares, loaded, seed=2 * step.number + loaded)

    return run_step


def read(path: Path) -> pd.DataFrame:
    """A row for every verdict; `ratio` and what follows are blank for tools that do not report it."""
    return pd.read_csv(path)
