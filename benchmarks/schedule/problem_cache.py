"""Problems with their files, ready for workers to load; kept from set to set while they fit."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.problem.arguments import Problem, digest
from benchmarks.results.records import Cell


@dataclass(frozen=True, eq=False)
class Laid:
    """A problem, the folder of its files, and a digest of each of its arrays."""

    problem: Problem
    folder: Path
    digests: dict[str, str]


@dataclass(eq=False)
class Shelf:
    """Makes problems with `make` and keeps them until they take more than `most_bytes`."""

    folder: Path
    make: Callable[[Cell], Problem]
    most_bytes: int
    _kept: dict[Cell, Laid] = field(default_factory=dict)

    def take(self, cell: Cell) -> Laid:
        """The cell's problem; one that does not fit is there until the next is taken."""
        if cell in self._kept:
            return self._kept[cell]
        passing = self.folder / "passing"
        shutil.rmtree(passing, ignore_errors=True)
        problem = self.make(cell)
        size = sum(array.nbytes for array in problem.arrays.values())
        fits = size <= self.most_bytes
        folder = self.folder / str(len(self._kept)) if fits else passing
        problem.save(folder)
        digests = {key: digest(array) for key, array in problem.arrays.items()}
        laid = Laid(problem, folder, digests)
        if fits:
            self._kept[cell] = laid
            self.most_bytes -= size
        return laid
