"""One cell in one set of workers: each prepares, is checked and warmed up, takes its turns in rounds,
and is checked again."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import numpy as np

from benchmarks.correctness.check import Deviation
from benchmarks.correctness.gate import GATE_LIMIT_S, check_reply
from benchmarks.machine.describe import cores
from benchmarks.results import warnings
from benchmarks.results.records import Cell, Sample, Status
from benchmarks.schedule.cell_budget import CellBudget
from benchmarks.schedule.clock_check import ClockCheck
from benchmarks.schedule.participants import Participants
from benchmarks.schedule.problem_cache import CachedProblem
from benchmarks.schedule.turns import LONG_NS, SAMPLE_NS
from benchmarks.worker import interference
from benchmarks.worker.orphans import OrphanGuard
from benchmarks.worker.process import Reply, WorkerFailed, WorkerProcess

# While another process has a core, two threads of one call wait for each other: calls of 0.06 ms took 16
# to 32 ms here, and a sample of 170 of them more than 5 s. That is slow, and no hang.
MIN_LIMIT_S = 20.0
CHECKED, FINAL = 0, 999_999_937  # the calls whose answers are checked
_WARM_UP_NS = 100_000_000  # where it is calibrated; later processes have caches and threads to wake
_WAKE_UP_NS = 2_000_000
_QUIET_SHARE = 0.5  # of a turn's samples have to be undisturbed, or the turn is repeated


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
    """What all cell runs of a run share. `partners` tells with whom each one's ratio is taken."""

    cell_budget: CellBudget
    participants: Participants
    orphan_guard: OrphanGuard
    repeats: Repeats
    partners: Mapping[str, str]
    rounds: int


@dataclass(eq=False)
class CellRun:
    """The run of a cell. Its `outcomes`, of the workers still in, are recorded when it ends.

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
        self.cell_budget, self.participants = self.context.cell_budget, self.context.participants
        self.budget, self.recorder = self.cell_budget.budget, self.participants.recorder
        self.calibration = self.cell_budget.calibration(self.cell)
        self.outcomes = {name: self.participants.outcome(name, self.cell) for name in self.workers}
        self.clocks = {name: ClockCheck() for name in self.workers}
        self.spent_s: Counter[str] = Counter()
        self.quiet: dict[str, set[int]] = {name: set() for name in self.workers}
        self.best_ns: dict[str, float] = {}
        self.round = self.first_round

    def run(self) -> int:
        """Measure; record the samples, and the outcome of each worker. Returns the next round's number."""
        before = interference.read()
        order = list(map(str, self.rng.permutation(sorted(self.outcomes))))
        self._each(order, self._prepare_and_take_turn)
        self._exclude_orphans()
        self.round += 1
        for number in range(1, self.context.rounds):
            # There and back: a machine that gets steadily slower disadvantages nobody.
            order = order[::-1] if number % 2 else list(map(str, self.rng.permutation(order)))
            self._round([name for name in order if self._rounds(name) > number])
        while (wanted := self._unpaired()) and self.context.repeats.allowed:
            self.context.repeats.repeated += 1
            self._round(list(map(str, self.rng.permutation(sorted(wanted)))))
        self.context.repeats.planned += self.context.rounds
        for warning in interference.read().diff(before):
            for name in self.outcomes:
                self._warn(name, warning)
        self._each(list(self.outcomes), self._finish)
        for name, outcome in self.outcomes.items():
            self.calibration.calibrate(
                name, self.best_ns[name]
            )  # its warm-up may have been disturbed
            self.calibration.visit_s[name] = self.spent_s[name]
            self.cell_budget.visits[self.cell, name] += 1
            self.recorder.add(outcome)
        return self.round

    def _round(self, names: Collection[str]) -> None:
        if names:
            self._each(names, self._turn)
            self.round += 1

    def _rounds(self, name: str) -> int:
        return self.calibration.rounds(name, self.context.rounds) if name in self.outcomes else 0

    def _unpaired(self) -> set[str]:
        """Those that lack a turn which neither they nor their partner were disturbed in; and the partners."""
        wanted: set[str] = set()
        for name in self.outcomes:
            partner = self.context.partners.get(name, name)
            partner = partner if partner in self.outcomes else name
            planned = min(self._rounds(name), self._rounds(partner))
            if len(self.quiet[name] & self.quiet[partner]) < planned:
                wanted |= {name, partner}
        return wanted

    def _each(self, names: Collection[str], step: Callable[[str], None]) -> None:
        """The step for every named worker that is still in; who fails is out."""
        for name in names:
            if name in self.outcomes:
                began = monotonic()
                try:
                    step(name)
                except WorkerFailed as failure:
                    self._exclude(name, failure.status, failure.reason)
                self.spent_s[name] += monotonic() - began

    def _exclude(self, name: str, status: Status, reason: str) -> None:
        self.participants.leave(self.outcomes.pop(name), status, reason)

    def _exclude_orphans(self) -> None:
        groups = {name: worker.pid for name, worker in self.workers.items()}
        for name in self.context.orphan_guard.end_new(groups) & set(self.outcomes):
            reason = "left a process running outside its group, which cannot be frozen"
            self._exclude(name, Status.CRASHED, f"{reason}, in {self.cell}")

    def _limit_s(self, name: str, do: str, calls: int) -> float:
        """Twenty times as long as it should take, by what was measured here or in smaller cells.

        But a first call may compile, also where smaller cells were called before, and nobody knows for
        how long.
        """
        if name in self.calibration.call_ns:
            return max(MIN_LIMIT_S, 20 * self.calibration.call_ns[name] * calls / 1e9)
        cells, call_ns = self.cell_budget.predict(name, self.cell)
        return max(MIN_LIMIT_S, 20 * call_ns / 1e9) if cells and do != "call" else GATE_LIMIT_S

    def _ask(
        self, name: str, purpose: str, doing: str, do: str, calls: int = 1, **request: Any
    ) -> Reply:
        """Ask a worker, and book the time under `purpose`."""
        worker, limit_s = self.workers[name], self._limit_s(name, do, calls)
        with self.budget.spending(purpose):
            return worker.ask(f"{doing} {self.cell}", do, limit_s, **request)

    def _prepare_and_take_turn(self, name: str) -> None:
        operation, first = self.cell.operation, self.outcomes[name].first_call_ns is None
        request = {**self.problem.files, "weigh": first}
        loaded, _ = self._ask(name, "preparing", "preparing", "load", **request)
        reply = self._ask(name, "first_calls", "computing", "call", operation=operation, j=CHECKED)
        called = reply[0]
        if first:
            self._check(name, CHECKED, reply)
            self.outcomes[name] = replace(
                self.outcomes[name],
                prepare_ns=loaded["prepare_ns"],
                first_call_ns=called["elapsed_ns"],
                peak_rss_bytes=called["peak_rss_bytes"],
            )
        if self._warm_up(name):
            self._turn(name)

    def _warm_up(self, name: str) -> bool:
        """Until the times are steady; the first time, calibrate, too. False if it costs too much."""
        first = name not in self.calibration.loops
        if not first and self.calibration.call_ns[name] >= LONG_NS:
            return True  # its first call was enough of a warm-up
        request = {"min_ns": _WARM_UP_NS if first else _WAKE_UP_NS, "target_ns": SAMPLE_NS}
        asked = self._ask(
            name, "warm_up", "warming up", "warm_up", operation=self.cell.operation, **request
        )
        warm = asked[0]
        if first:
            if not warm["steady"]:
                self._warn(name, warnings.word("not steady"))
            reason = self.cell_budget.too_costly(name, self.cell, warm["per_call_ns"])
            if reason:
                self._exclude(name, Status.SKIPPED, reason)
                return False
            self.calibration.calibrate(name, warm["per_call_ns"])
        return True

    def _turn(self, name: str) -> None:
        turn, worker = self.calibration.turn(name), self.workers[name]
        # Every implementation is given the same arguments in a round, and the last call of a turn has
        # arguments whose answer is known.
        request = {"loops": turn.loops, "samples": turn.samples, "untimed": turn.untimed}
        calls = turn.loops * turn.samples + turn.untimed
        operation = self.cell.operation
        reply, _ = self._ask(
            name, "conducting", "timing", "turn", calls, operation=operation, j=FINAL, **request
        )
        elapsed_ns = sum(elapsed for elapsed, *_ in reply["taken"])
        best_ns = min(elapsed for elapsed, *_ in reply["taken"]) / turn.loops
        self.best_ns[name] = min(best_ns, self.best_ns.get(name, best_ns))
        self.budget.move(elapsed_ns / 1e9, "conducting", "samples")
        self.budget.move(reply["untimed_ns"] / 1e9, "conducting", "warm_up")
        cpu_ns = sum(cpu for _, cpu, *_ in reply["taken"])
        self.clocks[name].add(worker.asked_ns, elapsed_ns, reply["untimed_ns"], cpu_ns)
        quiet = 0
        for elapsed, cpu, waited, *others in reply["taken"]:
            disturbed = interference.disturbed(elapsed, cpu, cores(), waited, *others)
            quiet += not disturbed
            sample = (self.process, self.round, turn.loops, elapsed, waited, disturbed)
            self.recorder.add(Sample(name, self.cell, *sample))
        if quiet >= _QUIET_SHARE * len(reply["taken"]):
            self.quiet[name].add(self.round)

    def _finish(self, name: str) -> None:
        """Check the last timed answer and the worker's clock; the first time, measure its memory."""
        operation, first = self.cell.operation, self.outcomes[name].extra_bytes is None
        reply = self._ask(
            name, "judging", "answering", "answer", operation=operation, digests=first
        )
        self._check(name, FINAL, reply)
        if first:  # apart from the timing, and once
            doing = "measuring the memory of"
            taken, _ = self._ask(name, "memory", doing, "memory", operation=operation, j=FINAL)
            self.outcomes[name] = replace(self.outcomes[name], extra_bytes=taken["extra_bytes"])
        if disagreement := self.clocks[name].disagreement(len(self.workers)):
            reason = f"{disagreement}, for the samples of {self.cell}"
            raise WorkerFailed(Status.DISAGREES, reason)
        if excess := self.clocks[name].excess_threads(self.workers[name].handshake["granted"]):
            self._warn(name, warnings.word("threads differ", excess))

    def _warn(self, name: str, warning: str) -> None:
        """Put the warning on the cell; of each kind the first stays."""
        outcome = self.outcomes[name]
        self.outcomes[name] = replace(outcome, warnings=warnings.join([outcome.warnings, warning]))

    def _check(self, name: str, j: int, reply: Reply) -> None:
        """Check an answer, and keep its error and bound if they are the worst so far."""
        with self.budget.spending("judging"):
            expected = self.problem.reference(j)
            digests = self.problem.digests if reply[0].get("digests") else None
            deviation = check_reply(reply, expected, f"in {self.cell}", digests)
        outcome = self.outcomes[name]
        worst = Deviation(outcome.error, outcome.bound)
        if outcome.error is None or worst.ratio < deviation.ratio:
            self.outcomes[name] = replace(outcome, error=deviation.error, bound=deviation.bound)
