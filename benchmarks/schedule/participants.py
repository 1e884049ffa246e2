"""Who is measured in each cell, and the outcome of whoever no longer is."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from benchmarks.results.recorder import Recorder
from benchmarks.results.records import Cell, Outcome, Status

NOT_REACHED = "the run was stopped before it came to this cell; go on with --resume"


class Participants:
    """The implementations that are still in each cell, in the order of the plan."""

    def __init__(self, recorder: Recorder, cells: Iterable[Cell]):
        self._recorder = recorder
        self._names: dict[Cell, list[str]] = {cell: [] for cell in cells}

    def names(self, cell: Cell) -> Sequence[str]:
        return tuple(self._names[cell])

    def enter(self, name: str, cell: Cell) -> None:
        """The gate let it pass. If the run stops before it is measured, its outcome says that."""
        self._names[cell].append(name)
        self._recorder.add(Outcome(name, cell, Status.SKIPPED, NOT_REACHED))

    def outcome(self, name: str, cell: Cell) -> Outcome:
        """The outcome to go on with: what was measured before, or a new one."""
        before = self._recorder.outcomes[name, cell]
        return before if before.status is Status.OK else Outcome(name, cell, Status.OK)

    def leave(self, outcome: Outcome, status: Status, reason: str) -> None:
        """It is measured no more in this cell; the outcome says why."""
        self._names[outcome.cell].remove(outcome.implementation)
        self._recorder.add(replace(outcome, status=status, reason=reason))
