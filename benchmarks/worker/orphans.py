"""Processes that an implementation started and that have left its worker's group.

They are not frozen with the worker, so they take time from the others. Each process that a worker
starts inherits a mark in its environment: the conductor's process id and the worker's name.
"""

import os
from collections.abc import Mapping
from contextlib import suppress

import psutil

MARK = "BENCHMARKS_WORKER"


def mark(name: str) -> str:
    return f"{os.getpid()}:{name}"


def end_orphans(name: str | None = None) -> None:
    """End the processes that our workers left behind: those of one name, or of all."""
    for process in psutil.process_iter(["environ"]):
        text = (process.info["environ"] or {}).get(MARK, "")
        if text == mark(name) if name else text.startswith(mark("")):
            with suppress(psutil.NoSuchProcess):
                process.kill()


class OrphanGuard:
    """Finds and ends orphans among the processes that are new since its last look."""

    def __init__(self) -> None:
        self._seen = set(psutil.pids())

    def end_new(self, groups: Mapping[str, int]) -> set[str]:
        """End the new orphans of the named workers, given their process groups; return whose they were."""
        parents: set[str] = set()
        new = set(psutil.pids()) - self._seen
        for pid in new:
            with suppress(psutil.Error, ProcessLookupError):
                text = psutil.Process(pid).environ().get(MARK)
                for name, group in groups.items():
                    if text == mark(name) and os.getpgid(pid) != group:
                        psutil.Process(pid).kill()
                        parents.add(name)
        self._seen |= new
        return parents
