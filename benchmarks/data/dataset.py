"""What a data set is, and the check at every door that a user's data comes in by."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import UserError

Array = NDArray[np.float64]


class DataError(UserError):
    """Bad data of the user's: a line or two that say what, where, and what to do next."""


def brief(text: str) -> str:
    """The text on one line, and not a long one, to quote in a message."""
    line = " ".join(text.split())
    return line if len(line) <= 120 else line[:117] + "..."


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples and their labels, and where the source has them, others to test on.

    X is (n_x, m), a column is an example; Y is (1, m), 0 or 1. X_test has the same n_x and its
    own m. All are float64, but where memory has no room for them: then they are Stored (data/large.py).
    """

    name: str
    X: Any
    Y: Any
    X_test: Any = None
    Y_test: Any = None

    @property
    def n_x(self) -> int:
        """Features of an example."""
        return self.X.shape[0]

    @property
    def m(self) -> int:
        """Examples to train on."""
        return self.X.shape[1]


def check(X: Any, Y: Any, where: str, names: tuple[str, str] = ("X", "Y")) -> tuple[Array, Array]:
    """Returns X (n_x, m) and Y (1, m) as float64, X in C order, or says what is wrong with them.

    `where` (a file, say) begins the message, `names` are what the two are called there. Shapes
    are never mended, only explained: a guess that is wrong would go on to be timed. Raises
    DataError for anything but two arrays of rank 2, of bool, int or float, of fitting sizes,
    not empty, finite, and labels 0 or 1.
    """
    x, y = names
    X, Y = _array(X, x, where), _array(Y, y, where)
    _check_shapes(X, Y, where, names)
    # A long double may be out of float64's range; the infinity it becomes is refused below.
    with np.errstate(over="ignore"):
        X, Y = (np.ascontiguousarray(array, dtype=np.float64) for array in (X, Y))
    check_examples(X, Y, where, names)
    check_range(X, "float64", where, x)
    return X, Y


def check_examples(
    X: NDArray[Any],
    Y: NDArray[Any],
    where: str,
    names: tuple[str, str] = ("X", "Y"),
    first: int = 0,
) -> None:
    """DataError for numbers that are not finite, and labels that are not 0 or 1; X's example 0 is called
    `first`."""
    x, y = names
    _check_finite(X, x, where, first)
    _check_finite(Y, y, where, first)
    _check_labels(Y, y, where, first)


def _array(values: Any, name: str, where: str) -> NDArray[Any]:
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise DataError(f"{where}: {name} is ragged: make its rows equally long") from error
    if array.dtype.kind not in "buif":
        raise DataError(
            f"{where}: {name} has dtype {array.dtype}, should be bool, int or float: "
            f"save it as float64"
        )
    return array


def _check_shapes(X: NDArray[Any], Y: NDArray[Any], where: str, names: tuple[str, str]) -> None:
    x, y = names
    for name, array, form in ((x, X, "(n_x, m)"), (y, Y, "(1, m)")):
        if array.size == 0:
            raise DataError(
                f"{where}: {name} has shape {array.shape}, which is empty, should be {form}: "
                f"save at least one feature and one example"
            )
    m = Y.size
    if Y.ndim != 2 or Y.shape[0] != 1:
        a_vector = max(Y.shape, default=1) == m
        should = f"(1, {m}): save {y}.reshape(1, -1)" if a_vector else "(1, m): save one row"
        raise DataError(f"{where}: {y} has shape {Y.shape}, should be {should}")
    if X.ndim != 2:
        raise DataError(f"{where}: {x} has shape {X.shape}, should be {_columns(X, x, m)}")
    n_x = X.shape[0]
    if X.shape[1] == m:
        return
    if n_x == m:
        raise DataError(
            f"{where}: {x} looks transposed: it has shape {X.shape}, should be "
            f"{X.shape[::-1]}, a column for each of the {m} labels in {y}: save {x}.T"
        )
    raise DataError(
        f"{where}: {x} has shape {X.shape} and {y} has {Y.shape}, should be ({n_x}, {m}): "
        f"save as many columns in {x} as labels in {y}"
    )


def _columns(X: NDArray[Any], x: str, m: int) -> str:
    """The shape that X of another rank should have, and the reshape there, if one is evident."""
    n_x, remainder = divmod(X.size, m)
    if X.ndim > 2 and X.shape[0] == m:
        return f"({n_x}, {m}): save {x}.reshape({m}, -1).T"
    if remainder == 0 and (X.ndim < 2 or X.shape[-1] == m):
        return f"({n_x}, {m}): save {x}.reshape(-1, {m})"
    return f"(n_x, {m}): save a column for each of the {m} labels"


def _check_finite(array: NDArray[Any], name: str, where: str, first: int) -> None:
    bad = ~np.isfinite(array)
    if bad.any():
        i, j = divmod(int(bad.argmax()), array.shape[1])
        raise DataError(
            f"{where}: {name}[{i}, {first + j}] is {float(array[i, j])}, should be a finite number: "
            f"mend or drop example {first + j} (the first is 0)"
        )


def largest(dtype: str, n_x: int, m: int) -> float:
    """The largest number in X (n_x, m) with which all sums stay in the range of the type.

    A term of J is at most 2 |w|ᵀ|x|, and so at most 2 ‖w‖ √n_x times the largest number in x. w is
    standard normal over √n_x (operations/_logistic.py): ‖w‖ √n_x stays below √n_x + 8.
    """
    return float(np.finfo(dtype).max) / (2 * m * (np.sqrt(n_x) + 8))


def check_range(X: Array, dtype: str, where: str, name: str = "X") -> None:
    """DataError if a margin, or a sum over the examples of X (n_x, m), may leave the range of the type."""
    n_x, m = X.shape
    limit = largest(dtype, n_x, m)
    if X.max() > limit or X.min() < -limit:
        i, j = divmod(int(np.abs(X).argmax()), m)
        raise DataError(
            f"{where}: {name}[{i}, {j}] is {float(X[i, j]):.3g}, and sums over {n_x} features and {m} "
            f"examples may be beyond {dtype} ({np.finfo(dtype).max:.2g}): scale the features"
        )


def _check_labels(Y: NDArray[Any], name: str, where: str, first: int) -> None:
    bad = (Y != 0) & (Y != 1)
    if bad.any():
        j = int(bad.argmax())
        signs = np.array_equal(np.unique(Y), [-1, 1])
        cure = f"save ({name} + 1) / 2" if signs else f"mend example {first + j} (the first is 0)"
        raise DataError(
            f"{where}: {name}[0, {first + j}] is {float(Y[0, j])}, should be 0 or 1: {cure}"
        )
