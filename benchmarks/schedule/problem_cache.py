"""Problems with their files, ready for workers to load; kept from set to set while they fit."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.correctness.check import Reference, reference
from benchmarks.operations import operations
from benchmarks.problem.arguments import Problem, digest
from benchmarks.results.records import Cell


@dataclass(frozen=True, eq=False)
class CachedProblem:
    """A problem, what a worker needs to load it, a digest of each array, and its references."""

    cell: Cell
    problem: Problem
    files: dict[str, Any]
    digests: dict[str, str]
    _references: dict[int, Reference]

    def reference(self, j: int) -> Reference:
        """The reference of call j, computed once in a run."""
        j = j if self.problem.varies else 0
        if j not in self._references:
            operation = operations()[self.cell.operation]
            self._references[j] = reference(operation, self.problem.call(j))
        return self._references[j]


@dataclass(eq=False)
class ProblemCache:
    """Makes problems with `make` and keeps them until they take more than `max_bytes`.

    References are always kept: they are small, and the costliest part.
    """

    folder: Path
    make: Callable[[Cell], Problem]
    max_bytes: int
    _cached: dict[Cell, CachedProblem] = field(default_factory=dict)
    _references: dict[Cell, dict[int, Reference]] = field(default_factory=dict)

    def holds(self, cell: Cell) -> bool:
        """Is the cell's problem here?"""
        return cell in self._cached

    def get(self, cell: Cell) -> CachedProblem:
        """The cell's problem; one that does not fit lasts until the next `get`."""
        if cell in self._cached:
            return self._cached[cell]
        uncached = self.folder / "uncached"
        shutil.rmtree(uncached, ignore_errors=True)
        problem = self.make(cell)
        fits = problem.nbytes <= self.max_bytes
        folder = self.folder / str(len(self._cached)) if fits else uncached
        files = problem.save(folder)
        digests = {key: digest(array) for key, array in problem.arrays.items()}
        references = self._references.setdefault(cell, {})
        entry = CachedProblem(cell, problem, files, digests, references)
        if fits:
            self._cached[cell] = entry
            self.max_bytes -= problem.nbytes
        return entry
