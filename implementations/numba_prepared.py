"""numba_fused on an X that is laid out once, in the order in which a step is fastest."""

import numpy as np

from implementations._fused import fused
from implementations._fused_sizes import best_by_features

PARALLEL = True
COLOUR = "#56B4E9"
MARKER = "P"

_LINE = 64  # bytes of the memory that come together, as long as the longest vector
_LONG = 64  # columns from which on filling a row up to whole lines is little


def prepare(array):
    """By examples, to be read in one pass; but by features where they are few, in rows of whole lines."""
    if best_by_features(array.shape[0], array.nbytes):
        return _in_lines(np.ascontiguousarray(array))
    return np.asfortranarray(array)


def _in_lines(array):
    """The matrix in C order, every row from a line on: perhaps with more columns, which nobody reads."""
    rows, columns = array.shape
    wide = -(-columns * array.itemsize // _LINE) * _LINE // array.itemsize
    if rows == 1 or columns < _LONG or (wide == columns and array.ctypes.data % _LINE == 0):
        return array
    memory = np.empty(rows * wide * array.itemsize + _LINE, np.uint8)
    start = -memory.ctypes.data % _LINE
    lines = memory[start : start + rows * wide * array.itemsize]
    lines = lines.view(array.dtype).reshape(rows, wide)
    lines[:, :columns] = array
    return lines


def cost_gradient(w, b, X, Y):
    return fused(w, b, X, Y)
