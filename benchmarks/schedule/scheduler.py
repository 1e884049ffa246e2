"""The conductor: the gate, then rounds in fresh sets of workers, one budget over all of it."""

import shutil
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks import interrupt
from benchmarks.correctness.check import Truth, truth
from benchmarks.correctness.gate import GATE_LIMIT_S, Examined, Verdict, examine
from benchmarks.data import Dataset, synthetic
from benchmarks.machine.describe import worker_memory_bytes
from benchmarks.operations import operations
from benchmarks.problem.arguments import Problem, problem_of
from benchmarks.registry import FOLDER
from benchmarks.results.records import Cell, Outcome, Sample, Status
from benchmarks.schedule.allocation import Allocation, AllocationPolicy, RunState
from benchmarks.schedule.budget import Budget
from benchmarks.schedule.calibration import FIRST_ROUNDS, Pacing, work
from benchmarks.schedule.cell_run import Visit
from benchmarks.schedule.problem_cache import Shelf
from benchmarks.worker import process as hosting
from benchmarks.worker.process import Host, WorkerFailed

MOST_DEATHS = 3  # after so many, an implementation is not started again


@dataclass(frozen=True)
class Plan:
    """What a run is to measure. `datasets` holds the real data by name.

    A twin has the code of another implementation, named in `twins`, and shares what the gate says of
    it. What is in `examined` (the verdicts and the greeting of a worker, by name) the gate is not to
    look at again.

    There are `processes` sets of processes with everyone in them, as far as the budget reaches. From
    then on `steer` says where the rounds go, until it names nobody, or the budget is spent, or there
    were `most_processes`.
    """

    cells: tuple[Cell, ...]
    implementations: Mapping[str, Path]
    datasets: Mapping[str, Dataset]
    budget_s: float
    steer: AllocationPolicy
    processes: int = 5
    most_processes: int = 60
    seed: int = 0
    first_process: int = 0
    twins: Mapping[str, str] = field(default_factory=dict)
    examined: Mapping[str, Examined] = field(default_factory=dict)
    fair_share: float = 0.8
    first_rounds: int = FIRST_ROUNDS
    most_set_s: float = float("inf")

    def problem(self, cell: Cell) -> Problem:
        """The arguments that every implementation is given in this cell."""
        seed = [self.seed, cell.n_x, cell.m]
        data = self.datasets.get(cell.data) or synthetic(cell.n_x, cell.m, self.seed)
        operation = operations()[cell.operation]
        return problem_of(operation, data.X, data.Y, seed, cell.dtype, cell.order)


@dataclass(frozen=True)
class Step:
    """How far the run is: what it does now, the seconds left, the share of its time that is gone."""

    doing: str
    left_s: float
    done: float


@dataclass(eq=False)
class Sweep:
    """A run under way. Iterating over `records()` does the work; the attributes tell what came of it."""

    plan: Plan
    budget: Budget = field(init=False)
    outcomes: dict[tuple[str, Cell], Outcome] = field(default_factory=dict)
    hellos: dict[str, dict] = field(default_factory=dict)
    verdicts: dict[str, list[Verdict]] = field(default_factory=dict)
    import_ns: dict[str, list[int]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.budget = Budget(self.plan.budget_s)
        self.scratch = hosting.scratch_folder()
        self.memory_bytes = worker_memory_bytes()
        kept_bytes = self.memory_bytes // 16  # in memory twice: as arrays, and as their files
        self.shelf = Shelf(self.scratch / "problems", self.plan.problem, kept_bytes)
        self.lookout = hosting.Lookout()
        self.truths: dict[tuple, Truth] = {}
        self.samples: list[Sample] = []
        self.pacing = Pacing(
            self.plan.cells,
            self.plan.processes,
            self.budget,
            self._names,
            self.plan.fair_share,
            self.plan.most_set_s,
        )
        self.deaths: dict[str, int] = {}

    def records(self) -> Generator[Sample | Outcome | Step, None, None]:
        """Everything the run finds, as it finds it. Closing the iterator ends the workers."""
        with closing(self._found()) as found:
            for record in found:
                # Before it is believed: an exact answer that was cut short accuses whoever is right.
                interrupt.heed()
                yield record

    def _found(self) -> Generator[Sample | Outcome | Step, None, None]:
        try:
            yield from self._gate()
            self.budget.grant(self.plan.budget_s / 2)
            while going := self._going():
                yield from self._set(self.plan.first_process + self.pacing.sets, going)
                self.pacing.sets += 1
            if self.pacing.sets < self.plan.processes:
                self._warn(
                    f"the budget was spent after {self.pacing.sets} sets of processes, "
                    f"of {self.plan.processes} at least"
                )
        finally:
            with self.budget.spending("ending"):
                hosting.end_strays()
                shutil.rmtree(self.scratch, ignore_errors=True)

    @property
    def _over(self) -> bool:
        """Is the time gone? The first set is gone through in any case."""
        return self.pacing.sets > 0 and self.budget.left_s <= 0

    def _going(self) -> Allocation:
        """Who is in the next set, and where."""
        if self._over or self.pacing.sets >= self.plan.most_processes:
            return {}
        standing = {cell: self._names(cell) for cell in self.plan.cells}
        if self.pacing.sets < self.plan.processes:
            return standing
        return self.plan.steer(self.progress)

    @property
    def progress(self) -> RunState:
        """How far the run is, for steering and for a word on it at the end."""
        standing = {cell: self._names(cell) for cell in self.pacing.paces}
        return RunState(
            self.samples,
            {cell: names for cell, names in standing.items() if names},
            {cell: self.pacing.visit_s(cell) for cell in standing},
            self.pacing.starting_s,
            self.budget.left_s,
            self.pacing.sets,
            self.plan.first_process,
        )

    @property
    def left_s(self) -> float:
        """Seconds until the run is done, at the latest."""
        return max(0.0, self.budget.left_s)

    def _step(self, doing: str) -> Step:
        left_s, passed_s = self.left_s, self.budget.seconds - self.budget.left_s
        return Step(doing, left_s, passed_s / (passed_s + left_s))

    def unvisited(self) -> Iterator[Outcome]:
        """The cells that the run was stopped before it came to, as skipped."""
        for outcome in self.outcomes.values():
            if outcome.status is Status.OK and outcome.first_call_ns is None:
                reason = "the run was stopped before it came to this cell; go on with --resume"
                yield replace(outcome, status=Status.SKIPPED, reason=reason)

    # The gate -----------------------------------------------------------------------------------

    def _gate(self) -> Iterator[Outcome | Step]:
        """Examine the implementations; nothing is timed yet."""
        wanted = {cell.operation for cell in self.plan.cells}
        for name, (verdicts, hello) in self.plan.examined.items():
            self.hellos[name] = hello
            for verdict in verdicts:
                yield from self._heed(verdict)
        known = {*self.plan.examined, *self.plan.twins}
        paths = {n: path for n, path in self.plan.implementations.items() if n not in known}
        with self.budget.spending("gate"):
            yield self._step("checking the answers")
            found = examine(paths, wanted, self.scratch, self.memory_bytes, self.hellos)
            for count, group in enumerate(found, start=1):
                for verdict in group:
                    self.verdicts.setdefault(verdict.implementation, []).append(verdict)
                    yield from self._heed(verdict)
                yield self._step(f"checking the answers: {count} of {len(paths)}")

    def _heed(self, verdict: Verdict) -> Iterator[Outcome]:
        """Enter every cell of an operation that the implementation offers, ready or refused."""
        twins = [twin for twin, name in self.plan.twins.items() if name == verdict.implementation]
        names = [verdict.implementation, *(twins if verdict.status is Status.OK else [])]
        for name, cell in product(names, self.plan.cells):
            if cell.operation == verdict.operation:
                outcome = Outcome(name, cell, verdict.status, self._see_again(verdict))
                self.outcomes[name, cell] = outcome
                if verdict.status is not Status.OK:
                    yield outcome

    def _see_again(self, verdict: Verdict) -> str:
        """The verdict's reason, and how to get it once more where it is not a passing revision's."""
        if verdict.status in (Status.OK, Status.UNAVAILABLE) or "@" in verdict.implementation:
            return verdict.reason
        path = self.plan.implementations[verdict.implementation]
        asked = f"IMPLEMENTATION={path.stem}" if path.parent == FOLDER else f"ADD={path}"
        return f"{verdict.reason}. See it again: make check {asked}"

    # The sets -----------------------------------------------------------------------------------

    def _set(self, process: int, going: Allocation) -> Iterator[Sample | Outcome | Step]:
        """One fresh set of workers for each thread count, through all the cells they are due in."""
        rng = np.random.default_rng([self.plan.seed, process])
        rounds = self.pacing.rounds()
        cells = sorted(going, key=lambda cell: (work(cell), cell))
        if self.pacing.sets:  # all is known of them, and where the time ends none is to be favoured
            cells = [cells[i] for i in rng.permutation(len(cells))]
        for threads in sorted({cell.threads for cell in cells}):
            due = [cell for cell in cells if cell.threads == threads]
            hosts: dict[str, Host] = {}
            try:
                for cell in due:
                    if self._over:
                        return
                    yield self._step(f"set {process + 1}: {cell.operation} {cell.n_x} × {cell.m}")
                    yield from self._start(hosts, cell, going[cell], rng)
                    wanted = {name: hosts[name] for name in hosts if name in going[cell]}
                    yield from self._visit(wanted, cell, process, rounds.get(cell, 0), rng)
                    self._bury(hosts)
            finally:
                for worker in hosts.values():
                    worker.close()

    def _bury(self, hosts: dict[str, Host]) -> None:
        """Forget the workers that have ended, and count that against their implementations."""
        for name in [name for name, worker in hosts.items() if not worker.alive]:
            self.deaths[name] = self.deaths.get(name, 0) + 1
            del hosts[name]

    def _names(self, cell: Cell) -> list[str]:
        return [n for n in self.plan.implementations if self._state(n, cell) is Status.OK]

    def _state(self, name: str, cell: Cell) -> Status | None:
        outcome = self.outcomes.get((name, cell))
        return outcome.status if outcome else None

    def _start(
        self, hosts: dict[str, Host], cell: Cell, going: Collection[str], rng
    ) -> Iterator[Outcome]:
        """Start, in a shuffled order, the workers that this cell needs and that are not up."""
        names = [name for name in self._names(cell) if name in going and name not in hosts]
        for name in map(str, rng.permutation(names)):
            with self.budget.spending("starting"):
                try:
                    hosts[name] = self._new_host(name, cell.threads)
                    self.import_ns.setdefault(name, []).append(hosts[name].hello["import_ns"])
                except WorkerFailed as failure:
                    yield self._fail(name, cell, failure)

    def _new_host(self, name: str, threads: int) -> Host:
        if self.deaths.get(name, 0) >= MOST_DEATHS:
            raise WorkerFailed(Status.CRASHED, f"not started again after {MOST_DEATHS} failures")
        granted = threads if self.hellos[self.plan.twins.get(name, name)]["parallel"] else 1
        variables = hosting.environment(granted, self.scratch / "numba", self.memory_bytes)
        folder = self.scratch / f"work-{name}"
        folder.mkdir(exist_ok=True)
        worker = Host(name, self.plan.implementations[name], folder, variables, GATE_LIMIT_S)
        worker.hello["granted"] = granted
        for pool in worker.hello["threadpools"]:
            if pool["num_threads"] != granted:
                self._warn(
                    f"{name}: {pool['internal_api']} runs {pool['num_threads']} threads, "
                    f"not the {granted} it was given"
                )
        return worker

    def _visit(
        self, hosts: dict[str, Host], cell: Cell, process: int, rounds: int, rng
    ) -> Iterator[Sample | Outcome]:
        first = cell not in self.pacing.paces
        if first:
            yield from self._skip_the_costly(cell)
        present = {name: hosts[name] for name in self._names(cell) if name in hosts}
        if not present:
            return
        with self.budget.spending("preparing"):
            laid = self.shelf.take(cell)
        visit = Visit(
            cell=cell,
            process=process,
            hosts=present,
            outcomes={name: self.outcomes[name, cell] for name in present},
            laid=laid,
            truth=lambda j: self._truth(cell, laid.problem, j),
            pace=self.pacing.begin(cell) if first else self.pacing.paces[cell],
            budget=self.budget,
            rng=rng,
            lookout=self.lookout,
            expected_ns={
                n: ns for n in present for known, ns in [self.pacing.predicted(n, cell)] if known
            },
            too_costly=lambda name, call_ns: self.pacing.too_costly(name, cell, call_ns),
        )
        for record in visit.records(self.plan.first_rounds if first else rounds):
            if isinstance(record, Sample):
                self.samples.append(record)
                yield record
            else:
                yield self._note(record)

    def _skip_the_costly(self, cell: Cell) -> Iterator[Outcome]:
        """Leave out, and say so, what would cost more than its share, predicted from smaller cells."""
        for name in self._names(cell):
            known, call_ns = self.pacing.predicted(name, cell)
            if known and (reason := self.pacing.too_costly(name, cell, call_ns)):
                reason = f"predicted from {known} smaller cells: {reason}"
                skipped = replace(self.outcomes[name, cell], status=Status.SKIPPED, reason=reason)
                yield self._note(skipped)

    def _truth(self, cell: Cell, problem: Problem, j: int) -> Truth:
        j = j if problem.moves else 0
        if (cell, j) not in self.truths:
            self.truths[cell, j] = truth(operations()[cell.operation], problem.call(j))
        return self.truths[cell, j]

    def _fail(self, name: str, cell: Cell, failure: WorkerFailed) -> Outcome:
        self.deaths[name] = self.deaths.get(name, 0) + 1
        outcome = self.outcomes[name, cell]
        return self._note(replace(outcome, status=failure.status, reason=failure.reason))

    def _note(self, outcome: Outcome) -> Outcome:
        self.outcomes[outcome.implementation, outcome.cell] = outcome
        return outcome

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)
