"""Processes that a worker left behind: found by a mark in their environment, and ended."""

import ctypes
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from itertools import count
from typing import Protocol

import psutil

from benchmarks.worker.parent import MARK

_LENGTH = 120  # so that a forked worker can write its own mark over that of its fork server


_numbers = count()


def new_mark(name: str) -> str:
    """A mark of one worker alone: there may be two of one name."""
    return f"{_ours()}{next(_numbers)}:{name}"


def _ours() -> str:
    """What all of our marks begin with."""
    return f"{os.getpid()}:"


def padded(text: str) -> str:
    """The mark with room for a longer one."""
    return text.ljust(_LENGTH)


def wear(text: str) -> None:
    """Give this process another mark: in os.environ, and where the system shows it to others.

    The system shows the environment that a process began with. A forked one began with its parent's,
    so the text is written over that one.
    """
    with suppress(AttributeError, OSError):
        get = ctypes.CDLL(None).getenv
        get.restype, get.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
        address, room = get(MARK.encode()), len(os.environ.get(MARK, ""))
        if address and room:
            ctypes.memmove(address, text.encode()[:room].ljust(room), room)
    os.environ[MARK] = text


def _mark_of(environment: Mapping[str, str] | None) -> str:
    return (environment or {}).get(MARK, "").rstrip()


def end_orphans(marks: Collection[str] | None = None) -> None:
    """End the processes that our workers left behind: those with these marks, or all."""
    for process in psutil.process_iter(["environ"]):
        text = _mark_of(process.info["environ"])
        if text.startswith(_ours()) if marks is None else text in marks:
            with suppress(psutil.NoSuchProcess):
                process.kill()


class Marked(Protocol):
    """A worker: its process id, which is that of its group, and its mark."""

    @property
    def pid(self) -> int: ...

    @property
    def mark(self) -> str: ...


class OrphanGuard:
    """Finds and ends orphans among the processes that are new since its last look.

    An orphan has left its worker's group. It is not frozen with it, and takes time from the others.
    """

    def __init__(self) -> None:
        self._seen = set(psutil.pids())

    def end_new(self, workers: Mapping[str, Marked]) -> set[str]:
        """End the new orphans of the named workers; return whose they were."""
        parents: set[str] = set()
        new = set(psutil.pids()) - self._seen
        for pid in new:
            with suppress(psutil.Error, ProcessLookupError):
                text = _mark_of(psutil.Process(pid).environ())
                for name, worker in workers.items():
                    if text == worker.mark and os.getpgid(pid) != worker.pid:
                        psutil.Process(pid).kill()
                        parents.add(name)
        self._seen |= new
        return parents
