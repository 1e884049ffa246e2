"""The user's own file: .npz, .csv, .h5 or .hdf5, to a data set or to a clear refusal.

.npz           arrays X (n_x, m) and Y (1, m); optionally X_test and Y_test
.csv           a row is an example, its last field the label; a first row with any field that
               is not a number is a header; UTF-8
.h5, .hdf5     the layout of the course's cat set: train_set_x (m, ...) and train_set_y (m,);
               optionally test_set_x and test_set_y; uint8 pixels are divided by 255
"""

import math
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.data.dataset import DataError, Dataset, brief, check
from benchmarks.data.table import read_csv

Arrays = dict[str, NDArray[Any]]
"""Two arrays, X and Y by whatever name they have in the file, or four, with those of the test."""


def read(path: Path) -> Dataset:
    """Reads a file that exists; the data set is named after its stem.

    Raises DataError for anything that cannot be read or is not what the file should hold.
    """
    reader = READERS.get(path.suffix.lower())
    if not path.is_file():
        raise DataError(f"{path}: not a file: give one that ends in {', '.join(ENDINGS)}")
    if reader is None:
        raise DataError(f"{path}: ends in none of {', '.join(ENDINGS)}: save it as one of these")
    with _refusing(path):
        with path.open("rb") as file:
            if not file.read(1):
                raise DataError(f"{path}: is empty: save it again")
        arrays = reader(path)
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


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turns what a parser raises into a DataError, for a damaged file can make it raise anything:
    zlib.error, struct.error, KeyError, RuntimeError, MemoryError."""
    try:
        yield
    except (DataError, ImportError):
        raise
    except PermissionError as error:
        raise DataError(f"{path}: may not be read: chmod u+r {path}") from error
    except Exception as error:
        reason = brief(f"{type(error).__name__}: {error}")
        raise DataError(
            f"{path}: cannot be read as {path.suffix} ({reason}): copy or save it again"
        ) from error


def _npz(path: Path) -> Arrays:
    # np.load would take anything else for a pickle, and advise to allow that.
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path}: is no .npz archive, or not all of one: save it with np.savez")
    with np.load(path, allow_pickle=False) as archive:
        if len(set(archive.files)) < len(archive.files):
            raise DataError(f"{path}: holds an array twice: save it again with np.savez")
        wanted = _present(path, archive, ["X", "Y", "X_test", "Y_test"])
        return {name: archive[name] for name in wanted}


def _h5(path: Path) -> Arrays:
    import h5py

    arrays = {}
    with h5py.File(path, "r") as archive:
        keys = ["train_set_x", "train_set_y", "test_set_x", "test_set_y"]
        for name in _present(path, archive, keys):
            if not isinstance(archive[name], h5py.Dataset):
                raise DataError(f"{path}: {name} is a group: save an array by that name")
            array = np.asarray(archive[name][()])
            unrolled = _unrolled_pixels if name.endswith("_x") else _unrolled_labels
            arrays[name] = unrolled(path, name, array)
    return arrays


def _unrolled_pixels(path: Path, name: str, pixels: NDArray[Any]) -> NDArray[Any]:
    """From (m, ...) to (n_x, m)."""
    if pixels.ndim < 2:
        raise DataError(
            f"{path}: {name} has shape {pixels.shape}, should be (m, ...), "
            f"a row for each example: save {name}.reshape(m, -1)"
        )
    X = pixels.reshape(len(pixels), math.prod(pixels.shape[1:])).T
    return X / 255 if X.dtype == np.uint8 else X


def _unrolled_labels(path: Path, name: str, labels: NDArray[Any]) -> NDArray[Any]:
    # Rank 1 is this format's own layout, the one exception; check() judges every other.
    return labels.reshape(1, -1) if labels.ndim == 1 else labels


def _present(path: Path, archive: Mapping[str, Any], names: list[str]) -> list[str]:
    """The first two names, or all four where either of the test's is there; none may be missing."""
    wanted = names if any(name in archive for name in names[2:]) else names[:2]
    for name in wanted:
        if name not in archive:
            holds = brief(", ".join(sorted(archive))) or "nothing"
            raise DataError(f"{path}: has no {name}, it holds {holds}: save it with {name} too")
    return wanted


READERS = {".npz": _npz, ".csv": read_csv, ".h5": _h5, ".hdf5": _h5}
ENDINGS = tuple(READERS)
