"""The stopwatch. It imports nothing of the project: no arrays, no files, no statistics."""

from collections.abc import Callable
from time import perf_counter_ns
from typing import TypeVar

Answer = TypeVar("Answer")


def stopwatch(
    call: Callable[[], Answer], timer: Callable[[], int] = perf_counter_ns
) -> tuple[int, Answer]:
    """Call once; return the nanoseconds it took and what it returned."""
    start = timer()
    answer = call()
    return timer() - start, answer
