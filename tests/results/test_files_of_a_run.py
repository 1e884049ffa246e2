"""The files beside a run's tables, and numbers larger than those of a run of a few minutes."""

import errno
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.results.records import Cell, Outcome, Sample, Status
from benchmarks.results.store import Writer, ok, point_latest, read, records, write_atomically

CELL = Cell("cost_gradient", "synthetic", 64, 10**12)
SAMPLE = Sample("mine", CELL, 1, 7, 12, 123_456)


def test_a_run_of_many_processes_and_rounds_is_read_again(tmp_path: Path) -> None:
    places = [(0, 10_000), (1000, 10_000), (2**31, 10_000), (0, 2**31)]
    writer = Writer(tmp_path)
    for process, number in places:
        writer.add(replace(SAMPLE, process=process, round=number))
    writer.add(Outcome("mine", CELL, Status.OK))
    writer.save({})
    writer.close()
    run = read(tmp_path)
    assert [(sample.process, sample.round) for sample in records(run.samples)] == places
    assert run.cells["m"].tolist() == [10**12]


def test_the_output_of_an_implementation_is_kept_line_by_line_in_a_file_of_its_name(
    tmp_path: Path,
) -> None:
    writer = Writer(tmp_path)
    for text in ("first", "", "second\n", "third \udcff"):
        writer.add_output("mine/../of two@base", text)
    writer.close()
    [path] = (tmp_path / "logs").iterdir()
    assert path.name == "mine-..-of-two@base.log"
    assert path.read_text(encoding="utf-8") == "first\nsecond\nthird \\udcff\n"


@pytest.mark.parametrize(
    "text", ["", "\n", "other\nok\n", "status\n" + "x" * 200_000 + "\n", "a\0b\n"]
)
def test_a_table_that_cannot_be_read_makes_no_run_the_latest(tmp_path: Path, text: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "cells.csv").write_text(text)
    point_latest(tmp_path / "run")
    assert not (tmp_path / "latest").is_symlink()


def test_only_what_was_measured_is_ok() -> None:
    cells = pd.DataFrame({"status": list(Status)})
    assert ok(cells)["status"].tolist() == [Status.OK]


def test_a_full_disk_is_said_to_be_full_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it is full before the new file is there at all."""
    path = tmp_path / "run.json"
    path.write_text("before")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, "after")
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]
    assert path.read_text() == "before"
