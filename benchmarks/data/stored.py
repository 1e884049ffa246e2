"""An array on disk that is read a block of examples at a time: for data that memory does not hold.

What an implementation with OUT_OF_CORE = True may be given for X and Y. Three layouts:

    big.npy    X (n_x, m), with big.Y.npy (1, m) beside it; in Fortran order an example is contiguous
    big.zarr   a Zarr group with the arrays X and Y, cut along m
    big/       shards X-00000.npy, X-00001.npy… (n_x, some) and Y-00000.npy… (1, as many)
"""

import json
import os
import re
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

# Of a block, where the file is not cut itself: memory of that size is used again at once.
_BLOCK_BYTES = 8 << 20
_SHARD = re.compile(r"X-\d+\.npy")


class StoredError(ValueError):
    """The files are not what they should be; the message says which, and why."""


def spans(m: int, width: int) -> list[tuple[int, int]]:
    """Where each block of so many of m columns begins and ends; the last may be shorter."""
    return [(i, min(i + width, m)) for i in range(0, m, width)]


@dataclass(frozen=True)
class Stored:
    """Examples `start` to `stop` of an array (rows, m) that lies in `pieces`, one beside the other.

    A piece is a path and its number of columns. It is like an array in this: `shape`, `dtype` and
    `nbytes`; `array[:, i:j]` reads those columns, `array.columns(i, j)` only names them. `block` is
    how many columns are best read at once.
    """

    pieces: tuple[tuple[str, int], ...]
    rows: int
    dtype: np.dtype
    block: int
    start: int
    stop: int

    ndim = 2

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.stop - self.start

    @property
    def size(self) -> int:
        return self.rows * (self.stop - self.start)

    @property
    def nbytes(self) -> int:
        return self.size * self.dtype.itemsize

    def columns(self, i: int, j: int) -> "Stored":
        """The columns i to j, not read yet."""
        return replace(self, start=self.start + i, stop=self.start + j)

    def blocks(self, block: int = 0) -> list[tuple[int, int]]:
        """Where each block of so many columns, or of `self.block`, begins and ends."""
        return spans(self.shape[1], block or self.block)

    def __getitem__(self, key: tuple[slice, slice]) -> np.ndarray:
        rows, columns = key
        i, j, step = columns.indices(self.shape[1])
        return self._read(self.start + i, self.start + max(i, j))[rows, ::step]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self[:, :], dtype)

    def _read(self, i: int, j: int) -> np.ndarray:
        parts = [np.empty((self.rows, 0), self.dtype)]
        ends = accumulate(columns for _, columns in self.pieces)
        for (path, columns), end in zip(self.pieces, ends, strict=True):
            begin = end - columns
            if i < end and j > begin:
                parts.append(_read_columns(Path(path), max(i, begin) - begin, min(j, end) - begin))
        return parts[1] if len(parts) == 2 else np.concatenate(parts, axis=1)

    def fingerprint(self) -> str:
        """What changes when a file is written to: their sizes and times."""
        stats = [os.stat(path) for path, _ in self.pieces]  # noqa: PTH116
        places = [
            (path, s.st_size, s.st_mtime_ns)
            for (path, _), s in zip(self.pieces, stats, strict=True)
        ]
        return repr((places, self.start, self.stop))


def to_text(array: Stored) -> str:
    """What `from_text` makes the same array of, here or in another process."""
    return json.dumps({**array.__dict__, "dtype": array.dtype.str})


def from_text(text: str) -> Stored:
    fields = json.loads(text)
    pieces = tuple((path, columns) for path, columns in fields["pieces"])
    return Stored(**{**fields, "pieces": pieces, "dtype": np.dtype(fields["dtype"])})


def is_stored(path: Path) -> bool:
    """Is it, by its name, one of the three layouts?"""
    return path.suffix in (".npy", ".zarr") or (path.is_dir() and any(path.glob("X-*.npy")))


def open_stored(path: Path) -> tuple[Stored, Stored]:
    """X and Y at the path. Raises StoredError, or OSError, for files that are missing or cut short."""
    if path.suffix == ".zarr":
        return _zarr(path, "X"), _zarr(path, "Y")
    if path.suffix == ".npy":
        return _npy([path]), _npy([labels_beside(path)])
    shards = sorted(p for p in path.iterdir() if _SHARD.fullmatch(p.name))
    return _npy(shards), _npy([shard.with_name("Y" + shard.name[1:]) for shard in shards])


def labels_beside(path: Path) -> Path:
    """Where the labels are of the X in this .npy file."""
    return path.with_suffix(".Y.npy")


def _npy(paths: list[Path]) -> Stored:
    pieces: list[tuple[str, int]] = []
    rows, dtype = 0, np.dtype(float)
    for path in paths:
        with path.open("rb") as file:
            shape, _, kind = _header(file, path)
            begin, end = file.tell(), file.seek(0, 2)
        needed = begin + int(np.prod(shape, dtype=object)) * kind.itemsize
        if end < needed:
            raise StoredError(f"{path}: is cut short: {end} bytes of {needed}")
        if pieces and (shape[0], kind) != (rows, dtype):
            raise StoredError(
                f"{path}: has {shape[0]} rows of {kind}, {paths[0]} {rows} of {dtype}"
            )
        rows, dtype = shape[0], kind
        pieces.append((str(path.absolute()), shape[1]))
    m = sum(columns for _, columns in pieces)
    width = max(1, _BLOCK_BYTES // max(1, rows * dtype.itemsize))
    block = pieces[0][1] if len(pieces) > 1 else width
    return Stored(tuple(pieces), rows, dtype, min(block, max(m, 1)), 0, m)


def _zarr(path: Path, name: str) -> Stored:
    array = _open_zarr(path / name)
    if array.ndim != 2:
        raise StoredError(f"{path}: {name} has shape {array.shape}, should have two dimensions")
    rows, m = array.shape
    missing = _missing_chunk(path / name, array)
    if missing:
        raise StoredError(f"{path}: the chunk {missing} is missing, or not whole")
    return Stored(((str((path / name).absolute()), m),), rows, array.dtype, array.chunks[1], 0, m)


def _missing_chunk(place: Path, array: Any) -> str:
    """The first chunk that is damaged, or "": shorter than it should be, or not there.

    Where one is not there, Zarr reads its fill value in silence. If that is a number, whoever wrote the
    array may have left such chunks out.
    """
    if array.metadata.zarr_format != 3 or array.shards or array.compressors:
        return ""
    chunk_bytes = int(np.prod(array.chunks)) * array.dtype.itemsize
    for index in np.ndindex(array.cdata_shape):
        file = place / array.metadata.encode_chunk_key(index)
        missing = not file.is_file()
        if (missing and np.isnan(array.fill_value)) or (
            not missing and file.stat().st_size < chunk_bytes
        ):
            return str(file.relative_to(place.parent))
    return ""


def _open_zarr(place: Path) -> Any:
    import zarr

    try:
        return zarr.open_array(place, mode="r")
    except (FileNotFoundError, ValueError, KeyError) as error:
        raise StoredError(f"{place}: is no Zarr array ({type(error).__name__})") from error


def _read_columns(path: Path, i: int, j: int) -> np.ndarray:
    if path.suffix != ".npy":
        return np.asarray(_open_zarr(path)[:, i:j])
    with path.open("rb") as file:
        (rows, m), fortran, dtype = _header(file, path)
        begin = file.tell()
        if fortran or rows == 1:
            return _numbers(file, path, dtype, begin + i * rows * dtype.itemsize, (j - i, rows)).T
        block = np.empty((rows, j - i), dtype)
        for k in range(rows):
            block[k] = _numbers(file, path, dtype, begin + (k * m + i) * dtype.itemsize, (j - i,))
        return block


def _numbers(file: BinaryIO, path: Path, dtype: np.dtype, at: int, shape: tuple) -> np.ndarray:
    array = np.empty(shape, dtype)
    file.seek(at)
    if file.readinto(array.reshape(-1).view(np.uint8).data) != array.nbytes:  # type: ignore[attr-defined]
        raise StoredError(f"{path}: is shorter than it was when it was opened")
    return array


def _header(file: BinaryIO, path: Path) -> tuple[tuple[int, int], bool, np.dtype]:
    try:
        version = np.lib.format.read_magic(file)
        read = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, fortran, dtype = read(file)
    except ValueError as error:
        raise StoredError(f"{path}: is no .npy file ({error})") from error
    if len(shape) != 2 or dtype.kind != "f" or not dtype.isnative:
        raise StoredError(
            f"{path}: has shape {shape} of {dtype}, should be two dimensions of float64 or float32"
        )
    return shape, fortran, dtype
