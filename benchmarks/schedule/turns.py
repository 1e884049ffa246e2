"""How an implementation's turn is made up: from the length of its calls, and nothing else."""

from math import ceil
from typing import NamedTuple

from benchmarks.statistics.rounds import LONG_NS

SAMPLE_NS = 2e6  # five samples of 2 ms say more than one of 10: a burst spoils one of them
_TURN_NS = 16e6
_MOST, _FEWEST = 8, 3  # samples in a turn
SLOW_NS = 100e6  # of calls this long one is enough: their noise is nothing beside what it costs


class Turn(NamedTuple):
    """What is done while a worker is thawed: `untimed` calls, then `samples` of `loops` calls each."""

    loops: int
    samples: int
    untimed: int
    call_ns: float

    @property
    def ns(self) -> float:
        return (self.samples * self.loops + self.untimed) * self.call_ns


def loops_for(call_ns: float) -> int:
    """How many calls make a sample."""
    return max(1, ceil(SAMPLE_NS / max(call_ns, 1.0)))


def turn_of(call_ns: float, loops: int, cached: bool = True) -> Turn:
    """The turn of an implementation whose calls take so long, with so many calls in a sample.

    Where the data is too large to stay in a cache, a thaw has cooled nothing: no call is discarded,
    and turns are as short as can be, so that those of a round are close together.
    """
    wanted = round(_TURN_NS / (loops * max(call_ns, 1.0)))
    fewest = _FEWEST if cached else 1
    samples = min(max(wanted, fewest), _MOST) if call_ns < SLOW_NS else 1
    untimed = 2 if call_ns < 1e6 else 1 if call_ns < LONG_NS and cached else 0
    return Turn(loops, samples, untimed, call_ns)


def rounds_of(call_ns: float, rounds: int, cached: bool = True) -> int:
    """In how many rounds of a process it takes part, where the short ones take part in `rounds`."""
    if not cached and call_ns < SLOW_NS:
        return rounds
    return rounds if call_ns < LONG_NS else 1
