"""Data on disk: .npy, Zarr or shards. What memory holds is read whole; the rest stays where it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.data.dataset import DataError, Dataset, brief, check, check_examples
from benchmarks.data.stored import Stored, StoredError, is_stored, labels_beside, open_stored

__all__ = ["Stored", "in_blocks", "is_stored", "read", "unfinished"]

_HELD_SHARE = 0.2  # of the free memory: the data is there more than once while it is worked with


def read(path: Path, hold: bool | None = None) -> Dataset:
    """The data at the path; X and Y are Stored where memory has no room for them, or if not `hold`.

    What stays on disk is checked block by block, when it is used: see `in_blocks`. Raises DataError,
    but PermissionError where it is closed.
    """
    if unfinished(path).exists():
        raise DataError(
            f"{path}: was not written to its end: give the command that made it again, and it goes on"
        )
    if path.is_file() and not path.stat().st_size:
        raise DataError(f"{path}: is empty: save it again")
    from benchmarks import cgroup

    try:
        X, Y = open_stored(path)
        if hold or (hold is None and X.nbytes <= _HELD_SHARE * cgroup.memory().available):
            return Dataset(path.stem, *check(np.asarray(X), np.asarray(Y), str(path)))
    except FileNotFoundError as error:
        if path.suffix == ".npy" and error.filename == str(labels_beside(path)):
            raise DataError(
                f"{path}: its labels are missing: save them, (1, m), as {labels_beside(path)}"
            ) from None
        raise DataError(f"{error.filename}: is not there") from None
    except PermissionError:
        raise
    except (StoredError, OSError) as error:
        raise DataError(brief(f"{error}") + ": make it again") from None
    if X.shape[1] != Y.shape[1] or Y.shape[0] != 1 or not X.size:
        raise DataError(
            f"{path}: X has shape {X.shape} and Y {Y.shape}, should be (n_x, m) and (1, m)"
        )
    return Dataset(path.stem, X, Y)


def unfinished(path: Path) -> Path:
    """The file that says what is written so far of the data at the path; it is gone at the end."""
    return path.with_name(f"{path.name}.unfinished")


def in_blocks(X: Any, Y: Any, where: str = "data") -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The examples in memory: all at once of arrays; of what is on disk, block by block, each checked.

    Raises DataError for numbers that are not finite, or labels that are neither 0 nor 1.
    """
    if not isinstance(X, Stored):
        yield X, Y
        return
    for i, j in X.blocks():
        part = X[:, i:j], Y[:, i:j]
        check_examples(*part, where, first=i)
        yield part
