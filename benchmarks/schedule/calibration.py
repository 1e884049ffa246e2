"""How long each cell may take: from what smaller cells took, and from what is left of the budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.results.records import Cell, family
from benchmarks.schedule.budget import Budget, rounds_within
from benchmarks.statistics import size_of, work_of
from benchmarks.statistics.cost_model import predict_ns

MOST_ROUNDS = 12  # in one set; more sets of processes say more than more rounds
LEAST_ROUNDS = 3  # where there may be few
FIRST_ROUNDS = 2  # in the first set of processes, which also finds out what everything costs
_MOST_OWN = 4
_SLACK = 4  # a costly cell may take what four cells would get if all were alike


@dataclass(eq=False)
class Pace:
    """How a cell is measured, and what that takes; found in its first visit and kept.

    `fixed_s` is what a visit takes without its rounds, `round_s` what a round takes, both for each
    implementation in it: not all of them are in every visit.
    """

    target_ns: int
    warm_up_ns: int
    loops: dict[str, int] = field(default_factory=dict)
    call_ns: dict[str, float] = field(default_factory=dict)
    fixed_s: float = 0.0
    round_s: float = 0.0

    def loops_of(self, name: str) -> int:
        """How many calls make up a sample: as many for all versions of one implementation.

        The first call after a worker was thawed costs more than the others. With 55 calls in a sample
        of the one and 1 in a sample of the other, identical code came out 22% slower (METHODOLOGY.md).
        A version that is much slower than another takes at most so many times its own number.
        """
        most = max(n for other, n in self.loops.items() if family(other) == family(name))
        return min(most, _MOST_OWN * self.loops[name])


@dataclass(eq=False)
class Pacing:
    """The paces of a run's cells. `standing` tells which implementations are still in a cell.

    `fair_share` of the budget is for the first `processes` sets. `most_set_s` is the most that the
    rounds of one implementation in one cell may take in a set.
    """

    cells: Sequence[Cell]
    processes: int
    budget: Budget
    standing: Callable[[Cell], Sequence[str]]
    fair_share: float = 1.0
    most_set_s: float = float("inf")
    paces: dict[Cell, Pace] = field(default_factory=dict)
    sets: int = 0

    def begin(self, cell: Cell) -> Pace:
        """10 ms a sample and 0.1 s of warming up, or less where the budget does not allow that."""
        each_ns = 1e9 * self.budget.seconds / self._pairs(self.cells) / self.processes
        self.paces[cell] = Pace(
            target_ns=round(np.clip(each_ns / 16, 1e6, 10e6)),
            warm_up_ns=round(np.clip(each_ns / 8, 1e6, 100e6)),
        )
        return self.paces[cell]

    def predicted(self, name: str, cell: Cell) -> tuple[int, float]:
        """From how many cells that differ in size alone, and what a call will take (ns)."""
        alike = [
            (_size(other), pace.call_ns[name])
            for other, pace in self.paces.items()
            if name in pace.call_ns and _alike(other, cell)
        ]
        time_ns = predict_ns([size for size, _ in alike], [t for _, t in alike], _size(cell))
        return len(alike), time_ns

    def too_costly(self, name: str, cell: Cell, call_ns: float) -> str:
        """Why a call that takes so long is over the cell's share; empty if it is not, or settled."""
        if cell in self.paces and name in self.paces[cell].loops:
            return ""
        calls = 2 + FIRST_ROUNDS + 2 * (self.processes - 1)
        left = [cell for cell in self.cells if cell not in self.paces]
        free_s = self.budget.left_s - (self.processes - 1) * self._least_set_s()
        least_s = _SLACK / 2 * self.budget.seconds / self._pairs(self.cells)
        share_s = max(least_s, min(free_s / 2, _SLACK * free_s / self._pairs(left)))
        cost_s = call_ns * calls / 1e9
        if cost_s <= share_s:
            return ""
        return (
            f"{call_ns / 1e6:.3g} ms a call, and {calls} calls would take {cost_s:.3g} s where its "
            f"share of the budget is {share_s:.2g} s; a larger --budget measures it"
        )

    def rounds(self) -> dict[Cell, int]:
        """Rounds for each cell in the next set: in the first sets so that every one gets as long
        and all cells about the same time, later as many as there may be."""
        most = {cell: self._most_rounds(cell) for cell in self.paces}
        sets_left = self.processes - self.sets
        if sets_left <= 0:
            return most
        fair_s = self.budget.left_s - (1 - self.fair_share) * self.budget.seconds
        seconds = max(fair_s, 0.0) / sets_left - self._fixed_s()
        return rounds_within(seconds, self._round_s(), most)

    def visit_s(self, cell: Cell) -> float:
        """What it takes to visit the cell once more, with all who are in it."""
        pace = self.paces[cell]
        return len(self.standing(cell)) * (pace.fixed_s + pace.round_s * self._most_rounds(cell))

    @property
    def starting_s(self) -> float:
        """What it takes to start a set of workers."""
        return self.budget.spent["starting"] / max(1, self.sets)

    def _most_rounds(self, cell: Cell) -> int:
        each_s = max(self.paces[cell].round_s, 1e-6)
        return int(np.clip(self.most_set_s / each_s, LEAST_ROUNDS, MOST_ROUNDS))

    def _least_set_s(self) -> float:
        return self._fixed_s() + sum(self._round_s().values())

    def _fixed_s(self) -> float:
        fixed_s = (len(self.standing(c)) * pace.fixed_s for c, pace in self.paces.items())
        return self.starting_s + sum(fixed_s)

    def _round_s(self) -> dict[Cell, float]:
        return {cell: len(self.standing(cell)) * pace.round_s for cell, pace in self.paces.items()}

    def _pairs(self, cells: Sequence[Cell]) -> int:
        """Implementations times cells, and at least 1."""
        return max(1, sum(len(self.standing(cell)) for cell in cells))


def work(cell: Cell) -> float:
    return work_of(cell.operation, cell.n_x, cell.m)


def _size(cell: Cell) -> tuple[float, float]:
    return size_of(cell.operation, cell.n_x, cell.m)


def _alike(one: Cell, other: Cell) -> bool:
    """Do they differ in size and data alone?"""
    return one._replace(data=other.data, n_x=other.n_x, m=other.m) == other
