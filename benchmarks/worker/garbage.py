"""Arrays that a call leaves in reference cycles: the collector is off inside the clock, so they pile up."""

import gc
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

_OURS = 2  # references of our own to what is looked at: the dict, the question


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
    held, times = _held()
    # What one refers to that is not garbage is none either.
    alive = [held[key] for key in held if sys.getrefcount(held[key]) > times[key] + _OURS]
    while alive:
        node = alive.pop()
        if held.pop(id(node), None) is not None:
            alive += _untracked(node)
    arrays = [node for node in held.values() if isinstance(node, np.ndarray)]
    return sum(array.nbytes for array in arrays if array.base is None)


def _held() -> tuple[dict[int, Any], Counter[int]]:
    """What the garbage holds that Python does not track, by id; and how often it is referred to there."""
    held: dict[int, Any] = {}
    times: Counter[int] = Counter()
    unseen = [ref for one in gc.garbage for ref in gc.get_referents(one) if _is_untracked(ref)]
    while unseen:
        node = unseen.pop()
        times[id(node)] += 1
        if id(node) not in held:
            held[id(node)] = node
            unseen += _untracked(node)
    return held, times


def _untracked(node: Any) -> list[Any]:
    refs = [node.base] if isinstance(node, np.ndarray) else gc.get_referents(node)
    return [ref for ref in refs if _is_untracked(ref)]


def _is_untracked(ref: Any) -> bool:
    """An array, or a container that holds nothing but such: it is not in the list of garbage."""
    return isinstance(ref, np.ndarray) or (type(ref) in (dict, tuple) and not gc.is_tracked(ref))
