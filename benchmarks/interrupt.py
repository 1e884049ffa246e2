"""An interrupt that cannot get lost: it is raised at once, and stays pending after that.

A library with a bare `except:` swallows whatever is raised in it (mpmath has some, and so may any
code that C calls back), and a run that was told to stop would go on to its end.

Also: was this process stopped meanwhile (Ctrl-Z and fg), or did the machine sleep?
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_pending: list[int] = []  # the numbers of the signals since the last `listen`
_held: list[None] = []  # one for each `held` that is open
_continued: list[None] = []  # one for each time that this process was stopped and went on
_SLEPT_NS = 5_000_000  # the two clocks are read one after the other


class Moment(NamedTuple):
    """How often this process had been stopped, and how long the machine had slept, in nanoseconds."""

    stops: int
    slept_ns: int

    def was_paused(self) -> bool:
        """Was this process stopped, or did the machine sleep, since this moment?"""
        current = now()
        return current.stops > self.stops or current.slept_ns > self.slept_ns + _SLEPT_NS


def listen() -> None:
    """Let Ctrl-C and a request to end raise KeyboardInterrupt, also where a shell made us ignore them."""
    _pending.clear()
    for number in _SIGNALS:
        signal.signal(number, _raise)
    signal.signal(signal.SIGCONT, lambda *_: _continued.append(None))


def raise_pending() -> None:
    """Raise KeyboardInterrupt again if one came: a library may have swallowed the first."""
    if _pending:
        raise KeyboardInterrupt


@contextmanager
def held() -> Iterator[None]:
    """In here the first signal raises nothing, and is pending; the second is raised at once."""
    _held.append(None)
    try:
        yield
    finally:
        _held.pop()


def now() -> Moment:
    """This moment. The one clock goes on while the machine sleeps, the other does not (Linux)."""
    slept_ns = 0
    if hasattr(time, "CLOCK_BOOTTIME"):
        awake_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        slept_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - awake_ns
    return Moment(len(_continued), slept_ns)


def _raise(number, frame) -> None:
    _pending.append(number)
    if len(_pending) > 1 or not _held:
        raise KeyboardInterrupt
