"""Where X and Y come from: a seed, real data that ships with a package, the user's own file.

    from benchmarks.data import load, synthetic

    synthetic(64, 4096, seed=0)     load("breast_cancer")     load("cat")     load("mine.npz")

Data that memory does not hold stays on disk: load("big.npy"), load("big.zarr"), load("folder/of/shards").

Shapes are the lesson's: X (n_x, m), a column is an example; Y (1, m), 0 or 1; both float64.
Nothing here uses the network.
"""

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from benchmarks.data import large
from benchmarks.data.dataset import DataError, Dataset, brief, check
from benchmarks.data.files import ENDINGS, read
from benchmarks.data.synthetic import SYNTHETIC, Synthetic, synthetic
from benchmarks.registry import how_to_install, members

__all__ = [
    "ENDINGS",
    "NAMES",
    "SYNTHETIC",
    "DataError",
    "Dataset",
    "Synthetic",
    "check",
    "load",
    "synthetic",
]

NAMES = tuple(members(Path(__file__).parent / "builtin"))
_LIBRARIES = ("zarr", "sklearn", "skimage", "h5py")


def load(source: str, test: str | None = None) -> Dataset:
    """Loads built-in data by its name in NAMES, else the user's file at that path; from `test`, another
    such source, the examples to test on.

    Raises DataError, in a line or two, for whatever is wrong with a source or what is in it.
    """
    data = _load(source)
    if test is None:
        return data
    other = _load(test)
    if other.n_x != data.n_x:
        raise DataError(
            f"{brief(test)}: has {other.n_x} features and {brief(source)} has {data.n_x}: "
            f"save both with the same features"
        )
    return replace(data, X_test=other.X, Y_test=other.Y)


def _load(source: str) -> Dataset:
    try:
        if source in NAMES:
            with _same_environment():
                return import_module(f"{__name__}.builtin.{source}").load()
        if source == SYNTHETIC:
            raise DataError("synthetic has no size of its own: say which n_x and m to draw")
        if _is_there(source):
            path = Path(source)
            return large.read(path) if large.is_stored(path) else read(path)
    except PermissionError as closed:
        raise DataError(_permission(Path(closed.filename or source))) from closed
    except ModuleNotFoundError as missing:
        if missing.name not in _LIBRARIES:
            raise
        raise DataError(f"{source}: {how_to_install(missing.name)}") from missing
    raise DataError(
        f"{brief(source)!r} is neither built-in data nor a file: "
        f"give one of {', '.join(NAMES)}, or the path of a file in {', '.join(ENDINGS)}"
    )


def _is_there(source: str) -> bool:
    """PermissionError where nobody can tell."""
    try:
        os.stat(source)  # noqa: PTH116, pathlib takes "" for the folder
    except PermissionError:
        raise
    except (OSError, ValueError):  # also for names that no file system would accept
        return False
    return True


def _permission(path: Path) -> str:
    """What is closed to the user, the file or a folder above it, and how to open it."""
    for folder in reversed(path.parents):
        if not os.access(folder, os.X_OK):
            return f"{path}: the folder {folder} may not be entered: chmod u+x {shlex.quote(str(folder))}"
    mode = "u+rx" if path.is_dir() else "u+r"
    return f"{path}: may not be read: chmod {mode} {shlex.quote(str(path))}"


@contextmanager
def _same_environment() -> Iterator[None]:
    """Undo what a library does to the variables at its import (scikit-learn does): workers inherit them,
    and they would depend on which data was loaded."""
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)
