"""How wide blocks and tiles are: from this machine's caches, and from what was measured (KERNELS.md).

The kernels take these numbers in when they are compiled.
"""

from pathlib import Path
from typing import NamedTuple

from numba import njit

_SYSTEM = Path("/sys/devices/system/cpu/cpu0/cache")
_UNITS = {"K": 1 << 10, "M": 1 << 20}


class Caches(NamedTuple):
    """The bytes of a core's first and second cache, and of the last one, which cores may share."""

    first: int
    second: int
    last: int


USUAL = Caches(32 << 10, 1 << 20, 32 << 20)  # where the system does not tell


def caches(folder: Path = _SYSTEM) -> Caches:
    """Those of this machine; Linux tells, in files."""
    levels: dict[int, int] = {}
    for index in sorted(folder.glob("index*")):
        try:
            level, kind, size = (
                (index / name).read_text().strip() for name in ("level", "type", "size")
            )
            if kind != "Instruction":
                levels[int(level)] = int(size[:-1]) * _UNITS[size[-1]]
        except (OSError, ValueError, KeyError, IndexError):
            continue
    first, second = levels.get(1, USUAL.first), levels.get(2, USUAL.second)
    # Without a third cache, the second one is the last.
    return Caches(first, second, max(levels.get(3, second if levels else USUAL.last), second))


CACHES = caches()
# A product of so many factors, none above 2, is below 2^1000, and so below the largest float64.
BLOCK = 960
LINE_BYTES = 64  # of the memory that come together, as long as the longest vector
LINES = 4  # of each feature in a packed tile: as many sums hide the time that one takes
_L1_BYTES = CACHES.first // 2  # a longer w is read from the second cache for every example
_L2_BYTES = CACHES.second // 2  # for a part of X: w, dw and Z are there as well
_L3_BYTES = CACHES.last // 2  # for a thread's part of X
_LEAST_ROW_BYTES = 2048  # shorter rows of a tile do not stream: the memory's lines come one by one
_MOST_COLUMNS = 2048  # of a tile where X is read twice in any case: Z stays in the first cache
_MOST_EXAMPLES = 16  # in a block: two vectors of exponentials
# An example of so many bytes is long enough for the prefetcher to follow, and over before it runs
# ahead; few in a block then keep the stream going, where X comes from memory and not from a cache.
_STREAMED_BYTES = 512, 4096
LEAST_FEATURES = 16  # from so many on, an example is two vectors long, and worth a loop of its own
TALL = 2  # times as many features as examples, and the threads share out the features
# Elements of X from which on two threads are faster than one. An example's exponential and division
# count as twelve, and for each feature the sum over the threads as 32. They were even between 45,000
# and 75,000: a parallel region takes 2 to 5 µs.
PARALLEL_FROM, EXAMPLE, SUM = 60_000, 12, 32


def fits_a_tile(n_x: int) -> bool:
    """Are a packed tile of n_x features and its sums at most as long as the second cache?"""
    return n_x * (LINES + 1) * LINE_BYTES <= CACHES.second


@njit
def columns_in_a_tile(n_x, itemsize):
    """How wide a tile of columns is, so that it stays where its second use finds it."""
    column = n_x * itemsize
    least = _LEAST_ROW_BYTES // itemsize
    if _L2_BYTES // column >= least:
        return min(BLOCK, _L2_BYTES // column)
    return _MOST_COLUMNS


@njit
def examples_in_a_block(row_bytes, all_bytes):
    """So many that exponentials come by the vector; but four where that would starve the stream."""
    fitting = max(1, _L2_BYTES // row_bytes)
    if _STREAMED_BYTES[0] <= row_bytes < _STREAMED_BYTES[1] and all_bytes > _L3_BYTES:
        fitting = 1
    return max(4, min(_MOST_EXAMPLES, fitting) // 4 * 4)


@njit
def shares_w(row_bytes):
    """Is w so long that four examples should share each part of it that is read?"""
    return row_bytes > _L1_BYTES
