"""A .csv file: a row is an example, its last field the label; what is wrong is told by line and column."""

import csv
import io
import math
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from benchmarks.data.dataset import DataError, brief

_MISSING = {"", "?", "-", ".", "*", "na", "n/a", "nan", "null", "none", "nil", "unnamed: 0"}


def read_csv(path: Path) -> dict[str, NDArray[Any]]:
    """X (n_x, m) and Y (1, m); a DataError names the line and the column, both from 1.

    pandas reads it fast; what it refuses is read again, to find the place.
    """
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
