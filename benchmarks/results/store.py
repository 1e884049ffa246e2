"""A run's folder: written as the run goes on, read back as DataFrames."""

import csv
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.results import about as about_file
from benchmarks.results.lock import FolderLock
from benchmarks.results.records import LIMITS, Outcome, Recorder, Sample, Status, columns, row
from benchmarks.results.tables import (
    CELL,
    WHOLE,
    StoreError,
    cells_table,
    finished_lines,
    limits_table,
    outcomes,
    packed_form,
    records,
    refuse_unknown_columns,
    samples_table,
)

__all__ = [
    "CELL", "NAMES", "Run", "StoreError", "Writer", "ok", "point_latest", "read", "records",
    "write_atomically",
]  # fmt: skip

NAMES = ("implementation", "operation", "data", "dtype", "order", "cache")  # of the columns of KEY
_MAX_NAME = 100  # characters of a file name that is made of another


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
        if packed_form(path).exists():
            self._lock.release()
            raise StoreError(f"{packed_form(path)}: unpack it with gunzip to go on with the run")
        self.torn_bytes = _cut_torn_line(path) if path.exists() else 0
        if not (path.exists() and path.stat().st_size > 0):
            write_atomically(path, ",".join(columns(Sample)) + "\n")
        try:
            table = samples_table(path)
            super().__init__(records(table), outcomes(folder / "cells.csv"))
            for name, record in (("samples.csv", Sample), ("cells.csv", Outcome)):
                if (folder / name).is_file():
                    refuse_unknown_columns(folder / name, record)
        except BaseException:
            self._lock.release()
            raise
        header = ",".join(table.columns).encode()
        if path.read_bytes().partition(b"\n")[0].rstrip() != header:  # of an earlier version
            write_atomically(path, table.to_csv(index=False))
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
        text = json.dumps({"schema": about_file.SCHEMA, **about}, indent=2, ensure_ascii=False)
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
    return Run(
        folder,
        about_file.read(about_path),
        cells_table(folder / "cells.csv"),
        # There may be a million of them, and few names: each is kept once.
        samples_table(folder / "samples.csv").astype(dict.fromkeys(NAMES, "category")),
        limits_table(folder / "limits.csv"),
    )


def _cut_torn_line(path: Path) -> int:
    """Cut off a last line that was not finished; how many bytes that were."""
    torn_bytes = path.stat().st_size - len(finished_lines(path))
    if torn_bytes:
        os.truncate(path, path.stat().st_size - torn_bytes)
    return torn_bytes


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write the file, whole or not at all."""
    if isinstance(content, str):
        content = content.encode("utf-8", "backslashreplace")
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except BaseException:  # the disk is full, say: what was there stays, and nothing else
        beside.unlink(missing_ok=True)
        raise


def point_latest(folder: Path) -> None:
    """Make `latest`, beside the run, a link to it, if the run has come to anything."""
    link = folder.parent / "latest"
    # There is no run, or none that can be read; another does the same now; or there are no links here.
    with suppress(OSError, csv.Error):
        with (folder / "cells.csv").open(encoding="utf-8", errors="replace", newline="") as file:
            measured = any(row.get("status") == Status.OK for row in csv.DictReader(file))
        if not measured or (link.exists() and not link.is_symlink()):
            return
        link.unlink(missing_ok=True)
        link.symlink_to(folder.name)


def ok(cells: pd.DataFrame) -> pd.DataFrame:
    """The rows of cells.csv that were measured."""
    return cells[cells["status"] == Status.OK]
