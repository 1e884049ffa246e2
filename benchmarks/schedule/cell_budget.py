"""What cells cost: the calibration of each, what a visit takes, and what is too costly for the budget."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from benchmarks import format
from benchmarks.results.records import Cell, family
from benchmarks.schedule.budget import Budget
from benchmarks.schedule.memory_plan import LARGE_BYTES, data_bytes
from benchmarks.schedule.turns import SLOW_NS, Turn, loops_for, rounds_of, turn_of
from benchmarks.statistics.cost_model import predict_ns, size_of

MIN_VISITS = 3  # processes of each implementation in a cell, however long its calls
_MAX_SHARES = 4  # a costly cell may take what four cells would get if all were alike
UNKNOWN_VISIT_S = 0.05  # of one that nobody has measured yet
_MAX_OWN_LOOPS = 4


@dataclass(eq=False)
class Calibration:
    """Of one cell: for each implementation the time of a call, the calls of a sample, and what its last
    visit took (one process: preparing, checking, all of its turns). Is its data small enough to stay in
    a cache? With `cold` caches a sample is one call.
    """

    cached: bool = True
    cold: bool = False
    call_ns: dict[str, float] = field(default_factory=dict)
    loops: dict[str, int] = field(default_factory=dict)
    visit_s: dict[str, float] = field(default_factory=dict)

    def calibrate(self, name: str, call_ns: float) -> None:
        """Note the time of a call; the shortest stays, since the machine may have been busy."""
        self.call_ns[name] = min(call_ns, self.call_ns.get(name, call_ns))
        self.loops[name] = 1 if self.cold else loops_for(self.call_ns[name])

    def turn(self, name: str) -> Turn:
        """Its turn, with as many calls in a sample for all versions of one implementation.

        The first call after a worker was thawed costs more than the others. With 55 calls in a sample
        of one version and 1 in a sample of the other, identical code came out 22% slower
        (METHODOLOGY.md). A version that is much slower than another takes at most four times its own
        number.
        """
        versions = [n for version, n in self.loops.items() if family(version) == family(name)]
        loops = min(max(versions), _MAX_OWN_LOOPS * self.loops[name])
        return turn_of(self.call_ns[name], loops, self.cached)

    def slow(self, name: str) -> bool:
        return self.call_ns[name] >= SLOW_NS

    def rounds(self, name: str, rounds: int) -> int:
        return rounds_of(self.call_ns[name], rounds, self.cached)


@dataclass(eq=False)
class CellBudget:
    """The calibrations of a run's cells, its visits so far, and what a cell may take of the budget.

    `participants` tells who is still in a cell. The `essential` cells are measured whatever they cost.
    """

    cells: Sequence[Cell]
    budget: Budget
    participants: Callable[[Cell], Sequence[str]]
    essential: Collection[Cell] = ()
    calibrations: dict[Cell, Calibration] = field(default_factory=dict)
    visits: Counter[tuple[Cell, str]] = field(default_factory=Counter)
    sets: int = 0
    _once_ns: dict[tuple[str, str, str, str], float] = field(default_factory=dict)

    def calibration(self, cell: Cell) -> Calibration:
        return self.calibrations.setdefault(
            cell, Calibration(data_bytes(cell) < LARGE_BYTES, cell.cold)
        )

    def visit_s(self) -> Mapping[Cell, Mapping[str, float]]:
        """What the next visit of each implementation that is still in a cell takes."""
        costs = {cell: self.calibration(cell).visit_s for cell in self.cells}
        return {
            cell: {n: known.get(n, UNKNOWN_VISIT_S) for n in self.participants(cell)}
            for cell, known in costs.items()
            if self.participants(cell)
        }

    def note_first_call(self, name: str, cell: Cell, first_call_ns: float) -> None:
        """Note the first call in a calibrated cell; of its kind, the first such cell counts."""
        once_ns = first_call_ns - self.calibration(cell).call_ns[name]
        self._once_ns.setdefault(_kind(name, cell), once_ns)

    def once_ns(self, name: str, cell: Cell) -> float:
        """What the very first call of this kind took beyond a later one: compiling, or loading that."""
        return self._once_ns.get(_kind(name, cell), inf)

    @property
    def starting_s(self) -> float:
        """What it takes to start a set of workers."""
        return self.budget.spent["starting"] / max(1, self.sets)

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
        if cell in self.essential or name in self.calibration(cell).loops:
            return ""
        turn = turn_of(call_ns, loops_for(call_ns))
        calls = 2 + MIN_VISITS * (1 + turn.untimed + turn.samples * turn.loops)
        unmeasured = [cell for cell in self.cells if not self.calibration(cell).loops]
        max_share_s = _MAX_SHARES * self.budget.left_s / self._pairs(unmeasured)
        min_share_s = _MAX_SHARES / 2 * self.budget.seconds / self._pairs(self.cells)
        share_s = max(min_share_s, min(self.budget.left_s / 2, max_share_s))
        cost_s = call_ns * calls / 1e9
        if cost_s <= share_s:
            return ""
        cost, share = format.time(1e9 * cost_s), format.time(1e9 * share_s)
        return (
            f"{format.time(call_ns)} a call: {calls} calls would take {cost}, and its share of the "
            f"budget is {share}; a larger --budget measures it"
        )

    def _pairs(self, cells: Sequence[Cell]) -> int:
        """Pairs of an implementation and a cell, and at least 1."""
        return max(1, sum(len(self.participants(cell)) for cell in cells))


def _kind(name: str, cell: Cell) -> tuple[str, str, str, str]:
    """What a compiler makes code for, if there is one."""
    return name, cell.operation, cell.dtype, cell.order


def _size(cell: Cell) -> tuple[float, float]:
    return size_of(cell.operation, cell.n_x, cell.m)
