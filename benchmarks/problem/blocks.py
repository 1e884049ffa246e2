"""Products and elementwise functions of large matrices: in blocks that stay in cache, in threads."""

from collections.abc import Callable
from os import cpu_count

import numpy as np

from benchmarks.data.blocks import blocks_in_memory, each

_BLOCK = 1 << 15  # elements; in long doubles half a megabyte
_ALONG, _ACROSS = 4096, 64  # columns of a block, where rows are contiguous and where columns are


def product(M: np.ndarray, v: np.ndarray, dtype=np.float64, absolute: bool = False) -> np.ndarray:
    """M (p, n) times v (n, 1) in the arithmetic of `dtype`; if `absolute`, |M| times |v|.

    M may be of any float dtype and memory order. Each sum is in some order, the same every time.
    """
    p, n = M.shape
    v = np.asarray(v, dtype)[:, 0]
    v = np.abs(v) if absolute else v
    rows, columns = _block_shape(M)
    u = np.empty((p, 1), dtype)

    def fill(i: int) -> None:
        total = u[i : i + rows, 0]
        total[...] = 0
        lifted = np.empty((len(total), columns), dtype)
        for j in range(0, n, columns):
            block = M[i : i + rows, j : j + columns]
            part = lifted[:, : block.shape[1]]
            if absolute:
                np.abs(block, out=part)
            else:
                part[...] = block
            total += np.vecdot(part, v[j : j + columns])

    each(fill, range(0, p, rows))
    return u


def _block_shape(M: np.ndarray) -> tuple[int, int]:
    """Rows and columns of a block, long in the direction that is contiguous in memory."""
    p, n = M.shape
    columns = min(n, _ALONG if M.strides[1] <= M.strides[0] else _ACROSS)
    rows = min(p, _BLOCK // columns)
    if M.size > _BLOCK:  # work for every core
        rows = min(rows, -(-p // (cpu_count() or 1)))
    return rows, min(n, _BLOCK // rows)


def by_element(
    function: Callable[[np.ndarray, np.ndarray], np.ndarray], A: np.ndarray, row: np.ndarray
) -> np.ndarray:
    """function(A, row) for A (p, n) and row (1, n), where it works on each element by itself.

    The result has A's memory order and the row's dtype.
    """
    result = np.empty_like(A, dtype=row.dtype)

    def fill(block) -> None:
        columns = ... if block is ... else (slice(None), block[1])
        result[block] = function(A[block], row[columns])

    each(fill, blocks_in_memory(A, _BLOCK))
    return result
