"""Disks that are full, folders that cannot be written: one line says so, and nothing is lost."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from started import PLAN, leaves_nothing, run

from benchmarks.errors import UserError
from benchmarks.machine import kept
from benchmarks.registry import ROOT
from benchmarks.results import store
from benchmarks.schedule import run as running

Disk = Callable[[int], Path]
_SHORT = ("--processes", "2", "--budget", "20", "--quiet")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Gives a disk that a folder is on so many KiB; the folder is the same every time."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def sized(kib: int) -> Path:
        again = "remount," if folder.is_mount() else ""
        command = ["mount", "-t", "tmpfs", "-o", f"{again}size={kib}k", "tmpfs", str(folder)]
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except OSError as error:
            pytest.skip(f"no disk can be mounted here: {error}")
        if done.returncode:
            pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
        return folder / "run"

    yield sized
    subprocess.run(["umount", str(folder)], capture_output=True)


@pytest.mark.long
def test_a_disk_that_gets_full_while_it_measures_keeps_what_was_measured(disk: Disk) -> None:
    full = run(disk(64), "--processes", "50", "--budget", "60", "--quiet")
    status, printed = full.ended()
    assert status == 1, printed
    assert "No space left on device. What was measured is in" in printed
    assert printed.count("\n") <= 2 and "Traceback" not in printed
    leaves_nothing(full.process.pid)
    before = full.samples
    assert before > 50
    disk(100_000)
    again = run(full.out, "--resume", str(full.out), "--budget", "10", "--quiet")
    status, printed = again.ended()
    assert status == 0, printed
    assert again.samples > before
    assert store.read(full.out).about["state"] == "complete"


@pytest.mark.long
def test_a_disk_that_gets_full_while_the_report_is_written_costs_the_report(disk: Disk) -> None:
    full = run(disk(512), *_SHORT)
    status, printed = full.ended()
    assert status == 2, printed
    assert "The run is whole" in printed and "python -m benchmarks report" in printed
    assert "Traceback" not in printed
    assert store.read(full.out).about["state"] == "complete"
    assert list(full.out.glob("*.part")) == []
    disk(100_000)
    command = [sys.executable, "-m", "benchmarks", "report", str(full.out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert (full.out / "index.html").exists()


def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_measured(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        "run",
        *PLAN,
        "--out",
        str(tmp_path / "file" / "run"),
    ]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "Not a directory" in ended.stderr and ended.stderr.count("\n") == 1, ended.stderr


def test_where_reports_cannot_be_written_another_folder_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reports").write_text("")
    monkeypatch.setattr(running, "REPORTS", tmp_path / "reports")
    with pytest.raises((UserError, OSError), match="name another folder: --out DIR"):
        running.new_folder()


def test_two_folders_of_one_second_have_two_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "REPORTS", tmp_path)
    assert len({running.new_folder() for _ in range(5)}) == 5


def test_where_nothing_can_be_kept_code_is_compiled_in_the_scratch_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "file" / "kept"))
    path = ROOT / "implementations" / "numba_loops.py"
    assert kept.compiled_folder(path, tmp_path / "numba") == tmp_path / "numba"


@pytest.mark.long
def test_a_run_of_a_checkout_that_cannot_be_written_works(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    started = run(tmp_path / "run", *_SHORT, BENCHMARKS_KEPT=str(tmp_path / "file" / "kept"))
    status, printed = started.ended()
    assert status == 0, printed
    assert set(store.read(started.out).cells["status"]) == {"ok"}
