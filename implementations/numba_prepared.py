"""numba_fused on an X that is laid out once, as a step is fastest."""

import numpy as np

from implementations._fused import fused
from implementations._fused_sizes import TALL, fits_a_tile
from implementations._fused_tiles import pack

PARALLEL = True
COLOUR = "#56B4E9"
MARKER = "P"

# From so many features on a tile's loops are long, and from so many examples filling up the last one
# is little.
_FEATURES, _EXAMPLES = 32, 64


def prepare(array):
    """In tiles; but by features where these are few, and by examples where they are too many."""
    n_x, m = array.shape
    if not fits_a_tile(n_x) or n_x >= TALL * m:
        return np.asfortranarray(array)
    return pack(array) if n_x >= _FEATURES and m >= _EXAMPLES else np.ascontiguousarray(array)


def cost_gradient(w, b, X, Y):
    return fused(w, b, X, Y)
