"""`compare` on two revisions, raced in a repository of their own."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from in_process import call, refused

from benchmarks import git as git_of_ours
from benchmarks.compare import revisions
from benchmarks.registry import ROOT

IMPLEMENTATION = '''"""{doc}"""
from implementations import numpy_vectorized
from implementations._wait import wait

def cost_gradient(w, b, X, Y):
    answer = numpy_vectorized.cost_gradient(w, b, X, Y)
    wait({wait_us})
    return answer
'''
WAIT = '''"""A busy-wait."""
from time import perf_counter_ns

def wait(us):
    until = perf_counter_ns() + 1000 * us
    while perf_counter_ns() < until:
        pass
'''
SMALL = ["--n-x", "4", "--m", "50", "--budget", "60", "--threshold", "20%", "--quiet"]
VERSIONS = {"waits": (150, 300), "steady": (200, 200)}  # µs of waiting, in base and head

pytestmark = pytest.mark.slow


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    command = ["git", *who, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def write(folder: Path, side: int) -> None:
    for name, waits in VERSIONS.items():
        text = IMPLEMENTATION.format(doc=name, wait_us=waits[side])
        (folder / "implementations" / f"{name}.py").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with two commits: in the second, `waits` waits twice as long."""
    folder = tmp_path_factory.mktemp("repository")
    for name in ("benchmarks", "implementations"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    (folder / "implementations" / "_wait.py").write_text(WAIT, encoding="utf-8")
    git(folder, "init", "--quiet", "--initial-branch=main")
    for side in (0, 1):
        write(folder, side)
        if side:
            gone = folder / "implementations" / "numpy_per_example.py"
            gone.unlink()
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", f"side {side}")
    return folder


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "benchmarks", "compare", *map(str, arguments)]


def compare(repository: Path, *arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        command(*arguments), cwd=repository, capture_output=True, text=True, timeout=120
    )


def left_behind(repository: Path) -> list[str]:
    return git(repository, "worktree", "list").strip().splitlines()[1:]


@pytest.fixture(scope="module")
def raced(repository: Path) -> tuple[subprocess.CompletedProcess, Path]:
    """The two commits, both implementations that wait."""
    out = repository / "reports" / "raced"
    options = ["-i", "waits,steady", *SMALL, "--out", out]
    return compare(repository, "git:HEAD~1", "git:HEAD", *options), out


def rows_of(out: Path) -> dict[str, dict]:
    """The rows of comparison.csv by implementation."""
    table = pd.read_csv(out / "comparison.csv")
    return {str(row["implementation"]): dict(row) for row in table.to_dict("records")}


def test_a_slowdown_is_said_and_ends_with_status_1(raced) -> None:
    process, out = raced
    rows = rows_of(out)
    waits = rows["waits"]
    assert process.returncode == 1, process.stderr
    assert waits["verdict"] == "slower"
    assert 1.3 < waits["ratio_low"] <= waits["ratio"] <= waits["ratio_high"]
    assert waits["processes"] >= 6
    assert waits["measured_s"] > 0
    assert rows["steady"]["verdict"] != "slower"
    assert "waits" in process.stderr
    assert "Traceback" not in process.stderr


def test_it_names_what_differs_in_the_measured_code(raced) -> None:
    process, out = raced
    assert "waits.py (+1 −1)" in process.stdout
    assert "Unchanged: steady" in process.stdout
    rows = rows_of(out)
    assert rows["waits"]["changed"] == "waits.py (+1 −1)"
    assert pd.isna(rows["steady"]["changed"])


def test_the_terminal_and_the_pull_request_say_the_same(raced) -> None:
    process, out = raced
    summary = (out / "comparison.md").read_text(encoding="utf-8")
    assert len(summary) < 65_000  # what a comment may have
    for words in ("| slower | waits |", "git:HEAD~1 → git:HEAD"):
        assert words in summary.replace("\\", "")
    assert "slower" in process.stdout
    assert set(pd.read_csv(out / "samples.csv")["implementation"]) == {
        f"{name}@{side}" for name in VERSIONS for side in ("base", "head")
    }


def test_no_worktree_is_left_afterwards(raced, repository: Path) -> None:
    assert left_behind(repository) == []


def test_an_interrupted_comparison_leaves_no_worktree(repository: Path) -> None:
    process = subprocess.Popen(
        command("git:HEAD~1", ".", "-i", "waits", *SMALL, "--out", repository / "reports" / "cut"),
        cwd=repository,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    while not (repository / "reports" / "cut").exists() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in stderr
    assert left_behind(repository) == []


def test_a_head_that_is_wrong_fails_the_comparison(repository: Path) -> None:
    path = repository / "implementations" / "waits.py"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("Y)\n    wait", "1 - Y)\n    wait"), encoding="utf-8")
    try:
        out = repository / "reports" / "wrong"
        process = compare(repository, "git:HEAD", ".", "-i", "waits", *SMALL, "--out", out)
    finally:
        path.write_text(before, encoding="utf-8")
    row = rows_of(out)["waits"]
    assert process.returncode == 1, process.stderr
    assert row["status"] == "disagrees"
    assert pd.isna(row["verdict"])
    assert "make check" not in row["reason"]  # the file that was wrong is no longer there


def test_a_head_that_cannot_be_imported_is_not_said_to_have_spent_the_budget(
    repository: Path,
) -> None:
    path = repository / "implementations" / "waits.py"
    before = path.read_text(encoding="utf-8")
    path.write_text("raise ValueError('not finished')\n" + before, encoding="utf-8")
    out = repository / "reports" / "broken"
    try:
        process = compare(repository, "git:HEAD", ".", "-i", "waits", *SMALL, "--out", out)
    finally:
        path.write_text(before, encoding="utf-8")
    assert process.returncode == 1, process.stderr
    assert "not finished" in rows_of(out)["waits"]["reason"]
    assert "the budget was spent" not in process.stdout + process.stderr
    assert "the budget was spent" not in (out / "run.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["git:nowhere", "."], "git:nowhere: there is no such revision"),
        (["git:HEAD", "reports/raced"], "two run folders or two revisions"),
        (["git:HEAD", ".", "-i", "numpy_per_example"], "git:HEAD has no implementation"),
        (["nothing", "here"], "nothing is not a run"),
        (["nothing", "here", "--n-x", "4"], "--n-x: only for revisions"),
        (["git:HEAD", ".", "--threshold", "5"], "between 0 and 100%"),
        (["git:HEAD", ".", "--threshold", "much"], "write 5% or 0.05"),
    ],
)
def test_wrong_use_is_a_line_or_two_and_status_2(
    raced, repository: Path, monkeypatch: pytest.MonkeyPatch, arguments, says
) -> None:
    monkeypatch.setattr(git_of_ours, "ROOT", repository)
    monkeypatch.setattr(revisions, "FOLDER", repository / "implementations")
    assert says in refused(call(repository, "compare", *arguments))
    assert left_behind(repository) == []
