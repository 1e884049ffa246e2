"""A problem whose arrays live in files from the start: one copy of each, however large.

The files are .npy, for workers to load. Here they are read-only, and large ones are memory maps.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.data import Dataset, Synthetic
from benchmarks.data.blocks import fill
from benchmarks.data.stored import Stored, from_text, to_text
from benchmarks.data.synthetic import draw_examples
from benchmarks.errors import UserError
from benchmarks.problem.arguments import VARIANTS, Problem, cast, collect, is_matrix

POINTER = ".json"  # ends the file that tells where an array on disk is
_MAPPED_BYTES = 1 << 20


class NoRoom(UserError):
    """The problem does not fit where its files are; the message says how large it is."""


@dataclass(frozen=True, eq=False)
class Files:
    """New .npy files in a folder, of one dtype; matrices are in `order`. `drawn` has them by name."""

    folder: Path
    dtype: str
    order: str
    drawn: dict[str, np.ndarray] = field(default_factory=dict)

    def matrix(self, shape: tuple[int, int]) -> np.ndarray:
        """A matrix to write to, of zeros, in a file. Raises NoRoom.

        Room is checked here: a write to a map that has none ends the process.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        nbytes = int(np.prod(shape, dtype=object)) * np.dtype(self.dtype).itemsize
        free = shutil.disk_usage(self.folder).free
        if nbytes > free:
            raise NoRoom(
                f"{shape[0]} × {shape[1]} numbers of {self.dtype} take {nbytes / 1e9:.3g} GB, and "
                f"{self.folder} has {free / 1e9:.3g} GB free: take fewer"
            )
        name = f"matrix-{len(self.drawn)}"
        fortran = self.order == "F" and is_matrix(shape)
        self.drawn[name] = np.lib.format.open_memmap(
            self.folder / f"{name}.npy", "w+", self.dtype, shape, fortran
        )
        return self.drawn[name]

    def save(self, key: str, value: Any) -> Any:
        """The value as the file of that key; a matrix of `matrix` becomes that by a new name alone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if isinstance(value, Stored):
            (self.folder / f"{key}{POINTER}").write_text(to_text(value), encoding="utf-8")
            return value
        path = self.folder / f"{key}.npy"
        name = next((name for name, matrix in self.drawn.items() if matrix is value), None)
        if name:
            (self.folder / f"{name}.npy").rename(path)
            del self.drawn[name]
        else:
            np.save(path, cast(value, self.dtype, self.order), allow_pickle=False)
        # A map keeps its file open, and a process may have few open files: a run has many small arrays.
        mapped = path.stat().st_size >= _MAPPED_BYTES
        array = np.asarray(np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False))
        array.flags.writeable = False
        return array


class _Generator:
    """A NumPy generator, the values the same, whose matrices are drawn straight into files."""

    def __init__(self, seed: Any, files: Files):
        self._rng, self._files = np.random.default_rng(seed), files

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rng, name)

    def standard_normal(self, size: Any = None) -> Any:
        return self._draw(self._rng.standard_normal, size)

    def uniform(self, low: float = 0.0, high: float = 1.0, size: Any = None) -> Any:
        return self._draw(partial(self._rng.uniform, low, high), size)

    def _draw(self, draw: Callable, size: Any) -> Any:
        if not (isinstance(size, tuple) and is_matrix(size)):
            return draw(size=size)
        matrix = self._files.matrix(size)
        fill(matrix, lambda shape: draw(size=shape))
        return matrix


def problem_in_files(
    operation, data: Dataset | Synthetic, seed: Sequence[int], dtype: str, order: str, folder: Path
) -> Problem:
    """The problem that `problem_of` makes, its arrays in files of the folder. Raises NoRoom.

    Of synthetic data, an operation without an argument X sees the shapes alone, and NaN for values.
    """
    files = Files(folder, dtype, order)
    X, Y = _examples(data, files, "X" in operation.ARGUMENTS)
    rng = _Generator(seed, files)
    constant = operation.constant_arguments(rng, X, Y)
    varying = [operation.varying_arguments(rng, X, Y) for _ in range(VARIANTS)]
    return collect(operation.ARGUMENTS, constant, varying, files.save)


def _examples(data: Dataset | Synthetic, files: Files, wanted: bool) -> tuple:
    if isinstance(data, Dataset):
        return data.X, data.Y
    data.check()
    if not wanted:
        return np.broadcast_to(np.nan, (data.n_x, data.m)), np.broadcast_to(np.nan, (1, data.m))
    X = files.matrix((data.n_x, data.m))
    return X, draw_examples(X, data.seed)


def load_arrays(folder: str, keys: Sequence[str], **_: Any) -> dict[str, Any]:
    """The arrays of a problem from their files; what is on disk stays there."""
    return {key: _array(Path(folder), key) for key in keys}


def _array(folder: Path, key: str) -> Any:
    if (pointer := folder / f"{key}{POINTER}").exists():
        return from_text(pointer.read_text(encoding="utf-8"))
    return np.load(folder / f"{key}.npy")
