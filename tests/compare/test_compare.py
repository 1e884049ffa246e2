"""`compare`: revisions raced in a repository of their own, and runs that were at different times."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.compare import between, markdown
from benchmarks.registry import ROOT
from benchmarks.results.records import Cell, Outcome, Sample, Status
from benchmarks.results.store import Run, Writer, read
from benchmarks.statistics import Verdict

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
SMALL = ["--n-x", "4", "--m", "50", "--budget", "60", "--quiet"]
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
    assert waits["processes"] >= 5
    assert 0 < waits["measured_s"] < 10
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


def test_the_worktrees_are_gone_afterwards(raced, repository: Path) -> None:
    assert left_behind(repository) == []


def test_a_worktree_is_gone_also_when_the_comparison_is_interrupted(repository: Path) -> None:
    process = subprocess.Popen(
        command("git:HEAD~1", ".", "-i", "waits", *SMALL, "--out", repository / "reports" / "cut"),
        cwd=repository,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    while not left_behind(repository) and time.monotonic() < until:
        time.sleep(0.05)
    assert left_behind(repository), "it never checked anything out"
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in said
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
def test_wrong_use_is_a_line_or_two_and_status_2(repository: Path, arguments, says) -> None:
    process = compare(repository, *arguments)
    assert process.returncode == 2
    assert says in process.stderr
    assert len(process.stderr.strip().splitlines()) <= 2
    assert left_behind(repository) == []


# Two runs ---------------------------------------------------------------------------------------

SMALLER, LARGER = (Cell("cost_gradient", "synthetic", 16, m) for m in (100, 1000))
MACHINE = {"name": "here", "processor": "one", "cores": 2, "memory_bytes": 1 << 34}


def run_of(
    folder: Path,
    times_ns: Mapping[str, float],
    digests: Mapping[str, str],
    machine: Mapping = MACHINE,
    cells=(SMALLER, LARGER),
) -> Run:
    """A run in which each implementation takes so long a call, within 1%, in both cells."""
    writer = Writer(folder)
    for name, ns in times_ns.items():
        for cell in cells:
            writer.add(Outcome(name, cell, Status.OK))
            for process in range(8):
                for number in range(5):
                    ns_here = ns * (1 + 0.002 * ((process * 3 + number) % 5 - 2))
                    writer.add(Sample(name, cell, process, number, 100, round(100 * ns_here)))
    implementations = {name: {"digest": digests.get(name)} for name in times_ns}
    about = {"machine": dict(machine), "versions": {}, "implementations": implementations}
    writer.save(about)
    writer.close()
    return read(folder)


def verdicts(base: Run, head: Run) -> dict[str, set[str]]:
    table = between(base, head, 0.05).table
    return {str(name): set(own["verdict"]) for name, own in table.groupby("implementation")}


def test_runs_are_matched_by_cell_and_a_change_shows_beside_code_that_did_not_change(
    tmp_path: Path,
) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5, "y": 1e5, "z": 1e5}, {"x": "1", "y": "1", "z": "1"})
    head = run_of(tmp_path / "b", {"x": 1.2e5, "y": 1e5, "z": 8e4}, {"x": "2", "y": "1", "z": "2"})
    assert verdicts(base, head) == {"x": {"slower"}, "y": {"inconclusive"}, "z": {"faster"}} or (
        verdicts(base, head) == {"x": {"slower"}, "y": {"same"}, "z": {"faster"}}
    )
    assert len(between(base, head, 0.05).table) == 6


def test_a_change_within_what_unchanged_code_drifted_by_is_not_said(tmp_path: Path) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5, "y": 1e5}, {"x": "1", "y": "1"})
    head = run_of(tmp_path / "b", {"x": 1.2e5, "y": 1.25e5}, {"x": "2", "y": "1"})
    assert verdicts(base, head)["x"] == {"inconclusive"}


def test_a_comparison_of_one_still_knows_what_the_others_drifted_by(tmp_path: Path) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5, "y": 1e5}, {"x": "1", "y": "1"})
    head = run_of(tmp_path / "b", {"x": 1.2e5, "y": 1e5}, {"x": "2", "y": "1"})
    table = between(base, head, 0.05, ["x"]).table
    assert set(table["implementation"]) == {"x"}
    assert set(table["verdict"]) == {"slower"}
    assert set(table["changed"]) == {"code"}


def test_with_nothing_unchanged_a_change_has_to_be_beyond_a_factor_of_two(tmp_path: Path) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5, "y": 1e5}, {"x": "1"})
    head = run_of(tmp_path / "b", {"x": 1.8e5, "y": 2.5e5}, {"x": "2"})
    assert verdicts(base, head) == {"x": {"inconclusive"}, "y": {"slower"}}


def test_other_libraries_are_a_change_of_everything(tmp_path: Path) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5, "y": 1e5}, {"x": "1", "y": "1"})
    head = run_of(tmp_path / "b", {"x": 1.3e5, "y": 1e5}, {"x": "2", "y": "1"})
    newer = replace(head, about={**head.about, "versions": {"numpy": "9"}})
    assert verdicts(base, newer)["x"] == {"inconclusive"}


def test_different_machines_get_ratios_and_no_verdict(tmp_path: Path) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5}, {"x": "1"})
    head = run_of(tmp_path / "b", {"x": 9e5}, {"x": "2"}, {**MACHINE, "processor": "another"})
    found = between(base, head, 0.05)
    assert set(found.table["verdict"]) == {""}
    assert found.table["ratio"].tolist() == pytest.approx([9, 9], rel=0.01)
    assert "different machines (processor one and another)" in found.notes[0]
    assert Verdict.SLOWER not in markdown(found)


def test_cells_of_one_run_alone_are_named_and_a_bad_run_is_an_error(tmp_path: Path) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5}, {"x": "1"})
    head = run_of(tmp_path / "b", {"x": 1e5}, {"x": "1"}, cells=(LARGER,))
    found = between(base, head, 0.05)
    assert len(found.table) == 1
    assert any("1 cell" in note for note in found.notes)


def test_the_command_on_two_runs_writes_its_table(tmp_path: Path) -> None:
    run_of(tmp_path / "a", {"x": 1e5, "y": 1e5}, {"x": "1", "y": "1"})
    run_of(tmp_path / "b", {"x": 1.5e5, "y": 1e5}, {"x": "2", "y": "1"})
    options = [tmp_path / "a", tmp_path / "b", "--out", tmp_path / "c"]
    assert compare(ROOT, *options).returncode == 1
    assert len(pd.read_csv(tmp_path / "c" / "comparison.csv")) == 4
    assert (
        compare(ROOT, *options[:2], "--out", tmp_path / "d", "--fail-on", "never").returncode == 0
    )
    again = compare(ROOT, *options)
    assert again.returncode == 2  # what is there is not written over
    assert json.loads((tmp_path / "a" / "run.json").read_text())["schema"] == 1
