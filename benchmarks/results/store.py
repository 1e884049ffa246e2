"""A run's folder: written as the run goes on, read back as DataFrames."""

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.errors import UserError
from benchmarks.results.lock import FolderLock
from benchmarks.results.records import (
    KEY,
    LIMITS,
    Cell,
    Outcome,
    Recorder,
    Sample,
    Status,
    columns,
    row,
)

SCHEMA = 1
CELL = list(KEY[1:])
NAMES = ("implementation", "operation", "data", "dtype", "order")  # of the columns of KEY
# Columns that runs of earlier versions lack, and what they have there.
LATER: dict[str, Any] = {
    **dict.fromkeys(("extra_bytes", "warnings", "compile_ns", "compiled_on", "waited_ns")),
    "disturbed": 0,
}
# Integers or blank.
WHOLE = ("prepare_ns", "first_call_ns", "peak_rss_bytes", "extra_bytes", "compile_ns")
_TEXTS = ("implementation", "data", "reason", "warnings", "compiled_on")
_MAX_NAME = 100  # characters of a file name that is made of another
_OPTIONAL_TEXTS = ("reason", "warnings", "compiled_on")


class StoreError(UserError):
    """A folder that is no run, or a run that cannot be read."""


@dataclass(frozen=True, eq=False)
class Run:
    """What a run left: `about` is run.json; the others are its CSV files, `limits` empty if it has none."""

    folder: Path
    about: dict[str, Any]
    cells: pd.DataFrame
    samples: pd.DataFrame
    limits: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LIMITS))


class Writer(Recorder):
    """Appends each sample to samples.csv as it comes, and saves cells.csv and run.json when told."""

    def __init__(self, folder: Path):
        """Begin a run in `folder`, or go on with the one that is there; `torn_bytes` of a last line that
        was not finished are dropped. LockedError if another process writes there.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._lock = folder, FolderLock(folder)
        path = folder / "samples.csv"
        self.torn_bytes = _cut_torn_line(path) if path.exists() else 0
        if not (path.exists() and path.stat().st_size > 0):
            write_atomically(path, ",".join(columns(Sample)) + "\n")
        table = _samples_table(path)
        if list(table.columns) != list(pd.read_csv(path, nrows=0).columns):  # of an earlier version
            write_atomically(path, table.to_csv(index=False))
        super().__init__(records(table), _outcomes(folder / "cells.csv"))
        self._file = path.open("a", newline="", encoding="utf-8")
        self._rows = csv.DictWriter(self._file, list(table.columns))

    def add(self, record: Sample | Outcome) -> None:
        super().add(record)
        if isinstance(record, Sample):
            self._rows.writerow(row(record))
            self._file.flush()

    def add_output(self, implementation: str, text: str) -> None:
        """Append it to logs/NAME.log."""
        if not text:
            return
        name = re.sub(r"[^\w.@-]+", "-", implementation)[:_MAX_NAME]
        path = self.folder / "logs" / f"{name}.log"
        path.parent.mkdir(exist_ok=True)
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text if text.endswith("\n") else text + "\n")

    def save(self, about: dict[str, Any]) -> None:
        """Write cells.csv and run.json, each whole or not at all."""
        rows = [row(outcome) for outcome in self.outcomes.values()]
        table = pd.DataFrame(rows, columns=columns(Outcome))
        for name in WHOLE:
            table[name] = table[name].astype("Int64")
        write_atomically(self.folder / "cells.csv", table.to_csv(index=False))
        text = json.dumps({"schema": SCHEMA, **about}, indent=2, ensure_ascii=False)
        write_atomically(self.folder / "run.json", text + "\n")

    def save_limits(self, table: pd.DataFrame) -> None:
        """Keep the machine's limits (machine/roofline.py) beside what was measured on it."""
        write_atomically(self.folder / "limits.csv", table.to_csv(index=False))

    def close(self) -> None:
        with suppress(OSError):  # the disk is full: the end of a line is lost
            self._file.close()
        self._lock.release()


def read(folder: Path) -> Run:
    """The run in `folder`; StoreError where there is none, or one that cannot be read."""
    about_path = folder / "run.json"
    if not about_path.is_file():
        raise StoreError(f"{folder} is not a run: it has no run.json")
    try:
        about = json.loads(about_path.read_text(encoding="utf-8"))
        if about["schema"] != SCHEMA:
            raise StoreError(f"{about_path}: schema {about['schema']}, this version reads {SCHEMA}")
        cells = _read_csv(folder / "cells.csv", columns(Outcome))
        samples = _samples_table(folder / "samples.csv")
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise StoreError(f"{about_path} cannot be read: {error}") from None
    limits_path = folder / "limits.csv"  # where a run has none, only fractions are missing
    return Run(
        folder,
        about,
        _typed(cells),
        # There may be a million of them, and few names: each is kept once.
        samples.astype(dict.fromkeys(NAMES, "category")),
        _read_csv(limits_path, LIMITS) if limits_path.is_file() else pd.DataFrame(columns=LIMITS),
    )


def _read_csv(path: Path, expected: Iterable[str]) -> pd.DataFrame:
    if not path.is_file():
        raise StoreError(f"{path} is missing; the run was stopped before it had measured anything")
    texts = dict.fromkeys(_TEXTS, str)
    lines = io.BytesIO(_finished_lines(path))
    try:
        table = pd.read_csv(lines, dtype=texts, keep_default_na=False, na_values=[""])
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise StoreError(f"{path} cannot be read: {error}") from None
    for name, value in LATER.items():
        if name in expected and name not in table:
            table[name] = pd.Series(value, table.index, dtype=object if value is None else None)
    if missing := [name for name in expected if name not in table]:
        raise StoreError(f"{path} has no column {', '.join(missing)}")
    return table


def _outcomes(path: Path) -> Iterator[Outcome]:
    """The rows of cells.csv, as they were recorded; none if the run is new."""
    rows = _typed(_read_csv(path, columns(Outcome))).to_dict("records") if path.is_file() else []
    for values in rows:
        fields: dict[str, Any] = {str(key): None if pd.isna(v) else v for key, v in values.items()}
        for name in WHOLE:
            fields[name] = None if fields[name] is None else int(fields[name])
        fields |= {name: fields[name] or "" for name in _OPTIONAL_TEXTS}
        fields["status"] = Status(fields["status"])
        yield Outcome(cell=_pop_cell(fields), **fields)


def _pop_cell(fields: dict[str, Any]) -> Cell:
    return Cell(**{name: fields.pop(name) for name in CELL})


def _samples_table(path: Path) -> pd.DataFrame:
    """The rows of samples.csv; `waited_ns` is a nullable integer, `disturbed` 0 or 1."""
    table = _read_csv(path, columns(Sample))
    whole = ["process", "round", "loops", "disturbed"]
    table = _typed(table.dropna(subset=[*KEY, *whole, "elapsed_ns"]), whole)
    return table.astype({"waited_ns": "Int64"})


def _typed(table: pd.DataFrame, integers: Iterable[str] = ()) -> pd.DataFrame:
    whole = ["n_x", "m", "threads", *integers]
    try:
        doubtful = table[whole].select_dtypes(exclude="int64")
        if (doubtful.astype(float) % 1 != 0).any(axis=None):
            raise ValueError("there is a fraction")
        return table.astype(dict.fromkeys(whole, "int64"))
    except (ValueError, TypeError) as error:
        raise StoreError(f"a size or a count is not a whole number: {error}") from None


def _cut_torn_line(path: Path) -> int:
    """Cut off a last line that was not finished; how many bytes that were."""
    torn_bytes = path.stat().st_size - len(_finished_lines(path))
    if torn_bytes:
        os.truncate(path, path.stat().st_size - torn_bytes)
    return torn_bytes


def _finished_lines(path: Path) -> bytes:
    """A run that was killed may have left half a line; half a number is worse than none."""
    text = path.read_bytes()
    return text[: text.rfind(b"\n") + 1]


def write_atomically(path: Path, text: str) -> None:
    """Write the file, whole or not at all."""
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_text(text, encoding="utf-8", errors="backslashreplace")
        beside.replace(path)
    except BaseException:  # the disk is full, say: what was there stays, and nothing else
        beside.unlink(missing_ok=True)
        raise


def point_latest(folder: Path) -> None:
    """Make `latest`, beside the run, a link to it, if the run has come to anything."""
    link = folder.parent / "latest"
    with suppress(
        OSError
    ):  # there is no run, another does the same now, or there are no links here
        found = (folder / "cells.csv").read_bytes().count(b"\n") > 1
        if not found or (link.exists() and not link.is_symlink()):
            return
        link.unlink(missing_ok=True)
        link.symlink_to(folder.name)


def records(samples: pd.DataFrame) -> Iterator[Sample]:
    """The rows of samples.csv, as they were measured."""
    for values in samples.to_dict("records"):
        fields: dict[str, Any] = {str(name): value for name, value in values.items()}
        waited_ns = fields["waited_ns"]
        fields["waited_ns"] = None if pd.isna(waited_ns) else int(waited_ns)
        fields["disturbed"] = bool(fields["disturbed"])
        yield Sample(cell=_pop_cell(fields), **fields)


def ok(cells: pd.DataFrame) -> pd.DataFrame:
    """The rows of cells.csv that were measured."""
    return cells[cells["status"] == Status.OK]
