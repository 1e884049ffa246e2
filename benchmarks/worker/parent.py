"""Whose a worker is: a mark that all its processes inherit, and an end with whoever started it."""

import ctypes
import os
import signal
from contextlib import suppress

# Every process that a worker starts inherits it: the conductor's process id, and the worker's own.
MARK = "BENCHMARKS_WORKER"
_PR_SET_PDEATHSIG = 1  # of prctl(2)


def end_with_parent(parent: int) -> None:
    """When the parent ends, the system ends this process, frozen or not (Linux); now, if it has."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def conductor() -> int:
    """The process id of the conductor, by the mark."""
    return int(os.environ[MARK].partition(":")[0])
