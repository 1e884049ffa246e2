"""The CSV files of a run, read back: each column of its type and within its range, or a StoreError."""

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.errors import UserError
from benchmarks.results.records import KEY, LIMITS, Cell, Outcome, Sample, Status, columns

CELL = list(KEY[1:])
# Columns that runs of earlier versions lack, and what they have there.
LATER: dict[str, Any] = {
    **dict.fromkeys(
        ("extra_bytes", "warnings", "compile_ns", "compiled_on", "waited_ns", "moved_bytes")
    ),
    "disturbed": 0,
    "cache": "warm",
}
# Integers or blank.
WHOLE = (
    "prepare_ns",
    "first_call_ns",
    "peak_rss_bytes",
    "extra_bytes",
    "compile_ns",
    "moved_bytes",
)
_OPTIONAL_TEXTS = ("reason", "warnings", "compiled_on")
_TEXTS = (
    "implementation",
    "operation",
    "data",
    "dtype",
    "order",
    "cache",
    "status",
    *_OPTIONAL_TEXTS,
)
_LIMIT_TEXTS = ("what", "dtype", "probe")
_MAX_COUNT, _MAX_INT = 10**12, 2**62
_RANGES = {
    "n_x": (1, _MAX_COUNT),
    "m": (1, _MAX_COUNT),
    "threads": (1, _MAX_COUNT),
    "process": (0, 2**31),
    "round": (0, 2**31),
    "loops": (1, _MAX_INT),
    "disturbed": (0, 1),
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "status": tuple(Status),
    "dtype": ("float64", "float32"),
    "order": ("C", "F"),
    "cache": ("warm", "cold"),
}
_MAX_COLUMNS = 1000  # more than any version will have
_MAX_BYTES = 1 << 31  # of a file that was packed: a million samples are 0.1 GB
_SHOWN = 60  # characters of a value in a message


class StoreError(UserError):
    """A folder that is no run, or a run that cannot be read."""


def cells_table(path: Path) -> pd.DataFrame:
    """The rows of cells.csv."""
    table = _read(path, columns(Outcome), _TEXTS)
    for name in (*KEY, "status"):
        _refuse(path, table, name, table[name].isna(), "a value")
    _check_choices(path, table, ("dtype", "order", "cache", "status"))
    _check_numbers(path, table, ("error", "bound"))
    return _whole(path, table, ("n_x", "m", "threads"), WHOLE)


def samples_table(path: Path) -> pd.DataFrame:
    """The rows of samples.csv; `waited_ns` is a nullable integer, `disturbed` 0 or 1."""
    whole = ("n_x", "m", "threads", "process", "round", "loops", "elapsed_ns", "disturbed")
    table = _read(path, columns(Sample), _TEXTS).dropna(subset=[*KEY, *whole])
    _check_choices(path, table, ("dtype", "order", "cache"))
    return _whole(path, table, whole, ("waited_ns",)).astype({"waited_ns": "Int64"})


def limits_table(path: Path) -> pd.DataFrame:
    """The rows of limits.csv; none where there is no such file: only fractions are missing then."""
    if not path.is_file():
        return pd.DataFrame(columns=LIMITS)
    table = _read(path, LIMITS, _LIMIT_TEXTS)
    _check_numbers(path, table, ("threads", "working_set_bytes", "per_s"))
    return table


def outcomes(path: Path) -> Iterator[Outcome]:
    """The rows of cells.csv, as they were recorded; none if the run is new."""
    rows = cells_table(path).to_dict("records") if path.is_file() else []
    for values in rows:
        fields: dict[str, Any] = {str(key): None if pd.isna(v) else v for key, v in values.items()}
        for name in WHOLE:
            fields[name] = None if fields[name] is None else int(fields[name])
        fields |= {name: fields[name] or "" for name in _OPTIONAL_TEXTS}
        fields["status"] = Status(fields["status"])
        yield Outcome(cell=_pop_cell(fields), **fields)


def records(samples: pd.DataFrame) -> Iterator[Sample]:
    """The rows of samples.csv, as they were measured."""
    for values in samples.to_dict("records"):
        fields: dict[str, Any] = {str(name): value for name, value in values.items()}
        waited_ns = fields["waited_ns"]
        fields["waited_ns"] = None if pd.isna(waited_ns) else int(waited_ns)
        fields["disturbed"] = bool(fields["disturbed"])
        yield Sample(cell=_pop_cell(fields), **fields)


def _pop_cell(fields: dict[str, Any]) -> Cell:
    return Cell(**{name: fields.pop(name) for name in CELL})


def refuse_unknown_columns(path: Path, record: type) -> None:
    """StoreError if the file has columns that this version would not write again."""
    header = pd.read_csv(io.BytesIO(finished_lines(path)), nrows=0).columns
    if unknown := [str(name)[:_SHOWN] for name in header if name not in columns(record)]:
        raise StoreError(
            f"{path} has columns that this version does not know, and would lose "
            f"({', '.join(unknown[:3])}): resume the run with the version that began it"
        )


def finished_lines(path: Path) -> bytes:
    """A run that was killed may have left half a line; half a number is worse than none."""
    text = path.read_bytes()
    return text[: text.rfind(b"\n") + 1]


def _read(path: Path, expected: Iterable[str], texts: Iterable[str]) -> pd.DataFrame:
    """The expected columns; others, of a later version, are left out."""
    content, expected = _content(path), list(expected)
    width = content.partition(b"\n")[0].count(b",") + 1
    if width > _MAX_COLUMNS:  # pandas takes minutes for them
        raise StoreError(
            f"{path} cannot be read: it has {width} columns, should have {len(expected)}"
        )
    lines = io.BytesIO(content)
    try:
        table = pd.read_csv(
            lines, dtype=dict.fromkeys(texts, str), keep_default_na=False, na_values=[""]
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, OverflowError) as error:
        raise StoreError(f"{path} cannot be read: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(table.index, pd.RangeIndex):  # pandas took the first ones for an index
        raise StoreError(f"{path} cannot be read: its lines have more fields than its first")
    for name, value in LATER.items():
        if name in expected and name not in table:
            table[name] = pd.Series(value, table.index, dtype=object if value is None else None)
    if missing := [name for name in expected if name not in table]:
        raise StoreError(f"{path} has no column {', '.join(missing)}")
    return table[expected]


def _content(path: Path) -> bytes:
    """The finished lines of the file, or of the one that gzip made of it."""
    if path.is_file():
        return finished_lines(path)
    packed = packed_form(path)
    if not packed.is_file():
        raise StoreError(f"{path} is missing; the run was stopped before it had measured anything")
    try:
        with gzip.open(packed) as file:
            text = file.read(_MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise StoreError(f"{packed} cannot be read ({error}): copy it again") from None
    if len(text) > _MAX_BYTES:
        raise StoreError(
            f"{packed} holds more than {_MAX_BYTES} bytes: it is no run of this program"
        )
    return text[: text.rfind(b"\n") + 1]


def packed_form(path: Path) -> Path:
    """Where gzip puts the file: a finished run may be kept so."""
    return path.with_name(f"{path.name}.gz")


def _whole(
    path: Path, table: pd.DataFrame, names: Iterable[str], or_blank: Iterable[str]
) -> pd.DataFrame:
    """The table with integers in these columns; those of the second kind may be blank, and floats."""
    names = list(names)
    for name in (*names, *or_blank):
        low, high = _RANGES.get(name, (0, _MAX_INT))
        numbers = _numbers(table[name])
        fits = (numbers % 1 == 0) & (numbers >= low) & (numbers <= high)
        should = f"a whole number from {low} to {high}"
        _refuse(path, table, name, ~fits & table[name].notna(), should)
    table = table.assign(**{name: _numbers(table[name]) for name in or_blank})
    return table.astype(dict.fromkeys(names, "int64"))


def _check_numbers(path: Path, table: pd.DataFrame, names: Iterable[str]) -> None:
    for name in names:
        wrong = _numbers(table[name]).isna() & table[name].notna()
        _refuse(path, table, name, wrong, "a number")


def _check_choices(path: Path, table: pd.DataFrame, names: Iterable[str]) -> None:
    for name in names:
        choices = _CHOICES[name]
        _refuse(path, table, name, ~table[name].isin(choices), " or ".join(choices))


def _numbers(column: pd.Series) -> pd.Series:
    """As floats, or as integers where all are; NaN for what is no number."""
    if column.dtype == "int64":
        return column
    return pd.to_numeric(column, errors="coerce").astype("float64")


def _refuse(path: Path, table: pd.DataFrame, name: str, wrong: pd.Series, should: str) -> None:
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        value = table[name].iloc[row]
        value = "" if pd.isna(value) else str(value)[:_SHOWN]
        raise StoreError(
            f"{path}, row {row + 1} after the header: {name} is {value!r}, should be {should}: "
            "mend or drop that line"
        )
