"""References kept from run to run: those of large cells take seconds, and are the same every time."""

import os
import platform
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np

from benchmarks.correctness.check import Reference
from benchmarks.operations import operations
from benchmarks.problem.arithmetic import EXTENDED
from benchmarks.registry import ROOT
from benchmarks.results.records import Cell

_MAX_BYTES = 1 << 28
_KINDS = (".npz", ".new")  # references, and those that are being written
_SOURCES = ("operations", "problem", "data", "correctness/check.py")


@dataclass(frozen=True, eq=False)
class KeptReferences:
    """References in a folder, by all that decides them; the files used longest ago make way.

    `values_of(cell)` says what decides the values of the cell's arguments, beside the cell itself. A
    file that cannot be read is as none, and a folder that cannot be written to keeps nothing.
    """

    folder: Path
    values_of: Callable[[Cell], str]
    max_bytes: int = _MAX_BYTES

    def path(self, cell: Cell, j: int) -> Path:
        """The file of call j's reference; memory order, threads and caches do not matter."""
        values = (cell.values, j, self.values_of(cell))
        name = blake2b(repr((_code(), *values)).encode(), digest_size=16).hexdigest()
        return self.folder / f"{name}{_KINDS[0]}"

    def load(self, cell: Cell, j: int) -> Reference | None:
        """The kept reference, or None."""
        path, names = self.path(cell, j), operations()[cell.operation].RETURNS
        try:
            with np.load(path, allow_pickle=False) as archive:
                parts = [{n: archive[f"{kind}.{n}"] for n in names} for kind in ("exact", "bound")]
            os.utime(path)
        except Exception:  # a damaged file can make a parser raise anything
            return None
        return Reference(EXTENDED, *parts)

    def save(self, cell: Cell, j: int, reference: Reference) -> None:
        """Keep it, if it is in extended precision and takes no more than a quarter of the room."""
        if reference.arithmetic is not EXTENDED or reference.nbytes > self.max_bytes / 4:
            return
        arrays: dict[str, Any] = {f"exact.{name}": part for name, part in reference.exact.items()}
        arrays |= {f"bound.{name}": part for name, part in reference.bound.items()}
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self.folder, suffix=_KINDS[1], delete=False) as file:
                try:
                    np.savez(file, **arrays)
                    file.close()
                    Path(file.name).replace(self.path(cell, j))
                finally:
                    Path(file.name).unlink(missing_ok=True)
            self._make_way()

    def _make_way(self) -> None:
        """Remove what was used longest ago, and what a killed run left, until the rest fits."""
        found = [(file.stat(), file) for kind in _KINDS for file in self.folder.glob(f"*{kind}")]
        room = self.max_bytes
        for stat, file in sorted(found, key=lambda entry: entry[0].st_mtime, reverse=True):
            room -= stat.st_size
            if room < 0:
                file.unlink(missing_ok=True)


@cache
def _code() -> str:
    """A digest of the code that makes references, and of what it runs on."""
    extended = np.finfo(np.longdouble)
    code = blake2b(repr((np.__version__, platform.machine(), extended.nmant)).encode())
    for source in _SOURCES:
        path = ROOT / "benchmarks" / source
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            code.update(f"{file.relative_to(ROOT)} {file.stat().st_size} ".encode())
            code.update(file.read_bytes())
    return code.hexdigest()
