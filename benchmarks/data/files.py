"""The user's own file: .npz, .csv, .h5 or .hdf5, to a data set or to a clear refusal.

.npz           arrays X (n_x, m) and Y (1, m); optionally X_test and Y_test
.csv           a row is an example, its last field the label; a first row of names (words,
               or whole numbers beside words) is a header; UTF-8
.h5, .hdf5     the layout of the course's cat set: train_set_x (m, ...) and train_set_y (m,);
               optionally test_set_x and test_set_y, there or in the file beside it that is named
               test where this one is named train; uint8 pixels are divided by 255
"""

import csv
import io
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks.data.dataset import DataError, Dataset, brief, check

_MISSING = {"", "?", "-", ".", "*", "na", "n/a", "nan", "null", "none", "nil", "unnamed: 0"}

Arrays = dict[str, NDArray[Any]]
"""Two arrays, X and Y by whatever name they have in the file, or four, with those of the test."""


def read(path: Path) -> Dataset:
    """Reads a file that exists; the data set is named after its stem.

    Raises DataError for anything that cannot be read or is not what the file should hold, but
    PermissionError where it is closed.
    """
    reader = READERS.get(path.suffix.lower())
    if not path.is_file():
        raise DataError(f"{path}: not a file: give one that ends in {', '.join(ENDINGS)}")
    if reader is None:
        raise DataError(f"{path}: ends in none of {', '.join(ENDINGS)}: save it as one of these")
    try:
        with path.open("rb") as file:
            if not file.read(1):
                raise DataError(f"{path}: is empty: save it again")
        arrays = reader(path)
    except (DataError, ImportError, PermissionError):
        raise
    except Exception as error:  # a damaged file can make a parser raise anything
        reason = brief(f"{type(error).__name__}: {error}")
        raise DataError(
            f"{path}: cannot be read as {path.suffix} ({reason}): copy or save it again"
        ) from error
    return _dataset(path, arrays)


def _dataset(path: Path, arrays: Arrays) -> Dataset:
    names = list(arrays)
    x, y = names[:2]
    X, Y = check(arrays[x], arrays[y], str(path), (x, y))
    if len(names) == 2:
        return Dataset(path.stem, X, Y)
    x_test, y_test = names[2:]
    X_test, Y_test = check(arrays[x_test], arrays[y_test], str(path), (x_test, y_test))
    if len(X_test) != len(X):
        raise DataError(
            f"{path}: {x_test} has {len(X_test)} features and {x} has {len(X)}: "
            f"save both with the same features"
        )
    return Dataset(path.stem, X, Y, X_test, Y_test)


def _npz(path: Path) -> Arrays:
    # np.load would take anything else for a pickle, and advise to allow that.
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path}: is no .npz archive, or not all of one: save it with np.savez")
    with np.load(path, allow_pickle=False) as archive:
        if len(set(archive.files)) < len(archive.files):
            raise DataError(f"{path}: holds an array twice: save it again with np.savez")
        wanted = _present(path, archive, ["X", "Y", "X_test", "Y_test"])
        for name in wanted:
            _refuse_too_large(path, name, archive.zip.getinfo(f"{name}.npy").file_size)
        return {name: archive[name] for name in wanted}


def _h5(path: Path) -> Arrays:
    """The course keeps its test set in a file beside: test_catvnoncat.h5 belongs to train_catvnoncat.h5."""
    arrays = _arrays_in_h5(path, ["train_set_x", "train_set_y", "test_set_x", "test_set_y"])
    beside = path.with_name(path.name.replace("train", "test", 1))
    if len(arrays) == 2 and beside != path and beside.is_file():
        arrays |= _arrays_in_h5(beside, ["test_set_x", "test_set_y"])
    return arrays


def _arrays_in_h5(path: Path, keys: list[str]) -> Arrays:
    import h5py

    arrays = {}
    with h5py.File(path, "r") as archive:
        for name in _present(path, archive, keys):
            if not isinstance(archive[name], h5py.Dataset):
                raise DataError(f"{path}: {name} is a group: save an array by that name")
            _refuse_too_large(path, name, 8 * (archive[name].size or 0))
            array = np.asarray(archive[name][()])
            if name.endswith("_x"):
                array = _unrolled(path, name, array)
            elif array.ndim == 1:  # this format's own layout; check() judges every other
                array = array.reshape(1, -1)
            arrays[name] = array
    return arrays


def _unrolled(path: Path, name: str, pixels: NDArray[Any]) -> NDArray[Any]:
    """From (m, ...) to (n_x, m)."""
    if pixels.ndim < 2:
        raise DataError(
            f"{path}: {name} has shape {pixels.shape}, should be (m, ...), "
            f"a row for each example: save {name}.reshape(m, -1)"
        )
    X = pixels.reshape(len(pixels), math.prod(pixels.shape[1:])).T
    return X / 255 if X.dtype == np.uint8 else X


def _refuse_too_large(path: Path, name: str, size_bytes: int) -> None:
    """A small file can declare a huge array; reading it would end this process, and others."""
    memory_bytes = psutil.virtual_memory().total
    if size_bytes > memory_bytes:
        raise DataError(
            f"{path}: {name} takes {size_bytes / 1e9:,.0f} GB, and this machine has "
            f"{memory_bytes / 1e9:,.0f}: save fewer examples"
        )


def _present(path: Path, archive: Mapping[str, Any], names: list[str]) -> list[str]:
    """The first two names, or all four where either of the test's is there; none may be missing."""
    wanted = names if any(name in archive for name in names[2:]) else names[:2]
    for name in wanted:
        if name not in archive:
            holds = brief(", ".join(sorted(archive))) or "nothing"
            raise DataError(f"{path}: has no {name}, it holds {holds}: save it with {name} too")
    return wanted


def _csv(path: Path) -> Arrays:
    """pandas reads it fast; what it refuses is read again, to name the line and the column from 1."""
    import pandas as pd

    text = _text(path)
    body = text.lstrip()
    first = next(csv.reader(io.StringIO(body, newline="")))
    if len(first) < 2:
        raise DataError(
            f"{path}: has one column, should have features and then the label: "
            f"put commas between them"
        )
    header = _is_header(path, first)
    try:
        frame = pd.read_csv(io.StringIO(body), header=None, skiprows=int(header), dtype=np.float64)
    except ValueError:
        _locate_error(path, text, header)
    table = frame.to_numpy()
    if table.shape[1] != len(first) or not np.isfinite(table).all():
        _locate_error(path, text, header)
    return {"X": table[:, :-1].T, "Y": table[:, -1:].T}


def _is_header(path: Path, first: list[str]) -> bool:
    """Is the first row one of names? A DataError where it may as well be an example.

    Names are words, and whole numbers beside words (0,1,2,label). What stands for a missing number is
    no name.
    """
    numbers = [_number(field) for field in first]
    where = f"{path}, line 1"
    if first == [str(k) for k in range(len(first))]:
        raise DataError(
            f"{where}: {brief(','.join(first))} may be an example, or column names as pandas makes them: "
            f"write an example's numbers as 0.0, or name the columns with words"
        )
    if None not in numbers:
        return False
    if _is_missing(first[0]) and all(not _is_missing(field) for field in first[1:]):
        raise DataError(
            f"{where}, column 1: is {brief(first[0])!r}: an index that pandas wrote is no feature "
            f"(save with index=False), and an example lacks a number there"
        )
    values = [number for number in numbers if number is not None]
    missing = [column for column, field in enumerate(first) if _is_missing(field)]
    if values and (missing or any(value < 0 or value % 1 for value in values)):
        column = (missing or [numbers.index(None)])[0]
        raise DataError(
            f"{where}, column {column + 1}: is {brief(first[column])!r} among numbers: mend or drop that "
            f"line; if it is a header, name the columns with words"
        )
    return True


def _is_missing(field: str) -> bool:
    return field.strip().lower() in _MISSING


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8 text: save it as CSV UTF-8") from error
    if "\0" in text:  # as UTF-16 has
        raise DataError(f"{path}: is not text, it holds zero bytes: save it as CSV UTF-8")
    if not text.strip():
        raise DataError(f"{path}: is blank: save a row for each example")
    return text


def _locate_error(path: Path, text: str, header: bool) -> NoReturn:
    """Raise the DataError that names the line and column of what cannot be read."""
    lines = csv.reader(io.StringIO(text, newline=""))
    rows = [(lines.line_num, row) for row in lines if len(row) > 1 or "".join(row).strip()]
    width = len(rows[0][1])
    for line, row in rows[header:]:
        if len(row) != width:
            raise DataError(
                f"{path}, line {line}: has {len(row)} fields, the first row has {width}: "
                f"mend or drop that line"
            )
        for column, field in enumerate(row, start=1):
            number = _number(field)
            if number is None or not math.isfinite(number):
                raise DataError(
                    f"{path}, line {line}, column {column}: {brief(field)!r} is not a finite "
                    f"number: mend it or drop that line"
                )
    if len(rows) == header:
        raise DataError(f"{path}: has a header and no example: save a row for each example")
    raise DataError(f"{path}: cannot be read as a table of numbers: save it as CSV UTF-8")


def _number(field: str) -> float | None:
    """The number that a field spells, or None, also for what only Python would read, as 1_0."""
    try:
        return float(field) if field.isascii() and "_" not in field else None
    except ValueError:
        return None


READERS = {".npz": _npz, ".csv": _csv, ".h5": _h5, ".hdf5": _h5}
ENDINGS = (*READERS, ".npy", ".zarr")  # the last two are large.py's
