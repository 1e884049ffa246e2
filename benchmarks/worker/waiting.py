"""How long this process has waited for a processor, by the system's own counts (Linux).

A few microseconds to read, so that it can be read around every sample.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_TASKS = Path("/proc/self/task")
_PRESSURE, _STAT = Path("/proc/pressure/cpu"), Path("/proc/stat")
_LENGTH = 256
_STEAL_COLUMN = 8


class Waited(NamedTuple):
    """Nanoseconds since some moment; None where the system does not tell.

    threads_ns  that the threads of this process stood in the run queue, all together
    machine_ns  that any thread of the machine stood there
    stolen_ns   that the hypervisor gave to others, of all processors together; it comes in ticks
    """

    threads_ns: int | None
    machine_ns: int | None
    stolen_ns: int | None

    def since(self, before: "Waited") -> list[int | None]:
        """What was added from `before` to this moment; a counter that began anew has added nothing."""
        pairs = zip(self, before, strict=True)
        return [None if a is None or b is None else max(a - b, 0) for a, b in pairs]


class WaitMeter:
    """Reads the counters through files that stay open."""

    def __init__(self) -> None:
        self._tasks: dict[str, int] = {}
        self._pressure, self._stat = _opened(_PRESSURE), _opened(_STAT)
        self._tick_ns = 10**9 // os.sysconf("SC_CLK_TCK")

    def look_for_threads(self) -> None:
        """Find the threads that there are now; those that start later are not counted."""
        names: set[str] = set()
        with suppress(OSError):
            names = set(os.listdir(_TASKS))  # noqa: PTH208  (twice as fast)
        for name in self._tasks.keys() - names:
            os.close(self._tasks.pop(name))
        for name in names - self._tasks.keys():
            if (descriptor := _opened(_TASKS / name / "schedstat")) is not None:
                self._tasks[name] = descriptor

    def read(self) -> Waited:
        waited = [_read(descriptor, 1) for descriptor in self._tasks.values()]
        threads_ns = sum(ns for ns in waited if ns is not None) if waited else None
        machine_us = _read(self._pressure, -1, b"total=")
        ticks = _read(self._stat, _STEAL_COLUMN)
        return Waited(
            threads_ns,
            None if machine_us is None else 1000 * machine_us,
            None if ticks is None else ticks * self._tick_ns,
        )


def _opened(path: Path) -> int | None:
    with suppress(OSError):
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    return None


def _read(descriptor: int | None, column: int, name: bytes = b"") -> int | None:
    """The number in a column of the file's first line, after its name; None if there is none."""
    if descriptor is not None:
        with suppress(OSError, ValueError, IndexError):  # the thread has ended, say
            line = os.pread(descriptor, _LENGTH, 0).partition(b"\n")[0]
            return int(line.split()[column].removeprefix(name))
    return None
