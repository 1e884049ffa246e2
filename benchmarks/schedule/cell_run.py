"""One cell in one set of workers: prepare, check, warm up, then rounds in random order, check again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from benchmarks.correctness.check import Truth, judge
from benchmarks.correctness.gate import GATE_LIMIT_S
from benchmarks.operations import operations
from benchmarks.results import warnings
from benchmarks.results.records import Cell, Outcome, Sample, Status
from benchmarks.schedule.budget import Budget
from benchmarks.schedule.calibration import Pace
from benchmarks.schedule.problem_cache import Laid
from benchmarks.worker.interference import conditions
from benchmarks.worker.process import Host, Lookout, WorkerFailed

# A call that takes this long does not notice that its caches went cold while it was frozen, nor what
# a few calls more of warming up would bring: refilling 32 MiB takes about 3 ms.
SLOW_NS = 100e6
# While another process has a core, two threads of one call wait for each other: calls of 0.06 ms took 16
# to 32 ms here, and a sample of 170 of them more than 5 s. That is slow, and no hang.
LEAST_LIMIT_S = 20.0
_AGAIN = 2  # samples' worth of warming up, where the cell has been visited before
CHECKED, FINAL = 0, 999_999_937  # the calls whose answers are held against the truth


@dataclass(eq=False)
class Visit:
    """Everything one visit works with.

    `expected_ns` is a call's time as predicted, for those who have been timed before. `too_costly`
    tells why a call time is over its share of the budget, if it is.
    """

    cell: Cell
    process: int
    hosts: Mapping[str, Host]
    outcomes: Mapping[str, Outcome]
    laid: Laid
    truth: Callable[[int], Truth]
    pace: Pace
    budget: Budget
    rng: np.random.Generator
    lookout: Lookout
    expected_ns: Mapping[str, float]
    too_costly: Callable[[str, float], str]

    def records(self, rounds: int) -> Iterator[Sample | Outcome]:
        """The samples of `rounds` rounds, and the outcomes that this visit found out or changed."""
        began = monotonic()
        self.active = {name: self.outcomes[name] for name in self.hosts}
        once = self.budget.spent["judging"]
        self.compiling_s = 0.0  # what first calls took beyond a call
        self.clock_ns = {name: np.zeros(3) for name in self.hosts}  # asked, elapsed, processor
        for name in self._shuffled():
            yield from self._guard(name, self._prepare)
        for name in self.lookout.escaped(self.hosts) & set(self.active):
            reason = "left a process running outside its group, which cannot be frozen"
            yield self._out(name, WorkerFailed(Status.CRASHED, f"{reason}, in {self.cell}"))
        before, ready = conditions(), monotonic()
        for number in range(rounds):
            for name in self._shuffled():
                yield from self._guard(name, self._sample, number, number == rounds - 1)
        timed = monotonic()
        for odd in conditions().since(before):
            for name in self.active:
                self._remark(name, odd)
        for name in self._shuffled():
            yield from self._guard(name, self._finish)
        self.pace.round_s = max((timed - ready) / max(rounds, 1), 1e-4) / len(self.hosts)
        # Later sets find compiled code and exact answers ready.
        once_s = self.compiling_s + self.budget.spent["judging"] - once
        fixed_s = max(monotonic() - began - (timed - ready) - once_s, 1e-3)
        self.pace.fixed_s = fixed_s / len(self.hosts)
        yield from self.active.values()

    def _shuffled(self) -> list[str]:
        return list(map(str, self.rng.permutation(sorted(self.active))))

    def _guard(self, name: str, step: Callable, *arguments) -> Iterator[Sample | Outcome]:
        """What the step returns, if anything; if it fails, the outcome that says so: it is out."""
        try:
            found = step(name, *arguments)
        except WorkerFailed as failure:
            found = self._out(name, failure)
        if found is not None:
            yield found

    def _out(self, name: str, failure: WorkerFailed) -> Outcome:
        outcome = self.active.pop(name)
        return replace(outcome, status=failure.status, reason=failure.reason)

    def _ask(self, name: str, doing: str, do: str, **request) -> tuple[dict, Sequence[np.ndarray]]:
        # Twenty times as long as it should take; but a first call may compile, also where smaller cells
        # were called before, and nobody knows for how long. What a hang took is not to be missing from
        # the others' time.
        known_ns = self.pace.call_ns.get(name, self.expected_ns.get(name))
        limit_s = GATE_LIMIT_S
        if known_ns is not None and (do != "call" or name in self.pace.call_ns):
            limit_s = max(LEAST_LIMIT_S, 20 * known_ns * request.get("loops", 1) / 1e9)
        try:
            return self.hosts[name].ask(limit_s, f"{doing} {self.cell}", do, **request)
        except WorkerFailed as failure:
            if failure.status is Status.TIMEOUT:
                self.budget.extend(limit_s)
            raise

    def _prepare(self, name: str) -> None:
        operation = self.cell.operation
        with self.budget.spending("preparing"):
            files = self.laid.problem.in_folder(self.laid.folder)
            loaded, _ = self._ask(name, "preparing", "load", **files)
        with self.budget.spending("first_calls"):
            called, parts = self._ask(
                name, "computing", "call", operation=operation, j=CHECKED, returns=self._returns
            )
        spent_s = self.hosts[name].asked_ns / 1e9 - called["elapsed_ns"] / 1e9
        self.budget.move(max(spent_s, 0.0), "first_calls", "conducting")
        outcome = self._judged(name, self.active[name], CHECKED, called, parts)
        if outcome.first_call_ns is None:
            outcome = replace(
                outcome,
                prepare_ns=loaded["prepare_ns"],
                first_call_ns=called["elapsed_ns"],
                peak_rss_bytes=called["peak_rss_bytes"],
            )
        self.active[name] = outcome
        self._warm_up(name)
        if name not in self.pace.loops:
            raise WorkerFailed(Status.SKIPPED, self.too_costly(name, self.pace.call_ns[name]))

    def _warm_up(self, name: str) -> None:
        """Until it is steady; the first time, find out how many calls make a sample, too."""
        known = name in self.pace.loops
        # What is to be found out is found; a fresh process has its caches and threads to wake.
        least_ns = min(self.pace.warm_up_ns, _AGAIN * self.pace.target_ns)
        if known and self.pace.call_ns[name] > SLOW_NS:
            return  # its first call was warming up enough
        with self.budget.spending("warm_up"):
            warm, _ = self._ask(
                name,
                "warming up",
                "warm",
                operation=self.cell.operation,
                target_ns=self.pace.target_ns,
                at_least_ns=least_ns if known else self.pace.warm_up_ns,
            )
        if known:  # the first time the machine may have been busy
            self.pace.call_ns[name] = min(self.pace.call_ns[name], warm["per_call_ns"])
            self.pace.loops[name] = max(self.pace.loops[name], warm["loops"])
            return
        self.pace.call_ns[name] = warm["per_call_ns"]
        first_ns = self.active[name].first_call_ns or 0
        self.compiling_s += max(0.0, first_ns - warm["per_call_ns"]) / 1e9
        if not warm["steady"]:
            self._remark(name, warnings.word("not steady"))
        if not self.too_costly(name, warm["per_call_ns"]):
            self.pace.loops[name] = warm["loops"]

    def _sample(self, name: str, number: int, last: bool) -> Sample:
        loops, untimed = self.pace.loops_of(name), self.pace.call_ns[name] < SLOW_NS
        # Every implementation is given the same arguments in a round, and the last call of the last
        # round has arguments whose answer is known.
        j = FINAL if last else 1_000_003 * (number + 1)
        with self.budget.spending("samples"):
            timed, _ = self._ask(
                name,
                "timing",
                "sample",
                operation=self.cell.operation,
                j=j,
                loops=loops,
                untimed=untimed,
            )
        asked = self.hosts[name].asked_ns
        self.clock_ns[name] += (asked, timed["elapsed_ns"] + timed["untimed_ns"], timed["cpu_ns"])
        idle_s = (asked - timed["elapsed_ns"] - timed["untimed_ns"]) / 1e9
        self.budget.move(max(idle_s, 0.0), "samples", "conducting")
        return Sample(name, self.cell, self.process, number, loops, timed["elapsed_ns"])

    def _finish(self, name: str) -> None:
        """Judge the last timed answer, and the worker's clock by the conductor's."""
        with self.budget.spending("judging"):
            answered, parts = self._ask(name, "answering", "answer", returns=self._returns)
        outcome = self._judged(name, self.active[name], FINAL, answered, parts)
        if outcome.extra_bytes is None:  # apart from the timing, and once: it does not change
            with self.budget.spending("memory"):
                taken, _ = self._ask(
                    name,
                    "measuring the memory of",
                    "memory",
                    operation=self.cell.operation,
                    j=FINAL,
                )
            outcome = replace(outcome, extra_bytes=taken["extra_bytes"])
        self.active[name] = outcome
        asked, elapsed, processor = self.clock_ns[name]
        slack = 0.5 * asked + 50e6 * len(self.hosts)
        if elapsed > asked or asked - elapsed > slack:
            reason = (
                f"its clock says {elapsed / 1e6:.4g} ms, the conductor's {asked / 1e6:.4g} ms, "
                f"for the samples of {self.cell}"
            )
            raise WorkerFailed(Status.DISAGREES, reason)
        pools = self.hosts[name].hello["granted"]
        if elapsed > 20e6 and processor > (pools + 0.5) * elapsed:
            busy = f"{processor / elapsed:.1f} processors busy, {pools} granted"
            self._remark(name, warnings.word("threads differ", busy))

    def _remark(self, name: str, odd: str) -> None:
        """Put the warning on the cell; of each kind the first stays."""
        outcome = self.active[name]
        self.active[name] = replace(outcome, warnings=warnings.join([outcome.warnings, odd]))

    def _judged(
        self, name: str, outcome: Outcome, j: int, reply: dict, parts: Sequence[np.ndarray]
    ) -> Outcome:
        """The outcome with its error and bound if they are the worst so far; fails if it is wrong."""
        if complaint := reply.get("complaint"):
            raise WorkerFailed(Status.DISAGREES, f"{complaint}, in {self.cell}")
        for key, found in reply.get("digests", {}).items():
            if key in self.laid.digests and found != self.laid.digests[key]:
                raise WorkerFailed(Status.DISAGREES, f"{key} was changed in place, in {self.cell}")
        with self.budget.spending("judging"):
            agreement = judge(self.truth(j), parts)
        if agreement.complaint:
            raise WorkerFailed(Status.DISAGREES, f"{agreement.complaint}, in {self.cell}")
        if outcome.error is not None and _ratio(outcome) >= agreement.ratio:
            return outcome
        return replace(outcome, error=agreement.error, bound=agreement.bound)

    @property
    def _returns(self) -> int:
        return len(operations()[self.cell.operation].RETURNS)


def _ratio(outcome: Outcome) -> float:
    return outcome.error / outcome.bound if outcome.error and outcome.bound else 0.0
