"""git as `compare` asks it: nothing of the caller's repository is read, changed or tidied."""

import os
from pathlib import Path

import pandas as pd
import pytest
from test_revisions import git

import benchmarks.git
from benchmarks.cli import main
from benchmarks.compare import revisions
from benchmarks.compare.paired import _table
from benchmarks.compare.revisions import CompareError, checked_out
from benchmarks.compare.sequential_test import SequentialTest, beside
from benchmarks.compare.table import Comparison, failures
from benchmarks.machine import kept
from benchmarks.results.records import Cell, Outcome, Sample, Status, columns
from benchmarks.schedule.run import _git_revision

CELL = Cell("dot", "synthetic", 3, 1)


def repository(folder: Path, text: str, inside: str = ".") -> Path:
    """A repository of one commit, whose project, with an implementation `one`, is `inside` it."""
    implementations = folder / inside / "implementations"
    implementations.mkdir(parents=True)
    (implementations / "_contract.py").write_text("")
    (implementations / "one.py").write_text(text)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "one")
    return implementations


def use(implementations: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take these for the project's own."""
    monkeypatch.setattr(benchmarks.git, "ROOT", implementations.parent)
    monkeypatch.setattr(revisions, "FOLDER", implementations)
    monkeypatch.setenv(kept.VARIABLE, str(implementations.parent.parent / "kept"))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    implementations = repository(tmp_path / "project", "x = 'committed'\n")
    use(implementations, monkeypatch)
    return implementations


@pytest.mark.parametrize("hook", ["pre-commit", "post-receive"])
def test_from_a_hook_of_another_repository_nothing_there_is_read_or_touched(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: str
) -> None:
    others = tmp_path / "others"
    repository(others, "x = 'of others'\n")
    (others / "staged.txt").write_text("a commit is under way")
    git(others, "add", ".")
    monkeypatch.setenv("GIT_DIR", str(others / ".git"))
    if hook == "pre-commit":
        monkeypatch.setenv("GIT_INDEX_FILE", str(others / ".git" / "index"))
        monkeypatch.setenv("GIT_WORK_TREE", str(others))
        monkeypatch.setenv("GIT_PREFIX", "")
    else:
        monkeypatch.setenv("GIT_QUARANTINE_PATH", str(others / ".git" / "quarantine"))
        monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(others / ".git" / "objects"))
    before = contents(others)
    (project / "one.py").write_text("x = 'edited'\n")
    base, head = checked_out("git:HEAD", ".")
    assert base.implementations["one"].read_text() == "x = 'committed'\n"
    assert head.implementations["one"].read_text() == "x = 'edited'\n"
    assert str(_git_revision()).endswith("+")
    assert contents(others) == before


def test_the_projects_own_repository_is_left_as_it_was(project: Path) -> None:
    """Other worktrees too: also one whose folder is gone, on a disk that is not mounted now."""
    git(project.parent, "worktree", "add", "--quiet", "../elsewhere", "-b", "side")
    (project.parent.parent / "elsewhere").rename(project.parent.parent / "unmounted")
    (project / "new.py").write_text("")
    git(project.parent, "add", ".")
    before = contents(project.parent)
    checked_out("git:side", ".")
    assert _git_revision()
    assert contents(project.parent) == before


def test_a_project_may_be_a_folder_inside_of_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    implementations = repository(tmp_path / "all", "x = 'inside'\n", inside="tools/racing")
    use(implementations, monkeypatch)
    base, head = checked_out("git:HEAD", ".")
    assert base.implementations["one"].read_text() == "x = 'inside'\n"
    assert base.implementations == head.implementations


def test_hooks_of_the_repository_do_not_run(project: Path) -> None:
    hooks = project.parent / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "fsmonitor-watchman", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\necho ran > {project.parent}/ran\n")
        (hooks / name).chmod(0o755)
    git(project.parent, "config", "core.fsmonitor", str(hooks / "fsmonitor-watchman"))
    checked_out("git:HEAD", ".")
    assert _git_revision()
    assert not (project.parent / "ran").exists()


def test_without_git_only_revisions_are_refused(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing here"))
    with pytest.raises(benchmarks.git.GitError, match=r"git is not installed; compare two run"):
        checked_out("git:HEAD", ".")
    base, head = checked_out(".", ".")
    assert base.implementations == head.implementations
    assert base.commit == ""
    assert _git_revision() is None


DUBIOUS = """fatal: detected dubious ownership in repository at '/srv/project'
To add an exception for this directory, call:

\tgit config --global --add safe.directory /srv/project
"""


def test_of_a_checkout_of_somebody_elses_gits_own_words_are_shown(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\ncat >&2 <<"END"\n{DUBIOUS}END\nexit 128\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    with pytest.raises(CompareError) as refused:
        checked_out("git:HEAD", ".")
    assert "detected dubious ownership in repository at '/srv/project'" in str(refused.value)
    assert "git config --global --add safe.directory /srv/project" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_and_so_says_git_itself(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # no exception of the user's
    monkeypatch.delenv("SUDO_UID", raising=False)
    for path in (project.parent, project.parent / ".git"):
        os.chown(path, 65534, 65534)
    with pytest.raises(CompareError, match=r"dubious ownership.*safe\.directory"):
        checked_out("git:HEAD", ".")


@pytest.mark.parametrize("name", ["git:", "git:--all", "git:HEAD:x", "git:a b", "git:\n", "git:@{"])
def test_what_cannot_name_a_revision_is_refused_in_a_line(
    project: Path, capsys, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks", "compare", name, "."])
    assert main() == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) <= 2
    assert lines[0].startswith("error: ")


# Who is to blame

FINE, FAILED = Status.OK, Status.CRASHED


@pytest.mark.parametrize(
    ("base", "head", "blamed", "whose"),
    [
        (FINE, FAILED, True, "one@head: why"),
        (FAILED, FINE, False, "one@base: why"),
        (FAILED, FAILED, False, "both: why"),
        (FAILED, Status.DISAGREES, False, "both: why"),
        (FINE, Status.SKIPPED, False, "one@head: why"),
        (FINE, Status.UNAVAILABLE, False, "one@head: why"),
    ],
)
@pytest.mark.parametrize("fail_on", ["slower", "inconclusive"])
def test_only_a_head_that_fails_alone_is_blamed(
    base: Status, head: Status, blamed: bool, whose: str, fail_on: str
) -> None:
    outcomes = [
        Outcome(f"one@{side}", CELL, status, "" if status is FINE else "why")
        for side, status in (("base", base), ("head", head))
    ]
    samples = pd.DataFrame(columns=columns(Sample))
    table = _table(SequentialTest(beside({"one@head": "one@base"}), 0.05), outcomes, samples, {})
    comparison = Comparison("", 0.05, table, ())
    assert list(table["reason"]) == [whose]
    assert len(failures(comparison, fail_on)) == blamed
    assert len(failures(comparison, "never")) == 0
