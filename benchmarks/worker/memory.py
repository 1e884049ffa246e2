"""The resident memory of this process: now, and its peak since the last reset."""

import ctypes
import resource
import sys
from contextlib import suppress
from pathlib import Path

_STATUS = Path("/proc/self/status")


def reset_peak() -> bool:
    """Let the peak begin at what is resident now; False where the system cannot (not Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def release_freed() -> None:
    """Return freed memory to the system, so that using it again counts (glibc only)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def resident_bytes() -> int:
    """What is resident now; 0 if unknown."""
    return _status("VmRSS")


def peak_rss_bytes() -> int:
    """The peak since `reset_peak`, or of the whole process where that did nothing."""
    if peak := _status("VmHWM"):
        return peak
    max_rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max_rss if sys.platform == "darwin" else max_rss * 1024


def _status(key: str) -> int:
    try:
        return int(_STATUS.read_text().partition(f"{key}:")[2].split()[0]) * 1024
    except (OSError, IndexError):
        return 0
