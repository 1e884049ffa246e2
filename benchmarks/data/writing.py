"""Synthetic data of any size, drawn and written in blocks: never held whole, the same however it is cut.

Examples are drawn in grains of a fixed number, each from a seed of its own. So the numbers depend on
the seed, n_x and the place alone: not on m, on the size of a block, nor on how many write at a time.
"""

import json
import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from benchmarks.data.dataset import Array, DataError
from benchmarks.data.large import unfinished
from benchmarks.data.stored import labels_beside, spans
from benchmarks.data.synthetic import Synthetic
from benchmarks.registry import how_to_install

GRAIN = 1000  # examples
_BLOCK_BYTES = 8 << 20
Watch = Callable[[float], None]


class Layout(Protocol):
    """Where blocks are written to; several may be at a time."""

    def put(self, number: int, first: int, X: Array, Y: Array) -> None:
        """Write the block of that number: X (n_x, some) and Y (1, some), examples `first` and on."""


@dataclass(frozen=True)
class Wanted:
    """What is to be written. `block` is a number of examples: of a chunk or a shard, where there are."""

    data: Synthetic
    dtype: str
    block: int

    def blocks(self) -> list[tuple[int, int, int]]:
        """The number of each block, and where it begins and ends."""
        return [(k, i, j) for k, (i, j) in enumerate(spans(self.data.m, self.block))]


def default_block(n_x: int, dtype: str) -> int:
    """Examples in a block, in whole grains."""
    grain_bytes = GRAIN * n_x * np.dtype(dtype).itemsize
    return GRAIN * max(1, _BLOCK_BYTES // grain_bytes)


def draw(data: Synthetic, i: int, j: int, dtype: str) -> tuple[Array, Array]:
    """Examples i to j: X (n_x, j - i), each example contiguous, and Y (1, j - i)."""
    examples, Y = np.empty((j - i, data.n_x), dtype), np.empty((1, j - i), dtype)
    hidden = np.random.default_rng([data.seed, data.n_x])
    w, b = hidden.standard_normal(data.n_x) / np.sqrt(data.n_x), hidden.uniform(-0.5, 0.5)
    for grain in range(i // GRAIN, -(-j // GRAIN)):
        random = np.random.default_rng([data.seed, data.n_x, grain])
        X = random.standard_normal((GRAIN, data.n_x))
        # Logistic noise lies below z with probability s(z), as in `synthetic`. Each sum is of one
        # example, so no library's threads decide on its order.
        labels = random.logistic(size=GRAIN) < np.vecdot(X, w) + b
        first, last = max(i, grain * GRAIN), min(j, (grain + 1) * GRAIN)
        own = slice(first - grain * GRAIN, last - grain * GRAIN)
        examples[first - i : last - i], Y[0, first - i : last - i] = X[own], labels[own]
    return examples.T, Y


def write(path: Path, wanted: Wanted, workers: int, watch: Watch) -> None:
    """Write the data, some blocks at a time; what an interrupted call has written is kept.

    Raises DataError if something else is at the path, or OSError, for a full disk say.
    """
    journal, blocks = _Journal(path, wanted), wanted.blocks()
    todo = (block for block in blocks if block[0] not in journal.done)
    layout = LAYOUTS.get(path.suffix, _Shards)(path, wanted, resumed=bool(journal.done))

    def write_block(block: tuple[int, int, int]) -> int:
        number, i, j = block
        layout.put(number, i, *draw(wanted.data, i, j, wanted.dtype))
        return number

    with ThreadPoolExecutor(workers) as pool:
        writing = {pool.submit(write_block, block) for block in islice(todo, 2 * workers)}
        try:
            while writing:
                ended, writing = wait(writing, return_when=FIRST_COMPLETED)
                journal.note(future.result() for future in ended)
                watch(len(journal.done) / len(blocks))
                writing |= {pool.submit(write_block, block) for block in islice(todo, len(ended))}
        finally:
            for future in writing:
                future.cancel()
    journal.path.unlink()


class _Journal:
    """Which blocks are written, in a file beside the data."""

    def __init__(self, path: Path, wanted: Wanted):
        self.path, self.done = unfinished(path), set[int]()
        about = json.dumps({**wanted.data._asdict(), "dtype": wanted.dtype, "block": wanted.block})
        if self.path.exists():
            before, *lines = self.path.read_text(encoding="utf-8").splitlines() or [""]
            if before != about:
                raise DataError(f"{path}: was begun as {before}: remove it, or ask for the same")
            self.done = {int(line) for line in lines if line.isdigit()}
        elif path.exists():
            raise DataError(f"{path}: is there already; name another")
        else:
            self.path.write_text(about + "\n", encoding="utf-8")

    def note(self, numbers: Any) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            for number in numbers:
                file.write(f"{number}\n")
                self.done.add(number)


class _Npy:
    """X in one .npy file, an example after another, and Y in one beside it."""

    def __init__(self, path: Path, wanted: Wanted, resumed: bool):
        n_x, m, _ = wanted.data
        self._itemsize = np.dtype(wanted.dtype).itemsize
        self._files = []
        for place, rows in ((path, n_x), (labels_beside(path), 1)):
            file = place.open("r+b" if resumed else "w+b", buffering=0)
            about = {"descr": np.dtype(wanted.dtype).str, "fortran_order": True, "shape": (rows, m)}
            np.lib.format.write_array_header_1_0(file, about)
            file.truncate(file.tell() + rows * m * self._itemsize)
            self._files.append((file, file.tell()))

    def put(self, number: int, first: int, X: Array, Y: Array) -> None:
        for (file, begin), array in zip(self._files, (X, Y), strict=True):
            at = begin + first * array.shape[0] * self._itemsize
            rest = np.ascontiguousarray(array.T).data.cast("B")
            while rest:
                written = os.pwrite(file.fileno(), rest, at)
                rest, at = rest[written:], at + written


class _Zarr:
    """A Zarr group with the arrays X and Y, a chunk a block, not compressed."""

    def __init__(self, path: Path, wanted: Wanted, resumed: bool):
        try:
            import zarr
        except ModuleNotFoundError:
            raise DataError(f"{path}: {how_to_install('zarr')}") from None
        n_x, m, _ = wanted.data
        group = zarr.open_group(path, mode="a" if resumed else "w")
        self._arrays = []
        for name, rows in (("X", n_x), ("Y", 1)):
            if name not in group:
                group.create_array(
                    name,
                    shape=(rows, m),
                    chunks=(rows, min(wanted.block, m)),
                    dtype=wanted.dtype,
                    compressors=None,
                    fill_value=float("nan"),  # a chunk that gets lost is not taken for zeros
                )
            self._arrays.append(group[name])

    def put(self, number: int, first: int, X: Array, Y: Array) -> None:
        for array, block in zip(self._arrays, (X, Y), strict=True):
            array[:, first : first + X.shape[1]] = block


class _Shards:
    """A folder with a pair of .npy files a block."""

    def __init__(self, path: Path, wanted: Wanted, resumed: bool):
        self._folder, self._digits = path, max(5, len(str(len(wanted.blocks()))))
        path.mkdir(parents=True, exist_ok=True)

    def put(self, number: int, first: int, X: Array, Y: Array) -> None:
        for name, array in (("X", X), ("Y", Y)):
            place = self._folder / f"{name}-{number:0{self._digits}}.npy"
            with place.with_suffix(".part").open("wb") as file:
                np.save(file, array)
            place.with_suffix(".part").replace(place)


LAYOUTS: dict[str, Callable[..., Layout]] = {".npy": _Npy, ".zarr": _Zarr, "": _Shards}
