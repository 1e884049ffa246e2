"""The user's own file: .npz, .csv, .h5 or .hdf5, to a data set or to a clear refusal.

.npz           arrays X (n_x, m) and Y (1, m); optionally X_test and Y_test
.csv           a row is an example, its last field the label; a first row of names (words,
               or whole numbers beside words) is a header; UTF-8
.h5, .hdf5     the layout of the course's cat set: train_set_x (m, ...) and train_set_y (m,);
               optionally test_set_x and test_set_y, there or in the file beside it that is named
               test where this one is named train, or these two alone; uint8 pixels are divided
               by 255
"""

import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks.data.comma_separated import read_csv
from benchmarks.data.dataset import DataError, Dataset, brief, check

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
    train, test = ["train_set_x", "train_set_y"], ["test_set_x", "test_set_y"]
    arrays = _arrays_in_h5(path, test if _holds_tests_alone(path) else train + test)
    beside = path.with_name(path.name.replace("train", "test", 1))
    if len(arrays) == 2 and beside != path and beside.is_file():
        arrays |= _arrays_in_h5(beside, test)
    return arrays


def _holds_tests_alone(path: Path) -> bool:
    import h5py

    with h5py.File(path, "r") as archive:
        return "test_set_x" in archive and not {"train_set_x", "train_set_y"} & set(archive)


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


READERS = {".npz": _npz, ".csv": read_csv, ".h5": _h5, ".hdf5": _h5}
ENDINGS = (*READERS, ".npy", ".zarr")  # the last two are large.py's
