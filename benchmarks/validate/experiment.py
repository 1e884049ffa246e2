"""The whole experiment: its kinds of steps mixed evenly; an interrupted one goes on where it was."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import pandas as pd

from benchmarks.errors import UserError
from benchmarks.results.store import write_atomically
from benchmarks.validate import other_tools
from benchmarks.validate.trial import TrialRunner
from benchmarks.worker.environment import scratch

TRIALS = 76  # of identical code, in four cells each
COLUMNS = [
    *("step", "method", "threshold", "load", "n_x", "m", "injected", "verdict"),
    *("ratio", "ratio_low", "ratio_high", "sets", "measured_s", "wall_s", "process_ratios"),
]
USUAL = 0.05  # the threshold of the other tools, and of files that do not tell it
# The shares of time that are injected beside it, trial after trial: 20 of 76 for 10% and 20%.
_INJECTED = (0.1, 0.2, 0.1, 0.2, 0, 0, 0.03, 0, 0.1, 0.2, 0.1, 0.2, 0, 0, 0.05, 0)
_INJECTED_ELSE = (0.05, 0, 0.1, 0)  # at another threshold, beside a busy process too
_KINDS = {"quiet": 1.0, "load": 20 / 76, "pytest": 12 / 76, "pyperf": 3 / 76}  # for each trial
_MODULES = {"pytest": "pytest_benchmark", "pyperf": "pyperf"}  # the tools that they need


class Step(NamedTuple):
    """One step of the experiment: its kind, its number among those, the shares that it injects, and
    the threshold."""

    kind: str
    number: int
    shares: tuple[float, ...]
    threshold: float = USUAL

    def __str__(self) -> str:
        at = "" if self.threshold == USUAL else f" at {self.threshold:.4g}"
        return f"{self.kind} {self.number}{at}"


def kinds_at(threshold: float) -> list[str]:
    """The kinds of steps at this threshold: the other tools are asked at 5% alone, where installed."""
    return [
        kind
        for kind in _KINDS
        if kind not in _MODULES or (threshold == USUAL and other_tools.available(_MODULES[kind]))
    ]


def steps(trials: int, threshold: float = USUAL, kinds: Collection[str] = ()) -> list[Step]:
    """All steps of an experiment of so many trials, every kind spread evenly over the whole; of the
    chosen kinds, else of all."""
    placed: list[tuple[float, Step]] = []
    for kind in kinds_at(threshold):
        if kinds and kind not in kinds:
            continue
        count = max(1, round(_KINDS[kind] * trials))
        for k in range(count):
            step = Step(kind, k, _shares(kind, k, threshold), threshold)
            placed.append(((k + 0.5) / count, step))
    return [step for _, step in sorted(placed, key=lambda pair: pair[0])]


def _shares(kind: str, number: int, threshold: float) -> tuple[float, ...]:
    """The shares injected into the heads of the step; identical code is always among them."""
    if kind in _MODULES:
        return (0.0, 0.10)
    if threshold != USUAL:
        share = _INJECTED_ELSE[number % len(_INJECTED_ELSE)]
    else:
        share = 0 if kind == "load" else _INJECTED[number % len(_INJECTED)]
    return (0.0, share) if share else (0.0,)


class TrialsError(UserError):
    """What is kept of the trials cannot be read."""


def run(path: Path, steps: Sequence[Step], watch: Callable[[str, float, float], None]) -> None:
    """Do every step that `path`, a CSV file, does not have yet, and add its rows."""
    done = set(read(path)["step"]) if path.exists() else set()
    todo = [step for step in steps if str(step) not in done]
    path.parent.mkdir(parents=True, exist_ok=True)
    began = monotonic()
    with scratch() as folder:
        run_step = _runner(folder)
        for count, step in enumerate(todo):
            left_s = (monotonic() - began) / count * (len(todo) - count) if count else 0.0
            watch(f"step {count + 1} of {len(todo)}: {step}", count / len(todo), left_s)
            rows = pd.DataFrame(run_step(step)).reindex(columns=COLUMNS).assign(step=str(step))
            rows["threshold"] = step.threshold
            # A whole step at once: one that was interrupted is done again.
            table = pd.concat([read(path), rows]) if path.exists() else rows
            write_atomically(path, table[COLUMNS].to_csv(index=False))


def _runner(folder: Path) -> Callable[[Step], list[dict]]:
    trials, tools_folder = TrialRunner(folder), folder / "other-tools"
    other_tools.prepare(tools_folder)

    def run_step(step: Step) -> list[dict]:
        if step.kind == "pytest":
            return other_tools.pytest_benchmark(tools_folder, step.shares)
        if step.kind == "pyperf":
            return other_tools.pyperf(tools_folder, step.shares)
        loaded = step.kind == "load"
        return trials.run(step.shares, loaded, 2 * step.number + loaded, step.threshold)

    return run_step


def read(path: Path) -> pd.DataFrame:
    """A row for every verdict; `ratio` and what follows are blank for tools that do not report it."""
    try:
        table = pd.read_csv(path.absolute())  # pandas takes a leading ~ for the user's home
    except ValueError as error:
        reason = " ".join(str(error).split())[:100]
        raise TrialsError(f"{path} cannot be read ({reason}): name another folder") from None
    # Files of earlier versions have no threshold: it was 5%.
    table = table if "threshold" in table else table.assign(threshold=USUAL)
    if missing := [name for name in COLUMNS if name not in table]:
        raise TrialsError(f"{path} has no column {', '.join(missing)}: name another folder")
    return table
