"""The whole experiment: its steps mixed, so that half of it is half of each; it goes on where it was."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import pandas as pd

from benchmarks.results.store import write_atomically
from benchmarks.validate import other_tools
from benchmarks.validate.trial import Trials
from benchmarks.worker import process as hosting

TRIALS = 76  # of code that is the same, in four cells each
COLUMNS = [
    *("step", "method", "load", "n_x", "m", "injected", "verdict"),
    *("ratio", "ratio_low", "ratio_high", "sets", "measured_s", "wall_s", "process_ratios"),
]
# What is injected beside it, trial after trial, 0 is nothing; 20 of 76 for each of those that count.
_SLOWER = (0.1, 0.2, 0.1, 0.2, 0, 0, 0.03, 0, 0.1, 0.2, 0.1, 0.2, 0, 0, 0.05, 0)
_KINDS = {"quiet": 1.0, "load": 20 / 76, "pytest": 12 / 76, "pyperf": 3 / 76}  # for each trial
_MODULES = {"pytest": "pytest_benchmark", "pyperf": "pyperf"}  # whom they ask


class Step(NamedTuple):
    """One thing to do: `kind` says what, `number` which of its kind."""

    kind: str
    number: int
    shares: tuple[float, ...]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


def steps(trials: int) -> list[Step]:
    """All steps of a sitting of so many trials, every kind spread evenly over the whole."""
    placed: list[tuple[float, Step]] = []
    for kind, share in _KINDS.items():
        if kind in _MODULES and not other_tools.available(_MODULES[kind]):
            continue
        count = max(1, round(share * trials))
        placed += [((k + 0.5) / count, Step(kind, k, _shares(kind, k))) for k in range(count)]
    return [step for _, step in sorted(placed, key=lambda one: one[0])]


def _shares(kind: str, number: int) -> tuple[float, ...]:
    """What is injected into the heads of the step; code that is the same is always among them."""
    if kind in _MODULES:
        return (0.0, 0.10)
    slower = 0 if kind == "load" else _SLOWER[number % len(_SLOWER)]
    return (0.0, slower) if slower else (0.0,)


def sit(path: Path, trials: int, watch: Callable[[str, float, float], None]) -> None:
    """Do every step that `path`, a CSV file, does not have yet, and add what came of each."""
    done = set(read(path)["step"]) if path.exists() else set()
    todo = [step for step in steps(trials) if str(step) not in done]
    path.parent.mkdir(parents=True, exist_ok=True)
    began = monotonic()
    with hosting.scratch() as folder:
        run = _runner(folder)
        for count, step in enumerate(todo):
            left_s = (monotonic() - began) / count * (len(todo) - count) if count else 0.0
            watch(f"step {count + 1} of {len(todo)}: {step}", count / len(todo), left_s)
            rows = pd.DataFrame(run(step)).reindex(columns=COLUMNS).assign(step=str(step))
            _add(path, rows)


def _runner(folder: Path) -> Callable[[Step], list[dict]]:
    trials, aside = Trials(folder), folder / "others"
    other_tools.prepare(aside)

    def run(step: Step) -> list[dict]:
        if step.kind == "pytest":
            return other_tools.pytest_benchmark(aside, step.shares)
        if step.kind == "pyperf":
            return other_tools.pyperf(aside, step.shares)
        loaded = step.kind == "load"
        return trials.run(step.shares, loaded, seed=2 * step.number + loaded)

    return run


def _add(path: Path, rows: pd.DataFrame) -> None:
    """A whole step or nothing of it: one that was cut off is done again."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    write_atomically(path, before + rows.to_csv(index=False, header=not before))


def read(path: Path) -> pd.DataFrame:
    """A row for every verdict; `ratio` and all after it are blank where a tool does not tell."""
    return pd.read_csv(path)
