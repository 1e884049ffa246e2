"""How much memory an action takes at its peak, beyond what was there; mapped files do not count."""

import tracemalloc
from collections.abc import Callable

MB = 1_000_000


def peak_bytes(action: Callable[[], object]) -> int:
    """The most bytes that Python and NumPy had allocated at a time during the action."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
