"""How one cell is measured: calls in a sample, warm-up, and what a run of the cell takes."""

from dataclasses import dataclass, field
from math import inf

from benchmarks.results.records import family

# A call that takes this long does not notice that its caches went cold while it was frozen, nor would
# a few more calls of warm-up matter: refilling 32 MiB takes about 3 ms.
SLOW_NS = 100e6
MAX_OWN_LOOPS = 4
_WARM_UP_SAMPLES = 2  # samples' worth of warm-up, where the implementation is calibrated


@dataclass(eq=False)
class Calibration:
    """The calibration of one cell: made in its first cell run, and kept.

    `fixed_s` is what a cell run takes without its rounds, `round_s` what a round takes. Both are for
    one implementation, since not all of them are in every cell run.
    """

    target_ns: int
    warm_up_ns: int
    call_ns: dict[str, float] = field(default_factory=dict)
    loops: dict[str, int] = field(default_factory=dict)
    fixed_s: float = 0.0
    round_s: float = 0.0

    def has(self, name: str) -> bool:
        """Is it known how many calls of this implementation make a sample?"""
        return name in self.loops

    def set_call_ns(self, name: str, call_ns: float) -> None:
        """Note the time of a call; the shortest stays, since the machine may have been busy."""
        self.call_ns[name] = min(call_ns, self.call_ns.get(name, inf))

    def set_loops(self, name: str, loops: int) -> None:
        """Note how many calls make a sample; the largest number stays."""
        self.loops[name] = max(loops, self.loops.get(name, 1))

    def slow(self, name: str) -> bool:
        return self.call_ns[name] >= SLOW_NS

    def min_warm_up_ns(self, name: str) -> int:
        """The shortest warm-up. Once calibrated, a fresh process has only its caches and threads to wake."""
        min_ns = _WARM_UP_SAMPLES * self.target_ns if self.has(name) else self.warm_up_ns
        return min(self.warm_up_ns, min_ns)

    def loops_of(self, name: str) -> int:
        """How many calls make a sample: as many for all versions of one implementation.

        The first call after a worker was thawed costs more than the others. With 55 calls in a sample
        of one version and 1 in a sample of the other, identical code came out 22% slower
        (METHODOLOGY.md). A version that is much slower than another takes at most MAX_OWN_LOOPS times
        its own number.
        """
        versions = [n for version, n in self.loops.items() if family(version) == family(name)]
        return min(max(versions), MAX_OWN_LOOPS * self.loops[name])

    def set_cost(self, rounds: int, rounds_s: float, other_s: float, workers: int) -> None:
        """Note what a cell run took: its rounds, and all else that the next one takes too."""
        self.round_s = max(rounds_s / max(rounds, 1), 1e-4) / workers
        self.fixed_s = max(other_s, 1e-3) / workers
