"""One implementation in one cell in one process: prepare, check, calibrate, take turns, check again."""

from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from benchmarks import format, interrupt
from benchmarks.correctness.check import Deviation
from benchmarks.correctness.gate import GATE_LIMIT_S, check_reply
from benchmarks.machine.describe import cores
from benchmarks.results import warnings
from benchmarks.results.records import Cell, Sample, Status
from benchmarks.schedule.cell_budget import CellBudget
from benchmarks.schedule.clock_check import ClockCheck
from benchmarks.schedule.participants import Participants
from benchmarks.schedule.problem_cache import CachedProblem
from benchmarks.schedule.turns import SAMPLE_NS
from benchmarks.statistics.rounds import LONG_NS
from benchmarks.worker import interference
from benchmarks.worker.interference import PaceRecord
from benchmarks.worker.process import Reply, WorkerFailed, WorkerProcess

# While another process has a core, two threads of one call wait for each other: calls of 0.06 ms took 16
# to 32 ms here, and a sample of 170 of them more than 5 s. That is slow, and no hang.
MIN_LIMIT_S = 20.0
CHECKED, FINAL = 0, 999_999_937  # the calls whose answers are checked
_WARM_UP_NS = 15_000_000  # where it is calibrated
_WAKE_UP_NS = 2_000_000  # in later processes, which have caches to fill and threads to wake
_GARBAGE_BYTES = 1 << 14  # that a call leaves, which piles up
_OTHER_S = 0.01  # of a visit, for loading, checking and the line to the worker
_SEVERAL = 1.2  # processor time over elapsed time: it ran on more than one
_QUIET_SHARE = 0.5  # of a turn's samples have to be undisturbed, or the turn is repeated


@dataclass(eq=False)
class Visit:
    """A visit under way. `quiet` are the rounds in which its turn was not disturbed; `cold` is the file
    that is read for cold caches.

    Its methods raise WorkerFailed; `outcome` is what is recorded in the end if none did.
    """

    name: str
    cell: Cell
    process: int
    worker: WorkerProcess
    problem: CachedProblem
    cell_budget: CellBudget
    participants: Participants
    paces: PaceRecord
    cold: str = ""

    def __post_init__(self):
        self.budget, self.recorder = self.cell_budget.budget, self.participants.recorder
        self.calibration = self.cell_budget.calibration(self.cell)
        self.outcome = self.participants.outcome(self.name, self.cell)
        self.first = self.name not in self.calibration.call_ns  # also where a run was resumed
        self.clock, self.processors = ClockCheck(), cores()
        self.quiet: set[int] = set()
        self.turns = 0
        self.best_ns = float("inf")  # of a call in its samples
        self.spent_s = 0.0

    @property
    def long(self) -> bool:
        """Are its calls so long that they average over what disturbs others, and cost much to repeat?"""
        return self.calibration.call_ns[self.name] >= LONG_NS

    def prepare(self) -> None:
        """Load the problem and call once; the first time, check the answer, warm up and calibrate."""
        loaded, _ = self._ask(
            "preparing", "preparing", "load", weigh=self.first, **self.problem.files
        )
        operation = self.cell.operation
        if self._needs_no_first_call:
            return
        reply = self._ask(
            "first_calls", "computing", "call", operation=operation, j=CHECKED, weigh=self.first
        )
        if self.first:
            self._check(CHECKED, reply)
            self.outcome = replace(
                self.outcome,
                prepare_ns=loaded["prepare_ns"],
                first_call_ns=reply[0]["elapsed_ns"],
                peak_rss_bytes=reply[0]["peak_rss_bytes"],
            )
            self._calibrate(reply[0]["elapsed_ns"])
            if self.long:  # what a call takes beside, it takes in the first
                self.outcome = replace(self.outcome, extra_bytes=reply[0]["extra_bytes"])

    @property
    def _needs_no_first_call(self) -> bool:
        """Can a slow call, which does not notice that caches are cold, be timed at once?

        It can if there is nothing to compile or load: neither its very first call was longer, nor that
        of this cell.
        """
        if self.first or not self.calibration.slow(self.name):
            return False
        call_ns = self.calibration.call_ns[self.name]
        no_longer = (self.outcome.first_call_ns or 0) <= 1.1 * call_ns
        return no_longer and self._compiles_nothing_beside(call_ns)

    def _compiles_nothing_beside(self, call_ns: float) -> bool:
        return self.cell_budget.once_ns(self.name, self.cell) <= 0.01 * call_ns

    def _calibrate(self, first_call_ns: int) -> None:
        """Find the time of a call: warm up until it is steady, unless the first call was one like others.

        Raises WorkerFailed, skipped, if that turns out too costly.
        """
        cells, predicted_ns = self.cell_budget.predict(self.name, self.cell)
        as_expected = bool(cells) and first_call_ns <= 1.5 * predicted_ns
        like_others = as_expected or self._compiles_nothing_beside(first_call_ns)
        if first_call_ns >= LONG_NS and like_others:
            call_ns = float(first_call_ns)
        else:
            warm, _ = self._ask(
                "warm_up",
                "warming up",
                "warm_up",
                operation=self.cell.operation,
                min_ns=_WARM_UP_NS,
                target_ns=SAMPLE_NS,
            )
            if not warm["steady"]:
                self.warn(warnings.word("not steady"))
            call_ns = warm["per_call_ns"]
        if reason := self.cell_budget.too_costly(self.name, self.cell, call_ns):
            raise WorkerFailed(Status.SKIPPED, reason)
        self.calibration.calibrate(self.name, call_ns)

    def turn(self, number: int) -> None:
        """Its turn in the round of this number.

        Every implementation is given the same arguments, and the last call has those of FINAL, whose
        answer is known.
        """
        turn = self.calibration.turn(self.name)
        request: dict[str, Any] = {"operation": self.cell.operation, "j": FINAL}
        wakes_up = not (self.first or self.turns or self.long)
        untimed = max(turn.untimed, ceil(_WAKE_UP_NS / turn.call_ns) if wakes_up else 0)
        request |= {"loops": turn.loops, "samples": turn.samples, "untimed": untimed}
        request |= {"fast_ns": self.paces.limit_ns, "threads": self.worker.handshake["granted"]}
        request |= {"processor": self.paces.processor, "cold": self.cold}
        calls = turn.loops * turn.samples + untimed
        with interrupt.held():  # the turn that was begun is finished, and kept
            reply, _ = self._ask("conducting", "timing", "turn", calls, **request)
            self._keep(number, turn.loops, reply)

    def _keep(self, number: int, loops: int, reply: dict[str, Any]) -> None:
        """Record the samples of a turn."""
        elapsed_ns, cpu_ns = (sum(sample[k] for sample in reply["taken"]) for k in (0, 1))
        self.budget.move(elapsed_ns / 1e9, "conducting", "samples")
        self.budget.move(reply["untimed_ns"] / 1e9, "conducting", "warm_up")
        if not self.worker.paused:
            self.clock.add(self.worker.asked_ns, elapsed_ns, reply["untimed_ns"], cpu_ns)
        self.paces.processor = reply["processor"]
        self.turns += 1
        quiet = 0
        elsewhere_slow = reply["elsewhere_ns"] > self.paces.limit_ns
        for elapsed, cpu, waited, *others, pace in reply["taken"]:
            disturbed = interference.disturbed(elapsed, cpu, self.processors, waited, *others)
            disturbed |= self.paces.is_slow(pace) or self.worker.paused
            disturbed |= elsewhere_slow and cpu > _SEVERAL * elapsed
            quiet += not disturbed
            self.best_ns = min(self.best_ns, elapsed / loops)
            sample = (self.process, number, loops, elapsed, waited, disturbed)
            self.recorder.add(Sample(self.name, self.cell, *sample))
        if quiet >= _QUIET_SHARE * len(reply["taken"]):
            self.quiet.add(number)

    def finish(self, workers: int) -> None:
        """Check the last timed answer, and the clock of one of so many workers.

        The first time, see also that no argument was changed, and measure the memory.
        """
        operation, first = self.cell.operation, self.first
        reply = self._ask("judging", "answering", "answer", operation=operation, digests=first)
        self._check(FINAL, reply)
        if first and not self.long:  # apart from the timing, and once
            doing = "measuring the memory of"
            taken, _ = self._ask("memory", doing, "memory", operation=operation, j=FINAL)
            told = {name: taken[name] for name in ("extra_bytes", "moved_bytes")}
            self.outcome = replace(self.outcome, **told)
            if taken["garbage_bytes"] >= _GARBAGE_BYTES:
                left = f"{format.memory(taken['garbage_bytes'])} a call"
                self.warn(warnings.word("garbage", left))
        if disagreement := self.clock.disagreement(workers):
            reason = f"{disagreement}, for the samples of {self.cell}"
            raise WorkerFailed(Status.DISAGREES, reason)
        if excess := self.clock.excess_threads(self.worker.handshake["granted"]):
            self.warn(warnings.word("threads differ", excess))

    def record(self, rounds: int) -> None:
        """Its outcome, and what the next visit will take: one of so many rounds."""
        # Its warm-up may have been disturbed, and its sources compiled in it.
        self.calibration.calibrate(self.name, self.best_ns)
        if self.first and not self.cold:  # reading takes longer than the samples
            once_ns = (self.outcome.prepare_ns or 0) + self.calibration.call_ns[self.name]
            turns_ns = (
                self.calibration.rounds(self.name, rounds) * self.calibration.turn(self.name).ns
            )
            self.spent_s = min(self.spent_s, (turns_ns + once_ns) / 1e9 + _OTHER_S)
        if self.first:
            self.cell_budget.note_first_call(self.name, self.cell, self.outcome.first_call_ns or 0)
        self.calibration.visit_s[self.name] = self.spent_s
        self.cell_budget.visits[self.cell, self.name] += 1
        self.recorder.add(self.outcome)

    def warn(self, warning: str) -> None:
        """Put the warning on the cell; of each kind the first stays."""
        joined = warnings.join([self.outcome.warnings, warning])
        self.outcome = replace(self.outcome, warnings=joined)

    def _ask(self, purpose: str, doing: str, do: str, calls: int = 1, **request: Any) -> Reply:
        """Ask the worker, and book the time under `purpose`."""
        with self.budget.spending(purpose):
            return self.worker.ask(f"{doing} {self.cell}", do, self._limit_s(do, calls), **request)

    def _limit_s(self, do: str, calls: int) -> float:
        """Twenty times as long as it should take, by what was measured here or in smaller cells.

        But a first call may compile, also where smaller cells were called before, and nobody knows for
        how long.
        """
        if self.name in self.calibration.call_ns:
            return max(MIN_LIMIT_S, 20 * self.calibration.call_ns[self.name] * calls / 1e9)
        cells, call_ns = self.cell_budget.predict(self.name, self.cell)
        return max(MIN_LIMIT_S, 20 * call_ns / 1e9) if cells and do != "call" else GATE_LIMIT_S

    def _check(self, j: int, reply: Reply) -> None:
        """Check an answer, and keep its error and bound if they are the worst so far."""
        with self.budget.spending("judging"):
            expected = self.problem.reference(j)
            digests = self.problem.digests if reply[0].get("digests") else None
            deviation = check_reply(reply, expected, f"in {self.cell}", digests)
        worst = Deviation(self.outcome.error, self.outcome.bound)
        if self.outcome.error is None or worst.ratio < deviation.ratio:
            self.outcome = replace(self.outcome, error=deviation.error, bound=deviation.bound)
