"""How fast this processor is right now: the time of a little piece of work that is always the same.

A processor may be shared with another machine's thread on the same core, which no counter tells: a
virtual one, above all. Then everything on it takes longer, for milliseconds or for minutes.
"""

import ctypes
import os
import sys
from collections.abc import Callable

from benchmarks.worker.clock import Answer, stopwatch

_C = ctypes.CDLL(None)
_MAX_VISITED = 8
_STEPS = range(500)  # about 10 µs, in the first-level cache


def pace_ns() -> int:
    """The time of the work, the second time: the first brings it back into the cache."""
    _work()
    return stopwatch(_work)[0]


def slowest_elsewhere() -> int:
    """The slowest pace of the other processors that this process may run on; 0 where that is not told.

    Of many processors it tells nothing: an idle one will be among them, and a visit to all would take
    too long.
    """
    return max(elsewhere(pace_ns, most=_MAX_VISITED), default=0)


def elsewhere(work: Callable[[], Answer], most: int = sys.maxsize) -> list[Answer]:
    """What the work gives on each of the other processors that this process may run on.

    The thread visits them and comes back, in some 50 µs each. None are visited where there are more than
    `most`, or the system does not let a thread choose.
    """
    if not hasattr(os, "sched_setaffinity"):
        return []
    allowed, here = os.sched_getaffinity(0), _processor()
    if not 1 < len(allowed) <= most or here not in allowed:
        return []
    answers = []
    try:
        for processor in sorted(allowed - {here}):
            os.sched_setaffinity(0, {processor})
            answers.append(work())
        os.sched_setaffinity(0, {here})
    finally:
        os.sched_setaffinity(0, allowed)
    return answers


def _processor() -> int:
    """The processor that this thread runs on; -1 if the C library does not tell."""
    try:
        return int(_C.sched_getcpu())
    except AttributeError:
        return -1


def seek(limit_ns: int, first: int = -1) -> int:
    """Move this thread to a processor whose pace is within the limit: `first`, or this one, or any.

    Returns the processor, -1 where none can be chosen (not Linux). The thread may run anywhere before
    and after; it stays where it is until the system moves it.
    """
    if not hasattr(os, "sched_setaffinity"):
        return -1
    allowed, here = os.sched_getaffinity(0), _processor()
    first = first if first in allowed else here
    try:
        for processor in sorted(allowed, key=lambda one: (one != first, one != here, one)):
            os.sched_setaffinity(0, {processor})
            if pace_ns() <= limit_ns:
                break
    finally:
        os.sched_setaffinity(0, allowed)
    return _processor()


def _work() -> int:
    total = 0
    for step in _STEPS:
        total += step
    return total
