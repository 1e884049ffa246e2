"""Interference while something was timed: waiting for a processor, steal time and throttling.

All of it is what the system counts. How long the timed code took decides nothing.
"""

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import psutil

from benchmarks import cgroup, format
from benchmarks.results import warnings

_MAX_STEAL_SHARE = 0.02  # of the processors' time; below that other noise is larger
_MAX_TAKEN_SHARE = (
    0.01  # of a sample's time; what is left is then as on a quiet machine (METHODOLOGY.md)
)
_SLOW_PACE = 1.2  # times the fast one; a core that two threads share is slower by a half and more
_PACES, _FEWEST_PACES = 2000, 20
_TICK_S = 0.01  # the unit of the system's counter, which may be off by one
_THROTTLES = "cpu*/thermal_throttle/core_throttle_count"
_PROCESSORS = Path("/sys/devices/system/cpu")


class SystemCounters(NamedTuple):
    """The system's counters at one moment.

    `steal_s` is the steal time of all `processors` together: time that the hypervisor gave to others.
    `throttles` counts how often a processor was slowed down for its heat, `stops` how often a
    container's quota stopped us. Where the system has no counter, it stays 0.
    """

    at_s: float
    steal_s: float
    throttles: int
    processors: int = 1
    stops: int = 0

    def diff(self, before: "SystemCounters") -> list[str]:
        """The warnings for the time from `before` to this moment."""
        messages = []
        available_s = self.processors * max(self.at_s - before.at_s, _TICK_S)
        share = (self.steal_s - before.steal_s - _TICK_S) / available_s
        if share > _MAX_STEAL_SHARE:
            messages.append(warnings.word("stolen", f"{share:.0%} of the processors' time"))
        if self.throttles > before.throttles:
            messages.append(warnings.word("throttled"))
        if self.stops > before.stops:
            messages.append(warnings.word("quota", format.count(self.stops - before.stops, "stop")))
        return messages


def disturbed(
    elapsed_ns: int,
    cpu_ns: int,
    processors: int,
    threads_ns: int | None,
    machine_ns: int | None,
    stolen_ns: int | None,
) -> bool:
    """Did others have a processor while the sample's threads wanted it? (See waiting.Waited.)

    Threads that wait may wait for their own kind: four busy threads on two processors do. But then
    the process had all of the processors' time. Others had at most what it did not use.
    """
    unused_ns = max(processors * elapsed_ns - cpu_ns, 0)
    taken_ns = min(max(threads_ns or 0, machine_ns or 0), unused_ns) + (stolen_ns or 0)
    return taken_ns > _MAX_TAKEN_SHARE * elapsed_ns


@dataclass(eq=False)
class PaceRecord:
    """The paces of the processors in a run so far (see pace.py): which of them are slow?

    A pace is slow beside the fastest tenth of the last ones. So a machine that gets hot and stays
    slower is not slow for long. A tenth and not the fastest, which may be a chance of its own.
    `processor` is the one that the last turn began on; the next begins there, too, if it is not slow:
    then two that are compared ran on the same.
    """

    recent: deque[int] = field(default_factory=lambda: deque(maxlen=_PACES))
    count: int = 0
    limit_ns: int = 10**9
    processor: int = -1

    def is_slow(self, pace_ns: int) -> bool:
        self.recent.append(pace_ns)
        self.count += 1
        if self.count >= _FEWEST_PACES and self.count % _FEWEST_PACES == 0:
            fast_ns = sorted(self.recent)[len(self.recent) // 10]
            self.limit_ns = round(_SLOW_PACE * fast_ns)
        return pace_ns > self.limit_ns


@cache
def _throttle_files() -> list[Path]:
    """The files that count throttling: looked up once, read around the rounds of every cell."""
    return list(_PROCESSORS.glob(_THROTTLES))


def read() -> SystemCounters:
    """The counters now."""
    steal_s = float(getattr(psutil.cpu_times(), "steal", 0.0))
    counts = []
    for path in _throttle_files():
        with suppress(OSError, ValueError):
            counts.append(int(path.read_text()))
    processors = psutil.cpu_count() or 1
    return SystemCounters(monotonic(), steal_s, sum(counts), processors, cgroup.throttled())
