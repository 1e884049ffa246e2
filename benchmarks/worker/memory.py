"""The memory that this process has resident: now, and at most since it was told to count anew."""

import ctypes
import resource
import sys
from contextlib import suppress
from pathlib import Path

_STATUS = Path("/proc/self/status")


def forget_peak() -> bool:
    """Begin anew from what is resident now; False where the system cannot (not Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def give_back() -> None:
    """Return what was freed to the system, so that what is taken again is seen; glibc alone can."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def resident_bytes() -> int | None:
    """What is resident now; None where the system does not tell."""
    return _status("VmRSS")


def peak_rss_bytes() -> int:
    """The peak since `forget_peak`, or of the whole process where that did nothing."""
    peak = _status("VmHWM")
    if peak is not None:
        return peak
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _status(key: str) -> int | None:
    try:
        return int(_STATUS.read_text().partition(f"{key}:")[2].split()[0]) * 1024
    except (OSError, IndexError):
        return None
