"""Versions raced side by side: each beside the one before it, and beside the first of all."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from math import exp, nan
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.compare.history.changes import ChangeTest, Steps
from benchmarks.compare.paired import plan_of
from benchmarks.compare.sequential_test import Decision, Pair
from benchmarks.data import Dataset
from benchmarks.results import store
from benchmarks.results.records import Cell, Outcome, Status, family
from benchmarks.schedule import run as running
from benchmarks.schedule.allocation import Allocation, RunState
from benchmarks.statistics.estimates import Estimate, estimates
from benchmarks.statistics.rounds import Rounds, logs, rounds_of_table


class Asked(NamedTuple):
    """What is raced in which cells, and how sure it has to be."""

    cells: tuple[Cell, ...]
    datasets: Mapping[str, Dataset]
    threshold: float
    seed: int
    about: Mapping[str, Any]
    watch: Callable[[str, float, float], None]


@dataclass(frozen=True, eq=False)
class Raced:
    """What a race found: how each version did in each cell, the decision on each step, and the rounds."""

    outcomes: Mapping[tuple[Cell, str], Outcome]
    decisions: Mapping[Pair, Decision]
    rounds: Rounds
    warnings: Sequence[str]

    def stands(self, cell: Cell, version: str) -> bool:
        outcome = self.outcomes.get((cell, version))
        return outcome is not None and outcome.status is Status.OK

    def relative(self, cell: Cell, first: str, version: str) -> Estimate:
        """The version's time over the first one's, from the rounds that have both."""
        if first == version:
            return Estimate(1.0, 1.0, 1.0)
        numbers = estimates(logs(self.rounds, [(cell, first, version)])).T.tolist()[0]
        return Estimate(*(exp(number) if number == number else nan for number in numbers))


def race(
    lines: Sequence[Steps],
    firsts: Collection[str],
    paths: Mapping[str, Path],
    asked: Asked,
    budget_s: float,
    folder: Path,
) -> Raced:
    """Race the steps of each line in the same rounds; what was measured is in the folder, as a run.

    The `firsts` are raced beside them as long as it lasts: all are drawn relative to these.

    A version that does not import or is wrong is stepped over: the next is set beside the one before it.
    """
    test = ChangeTest(lines, asked.threshold)
    partners = {later: earlier for steps in lines for earlier, later in pairwise(steps)}
    versions = {name: paths[name] for name in dict.fromkeys([*firsts, *chain(*lines)])}

    def allocate(state: RunState) -> Allocation:
        return {
            cell: {*names, *(n for n in firsts if n in state.visit_s[cell] and _kin(n, names))}
            for cell, names in test.allocate(state).items()
        }

    plan = plan_of(allocate, partners, asked.cells, versions, budget_s, asked.seed)
    plan = replace(plan, datasets=asked.datasets)
    found = running.execute(plan, folder, dict(asked.about), asked.watch)
    outcomes = {(outcome.cell, outcome.implementation): outcome for outcome in found}
    run = store.read(folder)
    active: dict[Cell, list[str]] = {cell: [] for cell in asked.cells}
    for (cell, name), outcome in outcomes.items():
        if outcome.status is Status.OK:
            active[cell].append(name)
    rounds = rounds_of_table(run.samples)
    next_process = int(run.samples["process"].max()) + 1 if len(run.samples) else 0
    decisions = test.decide(rounds, active, next_process)
    return Raced(outcomes, decisions, rounds, run.about["warnings"])


def _kin(name: str, names: Collection[str]) -> bool:
    return any(family(name) == family(other) for other in names)
