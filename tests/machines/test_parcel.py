"""What comes back from a machine is written inside its folder, or not at all."""

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from parcels import archive

from benchmarks.machines import parcel, task
from benchmarks.machines.parcel import bundle, unpack


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "a\\..\\x"])
def test_nothing_is_written_outside(tmp_path: Path, name: str) -> None:
    assert not unpack(archive(**{"ok.csv": "", name: "x"}), tmp_path / "in")
    assert not (tmp_path / "x").exists() and not (tmp_path / "in").exists()


@pytest.mark.parametrize("content", [b"", b"PK", None, "text", 7])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: Any) -> None:
    assert not unpack(content, tmp_path / "in")


def test_an_archive_that_is_damaged_or_odd_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a", "x" * 5000)
    damaged, encrypted = bytearray(content.getvalue()), bytearray(content.getvalue())
    damaged[34:40] = b"\xff" * 6
    for start, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        encrypted[encrypted.find(start) + offset] |= 1
    assert not unpack(bytes(damaged), tmp_path / "damaged")
    assert not unpack(bytes(encrypted), tmp_path / "encrypted")
    assert not unpack(archive(**{"a": "", "a/b": ""}), tmp_path / "odd")


def test_what_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcel, "_MAX_BYTES", 10)
    assert unpack(archive(a="0123456789"), tmp_path)
    assert not unpack(archive(a="01234567890"), tmp_path)


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcel, "_MAX_FILES", 2)
    assert unpack(archive(a="", b=""), tmp_path)
    assert not unpack(archive(a="", b="", c=""), tmp_path)


def test_what_came_before_stays_where_more_cannot_be_written(tmp_path: Path) -> None:
    assert unpack(archive(a="first"), tmp_path)
    with pytest.raises(OSError):
        unpack(archive(a="second", **{"x" * 300: ""}), tmp_path)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "first")]


def test_what_comes_again_replaces_what_came_before(tmp_path: Path) -> None:
    assert unpack(archive(**{"a": "1", "logs/b": "1"}), tmp_path)
    assert unpack(archive(**{"a": "2", "logs/b": "2"}), tmp_path)
    assert (tmp_path / "a").read_text() == (tmp_path / "logs" / "b").read_text() == "2"
    assert {path.name for path in tmp_path.iterdir()} == {"a", "logs"}


def test_files_from_before_1980_travel_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcel, "_PACKAGES", ())
    file = tmp_path / "old.csv"
    file.write_text("kept")
    os.utime(file, (0, 0))
    for number, content in enumerate((bundle({"old.csv": file}), task.packed(tmp_path))):
        assert unpack(content, tmp_path / f".{number}")
        assert (tmp_path / f".{number}" / "old.csv").read_text() == "kept"
