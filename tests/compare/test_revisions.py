"""The sources of a revision that is compared: the same files lie at the same path every time."""

import os
import subprocess
import time
from pathlib import Path

import pytest

import benchmarks.git
from benchmarks.compare import revisions
from benchmarks.compare.revisions import CompareError, checked_out
from benchmarks.machine import kept


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of one commit with an implementation, whose kept things are its own."""
    folder = tmp_path / "project" / "implementations"
    folder.mkdir(parents=True)
    (folder / "_contract.py").write_text("")
    (folder / "one.py").write_text("def dot(w, x): ...\n")
    git(folder.parent, "init", "--quiet", "--initial-branch=main")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "--quiet", "-m", "one")
    monkeypatch.setattr(benchmarks.git, "ROOT", folder.parent)
    monkeypatch.setattr(revisions, "FOLDER", folder)
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "kept"))
    return folder


def state(path: Path) -> tuple[str, int, int]:
    return str(path), path.stat().st_mtime_ns, path.stat().st_size


def test_the_same_sources_have_the_same_path_and_time_the_second_time(project: Path) -> None:
    (project / "one.py").write_text("def dot(w, x): return 1\n")
    first = [state(side.implementations["one"]) for side in checked_out("git:HEAD", ".")]
    (project / "one.py").write_text("def dot(w, x): return 1\n")
    second = [state(side.implementations["one"]) for side in checked_out("git:HEAD", ".")]
    assert first == second
    (base, *_), (head, *_) = first
    assert base != head
    assert len(base) == len(head)


def test_two_sides_of_the_same_files_are_one_folder(project: Path) -> None:
    base, head = checked_out("git:HEAD", ".")
    assert base.implementations == head.implementations
    assert base.commit == head.commit != ""


def test_the_working_tree_may_be_edited_meanwhile(project: Path) -> None:
    _, head = checked_out("git:HEAD", ".")
    before = head.implementations["one"].read_text()
    (project / "one.py").write_text("edited")
    assert head.implementations["one"].read_text() == before


@pytest.mark.parametrize("damage", ["edited", "added", "removed"])
def test_a_copy_that_was_damaged_is_made_again(project: Path, damage: str) -> None:
    copy = checked_out("git:HEAD", ".")[1].implementations["one"]
    before = copy.read_text()
    if damage == "added":
        copy.with_name("other.py").write_text("")
    else:
        copy.write_text("wrong") if damage == "edited" else copy.unlink()
    _, head = checked_out("git:HEAD", ".")
    assert head.implementations == {"one": copy}
    assert copy.read_text() == before


def test_only_the_newest_copies_are_kept_and_those_in_use(project: Path) -> None:
    for k in range(12):
        (project / "one.py").write_text(f"x = {k}")
        _, head = checked_out("git:HEAD", ".")
        path = head.implementations["one"].parent.parent
        os.utime(path, (time.time() - 10 * 86400 + k,) * 2)
    sides = checked_out("git:HEAD", ".")
    assert len(list(path.parent.iterdir())) == 8
    assert all(side.implementations["one"].is_file() for side in sides)


def test_what_is_no_revision_or_has_no_implementations_is_said(project: Path) -> None:
    with pytest.raises(CompareError, match="git:nowhere: there is no such revision"):
        checked_out("git:nowhere", ".")
    git(project.parent, "rm", "--quiet", "-r", "--cached", "implementations")
    git(project.parent, "commit", "--quiet", "-m", "none")
    with pytest.raises(CompareError, match="git:HEAD has no folder implementations/"):
        checked_out("git:HEAD", ".")


def test_where_nothing_can_be_written_that_is_said(project: Path, monkeypatch) -> None:
    monkeypatch.setenv(kept.VARIABLE, str(project / "one.py"))
    with pytest.raises(CompareError, match="cannot keep the sources"):
        checked_out("git:HEAD", ".")
