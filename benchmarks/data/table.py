"""A .csv file as X and Y: pandas reads it fast, and what it refuses is read again to say where."""

import csv
import io
import math
from pathlib import Path
from typing import NoReturn

import numpy as np

from benchmarks.data.dataset import Array, DataError, brief


def read_csv(path: Path) -> dict[str, Array]:
    """Reads a row as an example and its last field as the label, to X (n_x, m) and Y (1, m).

    The first row is a header if any field of it is not a number. Raises DataError with the line
    and the column, both counted from 1, of what is not a finite number.
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
    header = None in map(_number, first)
    try:
        frame = pd.read_csv(io.StringIO(body), header=None, skiprows=int(header), dtype=np.float64)
    except ValueError:
        _locate_error(path, text, header)
    table = frame.to_numpy()
    if table.shape[1] != len(first) or not np.isfinite(table).all():
        _locate_error(path, text, header)
    return {"X": table[:, :-1].T, "Y": table[:, -1:].T}


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
