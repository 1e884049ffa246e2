"""A set of workers for one thread count: who is started for a cell, who fits in memory with whom."""

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field

import numpy as np

from benchmarks.correctness.gate import GATE_LIMIT_S
from benchmarks.problem.files import NoRoom
from benchmarks.registry import is_out_of_core
from benchmarks.results.records import Cell, Status
from benchmarks.schedule import memory_plan as memory
from benchmarks.schedule.cell_run import CellRun, RunContext
from benchmarks.schedule.memory_pilot import extra_ratio, smaller
from benchmarks.schedule.plan import Plan
from benchmarks.schedule.problem_cache import ProblemCache
from benchmarks.schedule.workers import Workers, release
from benchmarks.worker.process import WorkerFailed, WorkerProcess, close_all


@dataclass(eq=False)
class WorkerSet:
    """One worker of each implementation, the `process`-th, started when the first cell needs it.

    Data of LARGE_BYTES and more is held once, by the fork server: those that can share it are forked
    for that cell alone, the others load a copy and let go of it afterwards.
    """

    plan: Plan
    process: int
    fresh: bool
    context: RunContext
    problems: ProblemCache
    workers: Workers
    rng: np.random.Generator
    running: dict[str, WorkerProcess] = field(default_factory=dict)

    def run_cell(self, cell: Cell, wanted: Collection[str]) -> None:
        """The cell, by all of the wanted who are in it; where they do not fit in memory together, in
        groups."""
        if not self.context.cell_budget.calibration(cell).loops:
            self._skip_costly(cell)
        stored = self.plan.stored(cell)
        if stored:
            self._skip_in_core(cell)
        large = memory.data_bytes(cell) >= memory.LARGE_BYTES and not stored
        if large and not self.problems.holds(cell):
            self._skip_what_does_not_fit(cell)
        names = [name for name in self.context.participants.names(cell) if name in wanted]
        if not names:
            return
        try:
            ratios = self._ratios(cell, names) if large else {}
            with self._spending("making"):
                problem = self.problems.get(cell)
        except NoRoom as error:
            self._skip(cell, str(error))
            return
        if not large:
            self._start(self.running, cell, names, self.fresh)
            present = {name: self.running[name] for name in names if name in self.running}
            CellRun(cell, self.process, present, problem, self.context, self.rng).run()
            self.workers.reap(self.running)
            return
        sharing = self._share(cell, problem.files, names)
        first_round = 0
        for group in self._groups(cell, names, sharing, ratios):
            forked: dict[str, WorkerProcess] = {}
            try:
                self._start(forked, cell, [name for name in group if name in sharing])
                self._start(self.running, cell, [name for name in group if name not in sharing])
                started = {**self.running, **forked}
                present = {name: started[name] for name in group if name in started}
                run = CellRun(
                    cell, self.process, present, problem, self.context, self.rng, first_round
                )
                first_round = run.run()
            finally:
                self._close(forked)
            self.workers.reap(self.running)
            release(self.running[name] for name in group if name in self.running)
        if sharing:
            with suppress(OSError):
                self.workers.server(cell.threads).load(None)

    def close(self) -> None:
        self._close(self.running)

    def _close(self, workers: dict[str, WorkerProcess]) -> None:
        with self._spending("ending"):
            close_all(list(workers.values()))

    def _spending(self, purpose: str) -> AbstractContextManager:
        return self.context.cell_budget.budget.spending(purpose)

    def _share(self, cell: Cell, files: Mapping, names: Collection[str]) -> Collection[str]:
        """Let the fork server hold the data; the names of those who share it."""
        sharing = [name for name in names if self.workers.can_share(name)]
        if not sharing:
            return []
        try:
            with self._spending("preparing"):
                self.workers.server(cell.threads).load(files)
        except OSError as error:  # it was killed for its memory, say
            self.workers.warn(f"{error}, while it loaded {cell}: everyone loads a copy")
            return []
        return sharing

    def _ratios(self, cell: Cell, names: Collection[str]) -> dict[str, float | None]:
        """What each of them takes beyond the data, over the data: as in smaller cells, or in a pilot."""
        outcomes = self.context.participants.recorder.outcomes.values()
        ratios = {name: memory.known_ratio(name, cell, outcomes) for name in names}
        pilots, small = self.context.pilots, smaller(cell)
        for name in [name for name, ratio in ratios.items() if ratio is None]:
            if (name, cell.operation) not in pilots:
                with self._spending("memory"):
                    problem = self.problems.get(small)
                    pilot = extra_ratio(name, small, problem, self.workers, GATE_LIMIT_S)
                pilots[name, cell.operation] = pilot
            ratios[name] = pilots[name, cell.operation]
        return ratios

    def _groups(
        self,
        cell: Cell,
        names: Collection[str],
        sharing: Collection[str],
        ratios: Mapping[str, float | None],
    ) -> list[list[str]]:
        """Who is measured together, so that the memory suffices; who does not fit alone is left out."""
        participants, data = self.context.participants, memory.data_bytes(cell)
        needed = {
            name: memory.extra_bytes(ratios[name], cell) + (0 if name in sharing else data)
            for name in names
        }
        grouped, refused = memory.groups(needed, self.plan.partners, memory.free_bytes())
        for name, reason in refused.items():
            participants.leave_out(name, cell, Status.SKIPPED, reason)
        return grouped

    def _skip_what_does_not_fit(self, cell: Cell) -> None:
        """Leave everyone out, with an outcome, where not even the data fits: its file and one copy."""
        needed, available = 2 * memory.data_bytes(cell), memory.free_bytes()
        if needed > available:
            self._skip(cell, memory.too_large(needed, available))

    def _skip_in_core(self, cell: Cell) -> None:
        """Leave out who needs the data in memory, with what that would take."""
        paths, names = self.plan.implementations, self.context.participants.names(cell)
        reason = memory.too_large(2 * memory.data_bytes(cell), memory.free_bytes())
        in_core = [name for name in names if not is_out_of_core(paths[name])]
        self._skip(cell, f"{reason}; dask_blocks reads it in blocks", in_core)

    def _skip(self, cell: Cell, reason: str, names: Collection[str] | None = None) -> None:
        """Leave out these, or everyone who is still in the cell."""
        for name in self.context.participants.names(cell) if names is None else names:
            self.context.participants.leave_out(name, cell, Status.SKIPPED, reason)

    def _skip_costly(self, cell: Cell) -> None:
        """Leave out, with an outcome, what smaller cells predict to cost more than its share."""
        costs, participants = self.context.cell_budget, self.context.participants
        for name in participants.names(cell):
            cells, call_ns = costs.predict(name, cell)
            if cells and (reason := costs.too_costly(name, cell, call_ns)):
                reason = f"predicted from {cells} smaller cells: {reason}"
                participants.leave_out(name, cell, Status.SKIPPED, reason)

    def _start(
        self,
        workers: dict[str, WorkerProcess],
        cell: Cell,
        names: Collection[str],
        fresh: bool = False,
    ) -> None:
        """Start, in random order, those of the named workers that do not run yet."""
        for name in map(str, self.rng.permutation([n for n in names if n not in workers])):
            try:
                with self._spending("starting"):
                    workers[name] = self.workers.start(name, cell.threads, fresh)
            except WorkerFailed as failure:
                participants = self.context.participants
                participants.leave_out(name, cell, failure.status, failure.reason, failure.output)
