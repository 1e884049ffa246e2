"""One cell in one set of workers: all of their visits, their turns in rounds, disturbed rounds again."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import numpy as np

from benchmarks.results.records import Cell, Status
from benchmarks.schedule.cell_budget import CellBudget
from benchmarks.schedule.participants import Participants
from benchmarks.schedule.problem_cache import CachedProblem
from benchmarks.schedule.visit import Visit
from benchmarks.worker import interference
from benchmarks.worker.interference import PaceRecord
from benchmarks.worker.orphans import OrphanGuard
from benchmarks.worker.process import WorkerFailed, WorkerProcess

_LONG_TURNS = 3  # of a long call in one process, at most: repeating it costs much


@dataclass(eq=False)
class Repeats:
    """Rounds that were repeated since others disturbed them: no more than were planned, or a machine
    that is never quiet would get nothing done."""

    planned: int = 8
    repeated: int = 0

    @property
    def allowed(self) -> bool:
        return self.repeated < self.planned


@dataclass(frozen=True, eq=False)
class RunContext:
    """What all cell runs of a run share. `partners` tells with whom each one's ratio is taken, `pilots`
    what an implementation took beyond the data of an operation, over the data (see memory_pilot.py),
    `eviction` the file that is read for cold caches."""

    cell_budget: CellBudget
    participants: Participants
    orphan_guard: OrphanGuard
    repeats: Repeats
    paces: PaceRecord
    partners: Mapping[str, str]
    rounds: int
    eviction: Path
    pilots: dict[tuple[str, str], float | None] = field(default_factory=dict)


@dataclass(eq=False)
class CellRun:
    """The run of a cell. `visits` are of those that are still in it.

    `first_round` numbers its rounds, where another group of workers had some of the same process.
    """

    cell: Cell
    process: int
    workers: Mapping[str, WorkerProcess]
    problem: CachedProblem
    context: RunContext
    rng: np.random.Generator
    first_round: int = 0

    def __post_init__(self):
        context = self.context
        shared = (self.problem, context.cell_budget, context.participants, context.paces)
        cold = str(context.eviction) if self.cell.cold else ""
        self.visits = {
            name: Visit(name, self.cell, self.process, worker, *shared, cold)
            for name, worker in self.workers.items()
        }
        self.round = self.first_round

    def run(self) -> int:
        """Measure; record the samples, and the outcome of each worker. Returns the next round's number."""
        before = interference.read()
        order = self._shuffled(self.visits)
        self._each(order, self._prepare_and_take_turn)
        self._exclude_orphans()
        self.round += 1
        for number in range(1, self.context.rounds):
            # There and back: a machine that gets steadily slower disadvantages nobody.
            order = order[::-1] if number % 2 else self._shuffled(order)
            self._round([name for name in order if self._rounds(name) > number])
        repeats = self.context.repeats
        while repeats.allowed and (wanted := self.unpaired()):
            repeats.repeated += 1
            self._round(self._shuffled(wanted))
        repeats.planned += self.context.rounds
        for warning in interference.read().diff(before):
            for visit in self.visits.values():
                visit.warn(warning)
        self._each(list(self.visits), lambda visit: visit.finish(len(self.workers)))
        for visit in self.visits.values():
            visit.record(self.context.rounds)
        return self.round

    def _shuffled(self, names: Collection[str]) -> list[str]:
        return list(map(str, self.rng.permutation(sorted(names))))

    def _prepare_and_take_turn(self, visit: Visit) -> None:
        visit.prepare()
        visit.turn(self.round)

    def _round(self, names: Collection[str]) -> None:
        if names:
            self._each(names, lambda visit: visit.turn(self.round))
            self.round += 1

    def _rounds(self, name: str) -> int:
        if name not in self.visits:
            return 0
        return self.visits[name].calibration.rounds(name, self.context.rounds)

    def unpaired(self) -> set[str]:
        """Those that lack turns which neither they nor their partner were disturbed in; and the partners.

        Half of the planned ones do: processes differ by more than the turns of one. Where one of the two
        is long, its turn goes with any turn of the other's, and each needs one of its own.
        """
        wanted: set[str] = set()
        for name, visit in self.visits.items():
            partner = self.context.partners.get(name, name)
            partner = partner if partner in self.visits else name
            if visit.long or self.visits[partner].long:
                if not visit.quiet and not (visit.long and visit.turns >= _LONG_TURNS):
                    wanted.add(name)
                continue
            planned = min(self._rounds(name), self._rounds(partner))
            if len(visit.quiet & self.visits[partner].quiet) < planned / 2:
                wanted |= {name, partner}
        return wanted

    def _each(self, names: Collection[str], step: Callable[[Visit], None]) -> None:
        """The step for the visit of each name that is still in; who fails is out."""
        for name in names:
            if visit := self.visits.get(name):
                began = monotonic()
                try:
                    step(visit)
                except WorkerFailed as failure:
                    self._exclude(name, failure.status, failure.reason, failure.output)
                visit.spent_s += monotonic() - began

    def _exclude(self, name: str, status: Status, reason: str, output: str = "") -> None:
        self.context.participants.leave(self.visits.pop(name).outcome, status, reason, output)

    def _exclude_orphans(self) -> None:
        for name in self.context.orphan_guard.end_new(self.workers) & set(self.visits):
            reason = "left a process running outside its group, which cannot be frozen"
            self._exclude(name, Status.CRASHED, f"{reason}, in {self.cell}")
