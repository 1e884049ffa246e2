"""The workers of a set: started afresh or forked, with the threads that they are granted."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from benchmarks.correctness.examination import Examination
from benchmarks.correctness.gate import GATE_LIMIT_S
from benchmarks.description import described
from benchmarks.machine.kept import compiled_folder
from benchmarks.registry import FOLDER, sources
from benchmarks.results.records import Status
from benchmarks.schedule.plan import Plan
from benchmarks.worker.environment import environment
from benchmarks.worker.process import WorkerFailed, WorkerProcess
from benchmarks.worker.start import CAN_FORK, FORK_SAFE, ForkServer

MAX_FAILURES = 3  # after so many, an implementation is not started again


class Workers:
    """Starts workers, and counts how often each implementation's have ended.

    A fork server serves a few sets: what processes differ by is drawn partly by a fork and partly by a
    fresh process, which costs twenty times as much (METHODOLOGY.md has both).
    """

    def __init__(
        self, plan: Plan, examinations: Mapping[str, Examination], scratch: Path, memory_bytes: int
    ):
        self.plan, self.examinations = plan, examinations
        self.scratch, self.memory_bytes = scratch, memory_bytes
        self.failures: Counter[str] = Counter()
        self.import_ns: dict[str, list[int]] = {}
        self.warnings: list[str] = []
        self._compiled = {
            n: compiled_folder(path, scratch / "numba") for n, path in plan.implementations.items()
        }
        self._servers: dict[int, ForkServer] = {}
        imported = {name: _libraries(path) for name, path in plan.implementations.items()}
        self.libraries = sorted({lib for libs in imported.values() for lib in libs} & {*FORK_SAFE})
        self._shareable = {n for n, libs in imported.items() if CAN_FORK and libs <= {*FORK_SAFE}}

    def can_share(self, name: str) -> bool:
        """Can a fork for one cell replace a worker that goes through all of them? It must start fast."""
        return name in self._shareable

    def server(self, threads: int) -> ForkServer:
        """The fork server with so many threads; a new one if it has ended. OSError if none can start."""
        if threads in self._servers and not self._servers[threads].alive:
            self._servers.pop(threads).close()
        if threads not in self._servers:
            variables = environment(threads, None, self.memory_bytes)
            self._servers[threads] = ForkServer(self.libraries, variables, self.scratch)
        return self._servers[threads]

    def close_servers(self) -> None:
        while self._servers:
            self._servers.popitem()[1].close()

    def start(self, name: str, threads: int, fresh: bool = False) -> WorkerProcess:
        """A new worker, with one thread if its implementation is not parallel. Raises WorkerFailed."""
        if self.failures[name] >= MAX_FAILURES:
            reason = f"not started again after {MAX_FAILURES} failures"
            raise WorkerFailed(Status.CRASHED, reason)
        examination = self.examinations[self.plan.code_of(name)]
        granted = threads if examination.handshake["parallel"] else 1
        path = self.plan.implementations[name]
        variables = environment(granted, self._compiled[name], self.memory_bytes)
        folder = self.scratch / f"work-{name}"
        folder.mkdir(exist_ok=True)
        try:
            server = None if fresh or not CAN_FORK else self.server(threads)
            worker = WorkerProcess(name, path, folder, variables, GATE_LIMIT_S, server=server)
        except (OSError, WorkerFailed) as error:
            self.failures[name] += 1
            if isinstance(error, WorkerFailed):
                raise
            raise WorkerFailed(Status.CRASHED, f"could not be started: {error}") from None
        worker.handshake["granted"] = granted
        if server is None:
            self.import_ns.setdefault(name, []).append(worker.handshake["import_ns"])
        for pool in worker.handshake["threadpools"]:
            if pool["num_threads"] != granted:
                self.warn(
                    f"{name}: {pool['internal_api']} runs {pool['num_threads']} threads, "
                    f"not the {granted} it was given"
                )
        return worker

    def reap(self, workers: dict[str, WorkerProcess]) -> None:
        """Remove the workers that have ended, and count that against their implementations."""
        for name in [name for name, worker in workers.items() if not worker.alive]:
            self.failures[name] += 1
            del workers[name]

    def warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)


def release(workers: Iterable[WorkerProcess]) -> None:
    """Let them drop their problem; one that cannot fails at its next request."""
    for worker in workers:
        with suppress(WorkerFailed):
            worker.ask("releasing memory", "release")


def _libraries(path: Path) -> set[str]:
    """The packages outside Python itself that the measured code imports at its top level."""
    named = {library for file in sources(path) for library in described(file).libraries}
    return named - {FOLDER.name} - sys.stdlib_module_names
