"""One cell in one set of workers: prepare, check, warm up, then rounds in random order, check again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import inf
from time import monotonic
from typing import Any

import numpy as np

from benchmarks.correctness.check import Deviation
from benchmarks.correctness.gate import GATE_LIMIT_S, check_reply
from benchmarks.results import warnings
from benchmarks.results.records import Cell, Sample, Status
from benchmarks.schedule.cell_budget import CellBudget
from benchmarks.schedule.participants import Participants
from benchmarks.schedule.problem_cache import CachedProblem
from benchmarks.worker import interference
from benchmarks.worker.process import OrphanGuard, Reply, WorkerFailed, WorkerProcess

# While another process has a core, two threads of one call wait for each other: calls of 0.06 ms took 16
# to 32 ms here, and a sample of 170 of them more than 5 s. That is slow, and no hang.
MIN_LIMIT_S = 20.0
CHECKED, FINAL = 0, 999_999_937  # the calls whose answers are checked


@dataclass(eq=False)
class ClockCheck:
    """A worker's clock against the conductor's: sums over the samples of a cell run.

    The conductor waited `asked_ns`; the worker says the elapsed and the processor time.
    """

    asked_ns: int = 0
    elapsed_ns: int = 0
    cpu_ns: int = 0

    def add(self, asked_ns: int, elapsed_ns: int, cpu_ns: int) -> None:
        self.asked_ns += asked_ns
        self.elapsed_ns += elapsed_ns
        self.cpu_ns += cpu_ns

    def disagreement(self, workers: int) -> str:
        """How the clocks differ, if by more than half and 50 ms for each worker; else empty."""
        slack_ns = 0.5 * self.asked_ns + 50e6 * workers
        if 0 <= self.asked_ns - self.elapsed_ns <= slack_ns:
            return ""
        return (
            f"its clock says {self.elapsed_ns / 1e6:.4g} ms, "
            f"the conductor's {self.asked_ns / 1e6:.4g} ms"
        )

    def excess_threads(self, threads: int) -> str:
        """How many processors were busy, if more than the threads that were granted; else empty."""
        if self.elapsed_ns <= 20e6 or self.cpu_ns <= (threads + 0.5) * self.elapsed_ns:
            return ""
        return f"{self.cpu_ns / self.elapsed_ns:.1f} processors busy, {threads} granted"


@dataclass(eq=False)
class CellRun:
    """The run of a cell. Its `outcomes`, of the workers still in, are recorded when it ends."""

    cell: Cell
    process: int
    workers: Mapping[str, WorkerProcess]
    problem: CachedProblem
    cell_budget: CellBudget
    participants: Participants
    orphan_guard: OrphanGuard
    rng: np.random.Generator

    def __post_init__(self):
        self.budget, self.recorder = self.cell_budget.budget, self.participants.recorder
        self.calibration = self.cell_budget.calibration(self.cell)
        self.outcomes = {name: self.participants.outcome(name, self.cell) for name in self.workers}
        self.clocks = {name: ClockCheck() for name in self.workers}
        self.compiling_s = 0.0  # what first calls took beyond a call

    def run(self, rounds: int) -> None:
        """Measure `rounds` rounds; record the samples, and the outcome of each worker."""
        began, checking_s = monotonic(), self.budget.spent["judging"]
        self._each(self._prepare)
        self._exclude_orphans()
        rounds_s = self._rounds(rounds)
        self._each(self._finish)
        # Later sets have compiled code and references ready.
        once_s = self.compiling_s + self.budget.spent["judging"] - checking_s
        other_s = monotonic() - began - rounds_s - once_s
        self.calibration.set_cost(rounds, rounds_s, other_s, len(self.workers))
        for outcome in self.outcomes.values():
            self.recorder.add(outcome)

    def _rounds(self, rounds: int) -> float:
        """Time every worker once in each round, in a fresh random order; the seconds it took."""
        before, began = interference.read(), monotonic()
        for number in range(rounds):
            self._each(self._sample, number, number == rounds - 1)
        rounds_s = monotonic() - began
        for warning in interference.read().diff(before):
            for name in self.outcomes:
                self._warn(name, warning)
        return rounds_s

    def _each(self, step: Callable, *arguments) -> None:
        """The step for every worker that is still in, in random order; who fails is out."""
        for name in map(str, self.rng.permutation(sorted(self.outcomes))):
            try:
                step(name, *arguments)
            except WorkerFailed as failure:
                self._exclude(name, failure.status, failure.reason)

    def _exclude(self, name: str, status: Status, reason: str) -> None:
        self.participants.leave(self.outcomes.pop(name), status, reason)

    def _exclude_orphans(self) -> None:
        groups = {name: worker.pid for name, worker in self.workers.items()}
        for name in self.orphan_guard.end_new(groups) & set(self.outcomes):
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
        """Ask a worker and book the time: its calls under `purpose`, the line as conducting."""
        worker, limit_s = self.workers[name], self._limit_s(name, do, calls)
        try:
            with self.budget.spending(purpose):
                reply = worker.ask(f"{doing} {self.cell}", do, limit_s, **request)
        except WorkerFailed as failure:
            if failure.status is Status.TIMEOUT:
                self.budget.seconds += limit_s  # what a hang took is not lost to the others
            raise
        if "elapsed_ns" in reply[0]:
            busy_ns = reply[0]["elapsed_ns"] + reply[0].get("untimed_ns", 0)
            self.budget.move(max(worker.asked_ns - busy_ns, 0) / 1e9, purpose, "conducting")
        return reply

    def _prepare(self, name: str) -> None:
        loaded, _ = self._ask(name, "preparing", "preparing", "load", **self.problem.files)
        operation = self.cell.operation
        reply = self._ask(name, "first_calls", "computing", "call", operation=operation, j=CHECKED)
        called = reply[0]
        self._check(name, CHECKED, reply)
        if self.outcomes[name].first_call_ns is None:
            self.outcomes[name] = replace(
                self.outcomes[name],
                prepare_ns=loaded["prepare_ns"],
                first_call_ns=called["elapsed_ns"],
                peak_rss_bytes=called["peak_rss_bytes"],
            )
        self._warm_up(name, called["elapsed_ns"])

    def _warm_up(self, name: str, first_call_ns: int) -> None:
        """Until the times are steady; the first time, calibrate, too."""
        calibrated = name in self.calibration.loops
        if calibrated and self.calibration.slow(name):
            return  # its first call was enough of a warm-up
        request: dict[str, Any] = {
            "operation": self.cell.operation,
            "target_ns": self.calibration.target_ns,
            "min_ns": self.calibration.min_warm_up_ns(name),
        }
        warm, _ = self._ask(name, "warm_up", "warming up", "warm_up", **request)
        call_ns = warm["per_call_ns"]
        # The shortest stays, since the machine may have been busy.
        self.calibration.call_ns[name] = min(call_ns, self.calibration.call_ns.get(name, inf))
        if not calibrated:
            self.compiling_s += max(0.0, first_call_ns - call_ns) / 1e9
            if not warm["steady"]:
                self._warn(name, warnings.word("not steady"))
            if reason := self.cell_budget.too_costly(name, self.cell, call_ns):
                self._exclude(name, Status.SKIPPED, reason)
                return
        self.calibration.set_loops(name, warm["loops"])

    def _sample(self, name: str, number: int, last: bool) -> None:
        loops = self.calibration.loops_of(name)
        # Every implementation is given the same arguments in a round, and the last call of the last
        # round has arguments whose answer is known.
        request = {
            "operation": self.cell.operation,
            "j": FINAL if last else 1_000_003 * (number + 1),
            "loops": loops,
            "untimed": not self.calibration.slow(name),
        }
        timed, _ = self._ask(name, "samples", "timing", "sample", loops, **request)
        elapsed_ns = timed["elapsed_ns"]
        busy_ns = elapsed_ns + timed["untimed_ns"]
        self.clocks[name].add(self.workers[name].asked_ns, busy_ns, timed["cpu_ns"])
        self.recorder.add(Sample(name, self.cell, self.process, number, loops, elapsed_ns))

    def _finish(self, name: str) -> None:
        """Check the last timed answer and the worker's clock; the first time, measure its memory."""
        operation = self.cell.operation
        reply = self._ask(name, "judging", "answering", "answer", operation=operation)
        self._check(name, FINAL, reply)
        if self.outcomes[name].extra_bytes is None:  # apart from the timing, and once
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
            deviation = check_reply(reply, expected, f"in {self.cell}", self.problem.digests)
        outcome = self.outcomes[name]
        worst = Deviation(outcome.error, outcome.bound)
        if outcome.error is None or worst.ratio < deviation.ratio:
            self.outcomes[name] = replace(outcome, error=deviation.error, bound=deviation.bound)
