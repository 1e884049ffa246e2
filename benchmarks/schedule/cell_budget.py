"""How each cell is measured, and how long it may take of what is left of the budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np

from benchmarks import format
from benchmarks.results.records import Cell, family
from benchmarks.schedule.budget import Budget, rounds_within
from benchmarks.statistics.cost_model import predict_ns, size_of

MAX_ROUNDS = 12  # in one set; more sets of processes say more than more rounds
MIN_ROUNDS = 3  # in one set whose rounds are limited
FIRST_ROUNDS = 2  # in the first set of processes, which also measures what everything costs
_MAX_SHARES = 4  # a costly cell may take what four cells would get if all were alike
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

    def set_loops(self, name: str, loops: int) -> None:
        """Note how many calls make a sample; the largest number stays."""
        self.loops[name] = max(loops, self.loops.get(name, 1))

    def slow(self, name: str) -> bool:
        return self.call_ns[name] >= SLOW_NS

    def min_warm_up_ns(self, name: str) -> int:
        """The shortest warm-up. Once calibrated, a fresh process has only its caches and threads to wake."""
        min_ns = _WARM_UP_SAMPLES * self.target_ns if name in self.loops else self.warm_up_ns
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


@dataclass(eq=False)
class CellBudget:
    """The calibrations of a run's cells, and what of the budget each cell may take.

    `participants` tells who is still in a cell. `fair_share` of the budget is for the first
    `processes` sets. In a set, the rounds of one implementation in one cell take `max_set_s` at most.
    """

    cells: Sequence[Cell]
    processes: int
    budget: Budget
    participants: Callable[[Cell], Sequence[str]]
    fair_share: float = 1.0
    max_set_s: float = inf
    calibrations: dict[Cell, Calibration] = field(default_factory=dict)
    sets: int = 0

    def calibration(self, cell: Cell) -> Calibration:
        """The cell's; a new one aims at 10 ms a sample and 0.1 s of warm-up, or what the budget allows."""
        if cell not in self.calibrations:
            each_ns = 1e9 * self.budget.seconds / self._pairs(self.cells) / self.processes
            self.calibrations[cell] = Calibration(
                target_ns=round(np.clip(each_ns / 16, 1e6, 10e6)),
                warm_up_ns=round(np.clip(each_ns / 8, 1e6, 100e6)),
            )
        return self.calibrations[cell]

    def predict(self, name: str, cell: Cell) -> tuple[int, float]:
        """How many measured cells differ in size alone, and the time of a call that they predict (ns)."""
        measured = [
            (_size(calibrated), calibration.call_ns[name])
            for calibrated, calibration in self.calibrations.items()
            if name in calibration.call_ns
            and calibrated._replace(data=cell.data, n_x=cell.n_x, m=cell.m) == cell
        ]
        sizes, times_ns = [size for size, _ in measured], [time for _, time in measured]
        return len(measured), predict_ns(sizes, times_ns, _size(cell))

    def too_costly(self, name: str, cell: Cell, call_ns: float) -> str:
        """Why calls of this length exceed the cell's share; empty if they do not, or once calibrated."""
        if cell in self.calibrations and name in self.calibrations[cell].loops:
            return ""
        calls = 2 + FIRST_ROUNDS + 2 * (self.processes - 1)
        unmeasured = [cell for cell in self.cells if cell not in self.calibrations]
        min_set_s = self._fixed_s() + sum(self._round_s().values())
        free_s = self.budget.left_s - (self.processes - 1) * min_set_s
        min_share_s = _MAX_SHARES / 2 * self.budget.seconds / self._pairs(self.cells)
        max_share_s = min(free_s / 2, _MAX_SHARES * free_s / self._pairs(unmeasured))
        share_s = max(min_share_s, max_share_s)
        cost_s = call_ns * calls / 1e9
        if cost_s <= share_s:
            return ""
        cost, share = format.time(1e9 * cost_s), format.time(1e9 * share_s)
        return (
            f"{format.time(call_ns)} a call: {calls} calls would take {cost}, and its share of the "
            f"budget is {share}; a larger --budget measures it"
        )

    def rounds(self) -> dict[Cell, int]:
        """Rounds for each cell in the next set.

        In the first sets all cells get about the same time, afterwards as many rounds as allowed.
        """
        max_rounds = {cell: self._max_rounds(cell) for cell in self.calibrations}
        sets_left = self.processes - self.sets
        if sets_left <= 0:
            return max_rounds
        fair_s = self.budget.left_s - (1 - self.fair_share) * self.budget.seconds
        seconds = max(fair_s, 0.0) / sets_left - self._fixed_s()
        return rounds_within(seconds, self._round_s(), max_rounds)

    def cell_run_s(self, cell: Cell) -> float:
        """What the next run of the cell takes, with all who are in it."""
        calibration = self.calibrations[cell]
        each_s = calibration.fixed_s + calibration.round_s * self._max_rounds(cell)
        return len(self.participants(cell)) * each_s

    @property
    def starting_s(self) -> float:
        """What it takes to start a set of workers."""
        return self.budget.spent["starting"] / max(1, self.sets)

    def _max_rounds(self, cell: Cell) -> int:
        round_s = max(self.calibrations[cell].round_s, 1e-6)
        return int(np.clip(self.max_set_s / round_s, MIN_ROUNDS, MAX_ROUNDS))

    def _fixed_s(self) -> float:
        return self.starting_s + sum(
            len(self.participants(cell)) * calibration.fixed_s
            for cell, calibration in self.calibrations.items()
        )

    def _round_s(self) -> dict[Cell, float]:
        return {
            cell: len(self.participants(cell)) * calibration.round_s
            for cell, calibration in self.calibrations.items()
        }

    def _pairs(self, cells: Sequence[Cell]) -> int:
        """Pairs of an implementation and a cell, and at least 1."""
        return max(1, sum(len(self.participants(cell)) for cell in cells))


def _size(cell: Cell) -> tuple[float, float]:
    return size_of(cell.operation, cell.n_x, cell.m)
