"""In a line of hundreds of versions: race the ends, then halve until the step that changed is found."""

from collections.abc import Callable, Sequence
from math import log

from benchmarks.compare.history.changes import Steps
from benchmarks.compare.history.race import Raced
from benchmarks.compare.sequential_test import Pair
from benchmarks.results.records import Cell
from benchmarks.statistics.verdicts import CHANGED

AT_ONCE = 32  # a line of so many versions is raced as a whole


def bisect(
    steps: Steps, cells: Sequence[Cell], race: Callable[[Steps, Sequence[Cell]], Raced]
) -> list[Raced]:
    """The races, in order, that lead to the step at which the time changed most.

    The first is of the two ends in all the cells; the others are in the cell where these differ most. Of
    two halves that both changed the one that changed more is looked into. A version that does not stand
    is stepped over, for its neighbour. Where the ends do not differ there is one race.
    """
    low, high = 0, len(steps) - 1
    races = [race((steps[low], steps[high]), cells)]
    cell = _most_changed(races[0], cells, (steps[low], steps[high]))
    if cell is None:
        return races
    broken: set[int] = set()
    while middle := _middle(low, high, broken):
        found = race((steps[low], steps[middle], steps[high]), [cell])
        races.append(found)
        if not found.stands(cell, steps[middle]):
            broken.add(middle)
            continue
        before = _change(found, cell, (steps[low], steps[middle]))
        after = _change(found, cell, (steps[middle], steps[high]))
        low, high = (low, middle) if before > after else (middle, high)
    return races


def _most_changed(found: Raced, cells: Sequence[Cell], sides: tuple[str, str]) -> Cell | None:
    """The cell in which the ends differ most, of those where that is sure; None if there is none."""
    changes = {cell: _change(found, cell, sides) for cell in cells}
    sure = [cell for cell in cells if changes[cell][0]]
    return max(sure, key=lambda cell: changes[cell], default=None)


def _change(found: Raced, cell: Cell, sides: tuple[str, str]) -> tuple[bool, float]:
    """Is it sure, and how large? To choose the half that is looked into."""
    pair = Pair(cell, *sides)
    if pair not in found.decisions:
        return False, 0.0
    decision = found.decisions[pair]
    return decision.verdict in CHANGED, abs(log(decision.ratio.value))


def _middle(low: int, high: int, broken: set[int]) -> int:
    """The place nearest to the middle that is not broken; 0 where none is left."""
    within = [k for k in range(low + 1, high) if k not in broken]
    return min(within, key=lambda k: abs(k - (low + high) // 2), default=0)
