"""Problems in files, ready for workers to load, and their references; kept from set to set."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

from benchmarks.correctness.check import Reference, reference
from benchmarks.operations import operations
from benchmarks.problem.arguments import Problem, digest
from benchmarks.results.records import Cell
from benchmarks.schedule.kept_references import KeptReferences

_MAX_REFERENCES_BYTES = 1 << 28
_KEPT_FROM_S = 0.02  # a reference that takes less is made anew in each run


@dataclass(frozen=True, eq=False)
class CachedProblem:
    """A problem, what a worker needs to load it, and the reference of each call."""

    problem: Problem
    folder: Path
    _reference: Callable[[Problem, int], Reference]

    @property
    def files(self) -> dict[str, Any]:
        """What a worker needs to load it."""
        return self.problem.files(self.folder)

    @cached_property
    def digests(self) -> dict[str, str]:
        """A digest of each array."""
        return {key: digest(array) for key, array in self.problem.arrays.items()}

    @property
    def nbytes(self) -> int:
        return self.problem.nbytes

    def reference(self, j: int) -> Reference:
        """The reference of call j, computed once in a run."""
        return self._reference(self.problem, j if self.problem.varies else 0)


@dataclass(eq=False)
class ProblemCache:
    """Problems that `make(cell, folder)` makes, their arrays in files of the folder.

    They are cached until they take more than `max_bytes`; then the one asked for longest ago makes
    way. One that is larger alone lasts until another is asked for. References are cached by the
    values alone, for both memory orders, and those that take long are kept for other runs in `kept`.
    """

    folder: Path
    make: Callable[[Cell, Path], Problem]
    max_bytes: int
    kept: KeptReferences | None = None
    _cached: dict[Cell, CachedProblem] = field(default_factory=dict)  # asked for last comes last
    _references: dict[tuple[Cell, int], Reference] = field(default_factory=dict)
    _numbers: count = field(default_factory=count)

    def holds(self, cell: Cell) -> bool:
        """Is the cell's problem here?"""
        return cell.problem in self._cached

    def get(self, cell: Cell) -> CachedProblem:
        """The cell's problem; it is the same for every thread count, and for cold caches."""
        key = cell.problem
        for other in [k for k, entry in self._cached.items() if entry.nbytes > self.max_bytes]:
            if other != key:
                self._remove(other)
        entry = self._cached.pop(key, None) or self._made(cell)
        if entry.nbytes <= self.max_bytes:
            while (
                sum(cached.nbytes for cached in self._cached.values()) + entry.nbytes
                > self.max_bytes
            ):
                self._remove(next(iter(self._cached)))
        self._cached[key] = entry
        return entry

    def _made(self, cell: Cell) -> CachedProblem:
        folder = self.folder / str(next(self._numbers))
        try:
            problem = self.make(cell, folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        values = cell.values
        return CachedProblem(problem, folder, lambda *call: self._reference(values, *call))

    def _remove(self, key: Cell) -> None:
        shutil.rmtree(self._cached.pop(key).folder, ignore_errors=True)

    def _reference(self, cell: Cell, problem: Problem, j: int) -> Reference:
        if (cell, j) not in self._references:
            expected = self._kept_or_computed(cell, problem, j)
            self._references[cell, j] = expected
            held = sum(each.nbytes for each in self._references.values())
            while held > _MAX_REFERENCES_BYTES and len(self._references) > 1:
                held -= self._references.pop(next(iter(self._references))).nbytes
            return expected
        return self._references[cell, j]

    def _kept_or_computed(self, cell: Cell, problem: Problem, j: int) -> Reference:
        if self.kept and (expected := self.kept.load(cell, j)):
            return expected
        began = monotonic()
        expected = reference(operations()[cell.operation], problem.call(j))
        if self.kept and monotonic() - began > _KEPT_FROM_S:
            self.kept.save(cell, j, expected)
        return expected
