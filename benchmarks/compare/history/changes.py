"""A sequential test of a line of versions: at which step did the time change?

A step is judged by the versions on both sides of it, up to four, as far as no other change lies between:
they are as fast as one another, and together they say more than the two beside the step. A change has to
be beyond the threshold in the two beside it, too: a line that rises slowly has no step. And it has to
show twice: again in processes that are started after it was first seen.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np

from benchmarks.compare.sequential_test import MAX_PROCESSES, Decision, Pair
from benchmarks.results.records import Cell
from benchmarks.schedule.allocation import Allocation, RunState
from benchmarks.statistics.estimates import MIN_PROCESSES, Estimate, estimates
from benchmarks.statistics.groups import Groups
from benchmarks.statistics.rounds import Rounds
from benchmarks.statistics.verdicts import RatioEstimate, Verdict, beyond, verdicts

Steps = Sequence[str]
"""Versions of one implementation, one after another; a version may come again."""

_SIDE = 4  # versions on each side of a step
_POLISHES = 5  # it settles after two or three


class Step(NamedTuple):
    """The places before it and from it on, in the line, of the versions that it is judged by."""

    before: range
    after: range

    @property
    def weight(self) -> float:
        """How much the two sides tell: more for longer ones, most for equal ones."""
        return len(self.before) * len(self.after) / (len(self.before) + len(self.after))


@dataclass(eq=False)
class ChangeTest:
    """Sends the versions around every step that is not decided into more processes.

    `candidates` has of each change that was seen the first process that was started after that.
    """

    lines: Sequence[Steps]
    threshold: float
    max_processes: int = MAX_PROCESSES
    candidates: dict[Pair, int] = field(default_factory=dict)

    def allocate(self, state: RunState) -> Allocation:
        """Everyone by whom a step is judged that is not decided."""
        next_process = state.first_process + state.sets
        wanted: dict[Cell, set[str]] = {}
        for cell, names in state.visit_s.items():
            for steps in self._present(names):
                decisions = self._decide(state.rounds, cell, steps, next_process)
                for k, pair in enumerate(_pairs(cell, steps), start=1):
                    decision = decisions.get(pair)
                    if decision and (decision.final or decision.processes >= self.max_processes):
                        continue
                    around = range(max(0, k - _SIDE), min(len(steps), k + _SIDE))
                    wanted.setdefault(cell, set()).update(steps[i] for i in around)
        return wanted

    def decide(
        self, rounds: Rounds, present: Mapping[Cell, Collection[str]], next_process: int
    ) -> dict[Pair, Decision]:
        """The decision on each step between versions that are present and were measured at all."""
        found: dict[Pair, Decision] = {}
        for cell, names in present.items():
            for steps in self._present(names):
                found |= self._decide(rounds, cell, steps, next_process)
        return found

    def _present(self, names: Collection[str]) -> list[list[str]]:
        """The lines without what is not there, and without what is then as the one before."""
        return [[n for n, _ in groupby(n for n in line if n in names)] for line in self.lines]

    def _decide(
        self, rounds: Rounds, cell: Cell, steps: Steps, next_process: int
    ) -> dict[Pair, Decision]:
        levels = _levels(rounds, cell, steps)
        beside = levels.ratios(_steps(len(steps), range(len(steps))))
        changes = self._changes(levels, beside)
        judged = _steps(len(steps), changes)
        ratios = levels.ratios(judged)
        found = verdicts(ratios, self.threshold)
        decisions = {}
        for k, pair in enumerate(_pairs(cell, steps), start=1):
            ratio, verdict = ratios[k - 1], found[k - 1]
            if not ratio.processes:
                continue
            if k in changes:
                since = self.candidates.setdefault(pair, next_process)
                [fresh] = levels.ratios([judged[k - 1]], since)
                verdict = verdict if self._again(fresh, verdict) else Verdict.INCONCLUSIVE
            elif verdict is not Verdict.SAME or self._direction(beside[k - 1]):
                verdict = Verdict.INCONCLUSIVE
            if ratio.processes < MIN_PROCESSES:
                verdict = Verdict.INCONCLUSIVE
            decisions[pair] = Decision(verdict, ratio.ratio, ratio.processes)
        return decisions

    def _changes(self, levels: "Levels", beside: Sequence[RatioEstimate]) -> set[int]:
        """The steps whose interval is beyond the threshold, the clearest first; the next ones are judged
        by what lies between those. `beside` has the ratio of the two versions beside each step."""
        changes: set[int] = set()
        while True:
            judged = _steps(len(beside) + 1, changes)
            clear = {}
            for k, (step, ratio) in enumerate(zip(judged, levels.ratios(judged), strict=True), 1):
                direction = self._beyond(ratio)
                if k not in changes and direction and direction is self._direction(beside[k - 1]):
                    clear[k] = abs(np.log(ratio.ratio.value)) * step.weight**0.5
            if not clear:
                return changes
            changes.add(max(clear, key=lambda k: clear[k]))

    def _again(self, fresh: RatioEstimate, verdict: Verdict) -> bool:
        """Did it show in the processes since it was seen?"""
        return fresh.processes >= MIN_PROCESSES and self._direction(fresh) is verdict

    def _beyond(self, ratio: RatioEstimate) -> Verdict | None:
        """The direction in which the whole interval is beyond the threshold."""
        if ratio.processes < MIN_PROCESSES:
            return None
        return beyond(ratio.ratio.low, ratio.ratio.high, self.threshold)

    def _direction(self, ratio: RatioEstimate) -> Verdict | None:
        """That in which its value is."""
        return beyond(ratio.ratio.value, ratio.ratio.value, self.threshold)


@dataclass(frozen=True, eq=False)
class Levels:
    """How long each version of a line takes in one cell, as a logarithm: a row for each process."""

    levels: np.ndarray
    process: np.ndarray

    def ratios(self, steps: Sequence[Step], since: int = 0) -> list[RatioEstimate]:
        """The time after each step over the time before it; of the processes from `since` on."""
        if not steps:
            return []
        levels = self.levels[self.process >= since]
        values = np.array([_mean(levels[:, s.after]) - _mean(levels[:, s.before]) for s in steps])
        there = ~np.isnan(values)
        processes = there.sum(axis=1)
        alone = np.ones(int(processes.sum()), dtype=int)
        found = np.exp(estimates(Groups(values[there], alone, processes))).T.tolist()
        return [
            RatioEstimate(Estimate(*numbers), int(many))
            for numbers, many in zip(found, processes, strict=True)
        ]


def _mean(columns: np.ndarray) -> np.ndarray:
    """Of each row, over those that are there; nan where none is."""
    there = ~np.isnan(columns)
    count = there.sum(axis=1)
    sums = np.where(there, columns, 0.0).sum(axis=1)
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)


def _levels(rounds: Rounds, cell: Cell, steps: Steps) -> Levels:
    begin, end = rounds.rows.get(cell, (0, 0))
    columns = [rounds.columns.get(name, -1) for name in steps]
    logs, process = np.log(rounds.times_ns[begin:end, columns]), rounds.process[begin:end]
    own = np.unique(process)
    levels = [_without_drift(logs[process == each]) for each in own]
    return Levels(np.array(levels).reshape(len(own), len(steps)), own)


def _without_drift(logs: np.ndarray) -> np.ndarray:
    """A level for each column, with a shift of each row common to all: Tukey's median polish. A row that
    lacks some columns (their samples were disturbed) shifts nobody; nan for a column without a number."""
    logs = logs[~np.isnan(logs).all(axis=1)]
    levels = np.full(logs.shape[1], np.nan)
    there = ~np.isnan(logs).all(axis=0)
    if not there.any():
        return levels
    part = logs[:, there]
    found = np.nanmedian(part, axis=0)
    for _ in range(_POLISHES):
        shift = np.nanmedian(part - found, axis=1)
        found = np.nanmedian(part - shift[:, None], axis=0)
    levels[there] = found
    return levels


def _steps(many: int, changes: Collection[int]) -> list[Step]:
    """The step before each version but the first, judged by what lies between the changes."""
    return [
        Step(
            range(max([k - _SIDE, 0, *(c for c in changes if c < k)]), k),
            range(k, min([k + _SIDE, many, *(c for c in changes if c > k)])),
        )
        for k in range(1, many)
    ]


def _pairs(cell: Cell, steps: Steps) -> list[Pair]:
    return [Pair(cell, *sides) for sides in pairwise(steps)]
