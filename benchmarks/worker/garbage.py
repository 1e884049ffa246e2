"""Arrays that a call leaves in reference cycles: the collector is off inside the clock, so they pile up."""

import gc
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

_OURS = 3  # references of our own to an array that is looked at: the list, the loop, the question


def left_bytes(call: Callable[[], Any]) -> int:
    """The bytes of the arrays that a call leaves to the garbage collector and to nobody else."""
    gc.collect()
    flags, enabled = gc.get_debug(), gc.isenabled()
    gc.disable()
    try:
        call()
        gc.set_debug(flags | gc.DEBUG_SAVEALL)
        gc.collect()
        return _bytes_of_arrays()
    finally:
        gc.set_debug(flags)
        gc.garbage.clear()
        if enabled:
            gc.enable()
        gc.collect()


def _bytes_of_arrays() -> int:
    """Of those arrays that nothing but the garbage refers to; an argument is referred to by us."""
    found = [
        ref for one in gc.garbage for ref in gc.get_referents(one) if isinstance(ref, np.ndarray)
    ]
    times = Counter(map(id, found))
    arrays = list({id(array): array for array in found}.values())
    found.clear()
    return sum(
        a.nbytes for a in arrays if sys.getrefcount(a) <= times[id(a)] + _OURS and a.base is None
    )
