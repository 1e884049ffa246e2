"""Cold caches: memory of no use to anyone is read until nothing else is left in them.

It is a file that all workers read, so that it takes their memory only once; reading leaves nothing to be
written back while something is timed.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.worker.pace import elsewhere

_FOLD = 2  # times the caches: what replaces the oldest lines, not exactly in turn, gets them all
_OWN_BYTES = 8 << 20  # more than the caches hold that a processor has for itself alone


def save(path: Path, cache_bytes: int) -> None:
    """Write the file for caches that hold so many bytes, all of them together."""
    with path.open("wb") as file:
        for _ in range(0, _FOLD * cache_bytes, _OWN_BYTES):
            file.write(bytes(_OWN_BYTES))


def evictor(path: str, threads: int) -> Callable[[], None]:
    """What empties the caches of this processor; for several threads, the others' own ones too."""
    lines = np.asarray(np.memmap(path, np.int64, "r"))
    own = lines[: _OWN_BYTES // lines.itemsize]

    def evict() -> None:
        if threads > 1:
            elsewhere(own.max)
        lines.max()

    return evict
