"""The scheduler: the gate, then rounds in fresh sets of workers, one budget over all of it."""

import shutil
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from math import inf

import numpy as np

from benchmarks import interrupt
from benchmarks.correctness.examination import Examination
from benchmarks.correctness.gate import examine_all
from benchmarks.machine import kept
from benchmarks.machine.describe import cache_bytes, worker_memory_bytes
from benchmarks.results.records import Cell, Recorder
from benchmarks.schedule.allocation import Allocation, RunState
from benchmarks.schedule.budget import Budget
from benchmarks.schedule.cell_budget import CellBudget
from benchmarks.schedule.cell_run import Repeats, RunContext
from benchmarks.schedule.kept_references import KeptReferences
from benchmarks.schedule.participants import Participants
from benchmarks.schedule.plan import Plan
from benchmarks.schedule.problem_cache import ProblemCache
from benchmarks.schedule.worker_set import WorkerSet
from benchmarks.schedule.workers import Workers
from benchmarks.statistics.cost_model import work_of
from benchmarks.statistics.estimates import MIN_PROCESSES
from benchmarks.statistics.rounds import rounds_of_samples
from benchmarks.worker import eviction
from benchmarks.worker.environment import other_runs, scratch_folder
from benchmarks.worker.interference import PaceRecord
from benchmarks.worker.orphans import OrphanGuard, end_orphans

_HARDLY = 0.2  # of the budget left: for another set it did not suffice
ProgressCallback = Callable[[str, float, float], None]
"""Gets what is done now, the share of the time that has passed, and the seconds left."""


@dataclass(eq=False)
class Scheduler:
    """A run under way. `recorder` takes what it measures; the attributes tell how far it is."""

    plan: Plan
    recorder: Recorder
    progress: ProgressCallback = lambda *_: None

    def __post_init__(self):
        plan = self.plan
        self.examinations: dict[str, Examination] = dict(plan.examinations)
        self.budget = Budget(plan.budget_s, plan.began)
        self.scratch = scratch_folder()
        self.memory_bytes = worker_memory_bytes()
        cached_bytes = self.memory_bytes // 4
        references = KeptReferences(kept.folder() / "references", plan.values_of)
        self.problems = ProblemCache(
            self.scratch / "problems", plan.problem, cached_bytes, references
        )
        self.participants = Participants(plan, self.recorder)
        self.workers = Workers(plan, self.examinations, self.scratch, self.memory_bytes)
        self.cell_budget = CellBudget(
            plan.cells, self.budget, self.participants.names, plan.essential
        )
        self.context = RunContext(
            self.cell_budget,
            self.participants,
            OrphanGuard(),
            Repeats(),
            PaceRecord(),
            plan.partners,
            plan.rounds,
            self.scratch / "eviction",
        )
        self.ends_s = inf  # when it is expected to end, on the budget's clock

    def run(self) -> None:
        """Do the whole run. Whatever ends it, no worker is left."""
        try:
            if any(cell.cold for cell in self.plan.cells):
                eviction.save(self.context.eviction, cache_bytes())
            with self.budget.spending("gate"):
                self._examine()
            while allocation := self._allocation():
                self._run_set(self.plan.first_process + self.sets, allocation)
                self.cell_budget.sets += 1
            self._note_other_runs()
            fewest = min(self.plan.processes, MIN_PROCESSES)
            spent = self.budget.left_s < _HARDLY * self.plan.budget_s
            if self.sets < fewest and spent:  # or there was nothing left to compare
                self.workers.warn(
                    f"the budget was spent after {self.sets} sets of processes, of {fewest} at least"
                )
        finally:
            with self.budget.spending("ending"):
                self.workers.close_servers()
                end_orphans()
                shutil.rmtree(self.scratch, ignore_errors=True)

    @property
    def sets(self) -> int:
        """The sets of processes that are done."""
        return self.cell_budget.sets

    @property
    def state(self) -> RunState:
        """How far the run is: what an allocation policy decides by."""
        return RunState(
            rounds_of_samples(self.recorder.samples),
            self.cell_budget.visit_s(),
            self.cell_budget.visits,
            self.cell_budget.starting_s,
            self.budget.left_s,
            self.sets,
            self.plan.first_process,
        )

    @property
    def _out_of_time(self) -> bool:
        """Is the budget spent? The first set is always completed."""
        return self.sets > 0 and self.budget.left_s <= 0

    def _note_other_runs(self) -> None:
        for pid in other_runs():
            self.workers.warn(
                f"another run (process {pid}) was at work on this machine meanwhile: they disturb each "
                "other; measure again with one at a time"
            )

    def _show(self, doing: str) -> None:
        interrupt.raise_pending()
        passed_s = self.budget.passed_s
        left_s = max(0.0, min(self.ends_s - passed_s, self.budget.left_s))
        self.progress(doing, passed_s / (passed_s + left_s), left_s)

    def _examine(self) -> None:
        """The gate, for the implementations that the plan has no examination of."""
        plan, operations = self.plan, {cell.operation for cell in self.plan.cells}
        for examination in plan.examinations.values():
            self.participants.refuse(examination)
        examined = {*plan.examinations, *plan.same_code}
        paths = {name: path for name, path in plan.implementations.items() if name not in examined}
        self._show("checking the answers")
        examinations = examine_all(paths, operations, self.scratch, self.memory_bytes, kept=True)
        with closing(examinations):  # an interrupt ends the examinations, too
            for count, examination in enumerate(examinations, start=1):
                self.examinations[examination.implementation] = examination
                self.participants.refuse(examination)
                self._show(f"checking the answers: {count} of {len(paths)}")
        self.participants.admit(self.examinations, _by_work(plan.cells))
        self.ends_s = self.budget.passed_s + self.plan.forecast(self.state)

    def _allocation(self) -> Allocation:
        """Who is in the next set, and where; nobody ends the run."""
        if self.sets == 0:
            present = {cell: self.participants.names(cell) for cell in self.plan.cells}
            return {cell: names for cell, names in present.items() if names}
        if self._out_of_time or self.sets >= self.plan.max_processes:
            return {}
        with self.budget.spending("allocating"):
            state = self.state
            self.ends_s = self.budget.passed_s + self.plan.forecast(state)
            return self.plan.policy(state)

    def _run_set(self, process: int, allocation: Allocation) -> None:
        """One set of workers for each thread count, through all the cells they are in."""
        self._note_other_runs()
        rng = np.random.default_rng([self.plan.seed, process])
        cells = _by_work(allocation)
        if self.sets:  # the costs are known, and none is to be favoured where the time ends
            cells = [cells[i] for i in rng.permutation(len(cells))]
        if self.sets % self.plan.sets_a_server == 0:
            self.workers.close_servers()
        fresh = self.sets < self.plan.fresh_sets
        for threads in sorted({cell.threads for cell in cells}):
            shared = (self.context, self.problems, self.workers, rng)
            worker_set = WorkerSet(self.plan, process, fresh, *shared)
            with closing(worker_set):
                for cell in (cell for cell in cells if cell.threads == threads):
                    if self._out_of_time:
                        return
                    self._show(f"set {process + 1}: {cell.operation} {cell.n_x} × {cell.m}")
                    worker_set.run_cell(cell, set(allocation[cell]))


def _by_work(cells: Collection[Cell]) -> list[Cell]:
    return sorted(cells, key=lambda cell: (work_of(cell.operation, cell.n_x, cell.m), cell))
