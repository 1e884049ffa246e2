"""The scheduler: the gate, then rounds in fresh sets of workers, one budget over all of it."""

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from benchmarks import interrupt
from benchmarks.correctness.gate import GATE_LIMIT_S, Examination, examine_all
from benchmarks.machine.describe import worker_memory_bytes
from benchmarks.results.records import Cell, Recorder, Status
from benchmarks.schedule.allocation import Allocation, RunState
from benchmarks.schedule.budget import Budget
from benchmarks.schedule.cell_budget import CellBudget
from benchmarks.schedule.cell_run import CellRun
from benchmarks.schedule.participants import Participants
from benchmarks.schedule.plan import Plan
from benchmarks.schedule.problem_cache import ProblemCache
from benchmarks.statistics.cost_model import work_of
from benchmarks.worker.environment import environment, scratch_folder
from benchmarks.worker.process import OrphanGuard, WorkerFailed, WorkerProcess, end_orphans

MAX_FAILURES = 3  # after so many, an implementation is not started again

ProgressCallback = Callable[[str, float, float], None]
"""Gets what is done now, the share of the time that has passed, and the seconds left."""


@dataclass(eq=False)
class Scheduler:
    """A run under way. `recorder` takes what it measures; the attributes tell how far it is.

    `failures` counts how often each implementation's workers have ended.
    """

    plan: Plan
    recorder: Recorder
    progress: ProgressCallback = lambda *_: None

    def __post_init__(self):
        plan = self.plan
        self.examinations: dict[str, Examination] = dict(plan.examinations)
        self.budget = Budget(plan.budget_s)
        self.scratch = scratch_folder()
        self.memory_bytes = worker_memory_bytes()
        cached_bytes = self.memory_bytes // 16  # in memory twice: as arrays, and as their files
        self.problems = ProblemCache(self.scratch / "problems", plan.problem, cached_bytes)
        self.orphan_guard = OrphanGuard()
        self.participants = Participants(plan, self.recorder)
        self.failures: Counter[str] = Counter()
        self.import_ns: dict[str, list[int]] = {}
        self.warnings: list[str] = []
        self.cell_budget = CellBudget(
            plan.cells,
            plan.processes,
            self.budget,
            self.participants.names,
            plan.fair_share,
            plan.max_set_s,
        )

    def run(self) -> None:
        """Do the whole run. Whatever ends it, no worker is left."""
        try:
            with self.budget.spending("gate"):
                self._examine()
            self.budget.grant(self.plan.budget_s / 2)
            while allocation := self._allocation():
                self._run_set(self.plan.first_process + self.sets, allocation)
                self.cell_budget.sets += 1
            if self.sets < self.plan.processes:
                self._warn(
                    f"the budget was spent after {self.sets} sets of processes, "
                    f"of {self.plan.processes} at least"
                )
        finally:
            with self.budget.spending("ending"):
                end_orphans()
                shutil.rmtree(self.scratch, ignore_errors=True)

    @property
    def sets(self) -> int:
        """The sets of processes that are done."""
        return self.cell_budget.sets

    @property
    def state(self) -> RunState:
        """How far the run is: what an allocation policy decides by."""
        measured = self.cell_budget.calibrations
        active = {cell: self.participants.names(cell) for cell in measured}
        return RunState(
            self.recorder.samples,
            {cell: names for cell, names in active.items() if names},
            {cell: self.cell_budget.cell_run_s(cell) for cell in measured},
            self.cell_budget.starting_s,
            self.budget.left_s,
            self.sets,
            self.plan.first_process,
        )

    @property
    def _out_of_time(self) -> bool:
        """Is the budget spent? The first set is always completed."""
        return self.sets > 0 and self.budget.left_s <= 0

    def _show(self, doing: str) -> None:
        interrupt.raise_pending()
        left_s = max(0.0, self.budget.left_s)
        passed_s = self.budget.seconds - self.budget.left_s
        self.progress(doing, passed_s / (passed_s + left_s), left_s)

    def _examine(self) -> None:
        """The gate, for the implementations that the plan has no examination of."""
        plan, operations = self.plan, {cell.operation for cell in self.plan.cells}
        for examination in plan.examinations.values():
            self.participants.refuse(examination)
        examined = {*plan.examinations, *plan.same_code}
        paths = {name: path for name, path in plan.implementations.items() if name not in examined}
        self._show("checking the answers")
        examinations = examine_all(paths, operations, self.scratch, self.memory_bytes)
        with closing(examinations):  # an interrupt ends the examinations, too
            for count, examination in enumerate(examinations, start=1):
                self.examinations[examination.implementation] = examination
                self.participants.refuse(examination)
                self._show(f"checking the answers: {count} of {len(paths)}")
        findings = [f for examination in self.examinations.values() for f in examination.findings]
        passed = {(f.implementation, f.operation) for f in findings if f.status is Status.OK}
        self.participants.admit(passed, _by_work(plan.cells))

    def _allocation(self) -> Allocation:
        """Who is in the next set, and where; nobody ends the run."""
        if self._out_of_time or self.sets >= self.plan.max_processes:
            return {}
        if self.sets < self.plan.processes:
            return {cell: self.participants.names(cell) for cell in self.plan.cells}
        return self.plan.policy(self.state)

    def _run_set(self, process: int, allocation: Allocation) -> None:
        """One fresh set of workers for each thread count, through all the cells they are in."""
        rng = np.random.default_rng([self.plan.seed, process])
        rounds = self.cell_budget.rounds()
        cells = _by_work(allocation)
        if self.sets:  # the costs are known, and none is to be favoured where the time ends
            cells = [cells[i] for i in rng.permutation(len(cells))]
        for threads in sorted({cell.threads for cell in cells}):
            workers: dict[str, WorkerProcess] = {}
            try:
                for cell in (cell for cell in cells if cell.threads == threads):
                    if self._out_of_time:
                        return
                    self._show(f"set {process + 1}: {cell.operation} {cell.n_x} × {cell.m}")
                    self._start(workers, cell, allocation[cell], rng)
                    wanted = {name: workers[name] for name in workers if name in allocation[cell]}
                    self._run_cell(wanted, cell, process, rounds.get(cell, 0), rng)
                    self._reap(workers)
            finally:
                for worker in workers.values():
                    worker.close()

    def _start(
        self, workers: dict[str, WorkerProcess], cell: Cell, wanted: Collection[str], rng
    ) -> None:
        """Start, in random order, the workers that this cell needs and that do not run yet."""
        names = [n for n in self.participants.names(cell) if n in wanted and n not in workers]
        for name in map(str, rng.permutation(names)):
            try:
                with self.budget.spending("starting"):
                    workers[name] = self._launch(name, cell.threads)
            except WorkerFailed as failure:
                self.participants.leave_out(name, cell, failure.status, failure.reason)

    def _launch(self, name: str, threads: int) -> WorkerProcess:
        """A new worker, with one thread if its implementation is not parallel. Raises WorkerFailed."""
        if self.failures[name] >= MAX_FAILURES:
            reason = f"not started again after {MAX_FAILURES} failures"
            raise WorkerFailed(Status.CRASHED, reason)
        examination = self.examinations[self.plan.code_of(name)]
        granted = threads if examination.handshake["parallel"] else 1
        variables = environment(granted, self.scratch / "numba", self.memory_bytes)
        folder = self.scratch / f"work-{name}"
        folder.mkdir(exist_ok=True)
        path = self.plan.implementations[name]
        try:
            worker = WorkerProcess(name, path, folder, variables, GATE_LIMIT_S)
        except WorkerFailed:
            self.failures[name] += 1
            raise
        worker.handshake["granted"] = granted
        self.import_ns.setdefault(name, []).append(worker.handshake["import_ns"])
        for pool in worker.handshake["threadpools"]:
            if pool["num_threads"] != granted:
                self._warn(
                    f"{name}: {pool['internal_api']} runs {pool['num_threads']} threads, "
                    f"not the {granted} it was given"
                )
        return worker

    def _reap(self, workers: dict[str, WorkerProcess]) -> None:
        """Remove the workers that have ended, and count that against their implementations."""
        for name in [name for name, worker in workers.items() if not worker.alive]:
            self.failures[name] += 1
            del workers[name]

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)

    def _run_cell(
        self, workers: Mapping[str, WorkerProcess], cell: Cell, process: int, rounds: int, rng
    ) -> None:
        first = cell not in self.cell_budget.calibrations
        if first:
            self._skip_costly(cell)
        present = {n: workers[n] for n in self.participants.names(cell) if n in workers}
        if not present:
            return
        with self.budget.spending("preparing"):
            problem = self.problems.get(cell)
        shared = (self.cell_budget, self.participants, self.orphan_guard)
        cell_run = CellRun(cell, process, present, problem, *shared, rng)
        cell_run.run(self.plan.first_rounds if first else rounds)

    def _skip_costly(self, cell: Cell) -> None:
        """Leave out, with an outcome, what smaller cells predict to cost more than its share."""
        for name in self.participants.names(cell):
            cells, call_ns = self.cell_budget.predict(name, cell)
            if cells and (reason := self.cell_budget.too_costly(name, cell, call_ns)):
                reason = f"predicted from {cells} smaller cells: {reason}"
                self.participants.leave_out(name, cell, Status.SKIPPED, reason)


def _by_work(cells: Collection[Cell]) -> list[Cell]:
    return sorted(cells, key=lambda cell: (work_of(cell.operation, cell.n_x, cell.m), cell))
