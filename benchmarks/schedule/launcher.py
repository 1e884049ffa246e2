"""Starts the workers of a run, and counts how often each implementation's workers have ended."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.correctness.gate import GATE_LIMIT_S, Examination
from benchmarks.results.records import Status
from benchmarks.schedule.plan import Plan
from benchmarks.worker.environment import environment
from benchmarks.worker.process import WorkerFailed, WorkerProcess

MAX_FAILURES = 3  # after so many, an implementation is not started again


@dataclass(eq=False)
class Launcher:
    """`examinations` tell which implementations honour a thread count."""

    plan: Plan
    examinations: Mapping[str, Examination]
    scratch: Path
    memory_bytes: int
    failures: Counter[str] = field(default_factory=Counter)
    import_ns: dict[str, list[int]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def start(self, name: str, threads: int) -> WorkerProcess:
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
        self._check_threads(worker)
        return worker

    def reap(self, workers: dict[str, WorkerProcess]) -> None:
        """Remove the workers that have ended, and count that against their implementations."""
        for name in [name for name, worker in workers.items() if not worker.alive]:
            self.failures[name] += 1
            del workers[name]

    def warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)

    def _check_threads(self, worker: WorkerProcess) -> None:
        granted = worker.handshake["granted"]
        for pool in worker.handshake["threadpools"]:
            if pool["num_threads"] != granted:
                self.warn(
                    f"{worker.name}: {pool['internal_api']} runs {pool['num_threads']} threads, "
                    f"not the {granted} it was given"
                )
