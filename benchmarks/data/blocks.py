"""Blocks of a matrix: work on a large one without a second array of its size."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

Block = tuple[slice, slice]
"""Where a block lies: its rows and its columns."""

# Elements drawn at a time: few stay in cache until they are copied; where the elements of a row lie
# far apart in memory, many (64 MB) need fewer visits to each cache line.
_DRAWN, _SCATTERED = 1 << 18, 1 << 23


def blocks(shape: tuple[int, int], elements: int) -> Iterator[Block]:
    """The blocks of a (p, n) matrix in row-major order: some whole rows, or a part of one row."""
    p, n = shape
    columns = min(n, elements)
    rows = max(1, elements // n)
    for i in range(0, p, rows):
        for j in range(0, n, columns):
            yield slice(i, min(i + rows, p)), slice(j, min(j + columns, n))


def blocks_in_memory(array: np.ndarray, elements: int) -> list[Any]:
    """Indices of the blocks of an array, each nearly contiguous in its memory order."""
    if array.ndim != 2 or array.size <= elements:
        return [...]
    if array.flags.c_contiguous:
        return list(blocks(array.shape, elements))
    return [(i, j) for j, i in blocks(array.shape[::-1], elements)]


def each(function: Callable[[Any], Any], tasks: Iterable[Any]) -> list[Any]:
    """What the function returns for each task, in threads: NumPy lets go of Python's lock."""
    tasks = list(tasks)
    if len(tasks) == 1:
        return [function(tasks[0])]
    with ThreadPoolExecutor() as pool:
        return list(pool.map(function, tasks))


def fill(matrix: np.ndarray, draw: Callable[[tuple[int, int]], np.ndarray]) -> None:
    """Fill a matrix of any dtype and memory order with what one `draw(matrix.shape)` would give.

    `draw` is a method of a NumPy generator that is given the shape: its values follow one another in
    row-major order, however many are drawn at a time.
    """
    elements = _DRAWN if matrix.flags.c_contiguous else _SCATTERED
    with ThreadPoolExecutor(1) as writer:  # one block is written while the next is drawn
        written: Future = writer.submit(lambda: None)
        for i, j in blocks(matrix.shape, elements):
            values = draw((i.stop - i.start, j.stop - j.start))
            written.result()
            written = writer.submit(matrix.__setitem__, (i, j), values)
        written.result()
