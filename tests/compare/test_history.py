"""The command from a repository to its files: who changed it, and who was stepped over."""

import csv
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from test_git import repository, use
from test_history_commits import commit
from test_revisions import git

from benchmarks.cli import main
from benchmarks.compare.history.table import changes, said
from benchmarks.registry import FOLDER

CODE = '''"""A dot product, and a wait."""

from time import perf_counter_ns

import numpy as np


def dot(w, x):
    answer = float(np.sum(w * x))
    until = perf_counter_ns() + {wait_ns}
    while perf_counter_ns() < until:
        pass
    return answer
'''


def wait(us: int) -> str:
    return CODE.format(wait_ns=1000 * us)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    implementations = repository(tmp_path / "project", wait(100))
    use(implementations, monkeypatch)
    for name in ("__init__.py", "_contract.py"):
        shutil.copy(FOLDER / name, implementations)
    commit(implementations, wait(100), "the contract")
    commit(implementations, "import no_such_library\n" + wait(100), "needs a library")
    commit(implementations, wait(100) + "# the same\n", "the same, with a comment")
    commit(implementations, wait(400), 'four times as "long" | <b>')
    commit(implementations, wait(400).replace("return answer", "return answer + 1"), "wrong")
    commit(implementations, wait(100) + "# the same\n", "undone")
    return implementations


def history(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["benchmarks", "history", *map(str, words)])
    return main()


@pytest.mark.slow
def test_each_change_is_named_and_what_fails_is_stepped_over(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "out"
    size = ("--n-x", 3, "--m", 1, "--operation", "dot", "--threads", 1)
    asked = ("HEAD~5..HEAD", "-i", "one", *size, "--threshold", "70%", "--quiet", "--out", out)
    assert history(monkeypatch, *asked, "--budget", 90) == 0
    with (out / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["status"] for row in rows] == ["ok", "unavailable", "ok", "ok", "disagrees", "ok"]
    assert [row["verdict"] for row in rows] == ["", "", "same", "slower", "", "faster"]
    assert rows[5]["version"] == rows[2]["version"]
    assert rows[3]["before"] == rows[2]["revision"]
    printed = capsys.readouterr()
    last = printed.out.strip().splitlines()[-1]
    assert f'since {rows[3]["revision"]} "four times as "long" | <b>"' in last or "faster" in last
    assert "Stepped over" in printed.out and printed.err.strip() == ""
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "-    until = perf_counter_ns() + 100000" in page
    assert "<svg" in page and "<b>" not in page and rows[3]["revision"] in page
    assert {path.name for path in (out / "figures").iterdir()} == {"history.svg", "history.png"}
    assert list((folder.parent).glob("**/worktree*")) == []
    git(folder.parent, "status", "--porcelain")


def test_a_history_that_cannot_be_is_refused_in_a_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    assert history(monkeypatch, "HEAD") == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ((1.12, 1.10, 1.14), 'slower by 12% [10, 14] since 3f2a9c1 "Revision 7"'),
        ((1.052, 1.031, 1.064), 'slower by 5.2% [3.1, 6.4] since 3f2a9c1 "Revision 7"'),
        ((0.8, 0.75, 0.84), 'faster by 20% [16, 25] since 3f2a9c1 "Revision 7"'),
    ],
)
def test_a_change_is_said_in_words(step: tuple[float, float, float], words: str) -> None:
    value, low, high = step
    verdict = "slower" if value > 1 else "faster"
    row = {"step": value, "step_low": low, "step_high": high, "verdict": verdict}
    assert said(row | {"revision": "3f2a9c1", "subject": "Revision 7"}) == words


def test_the_greatest_change_comes_first_whatever_its_direction() -> None:
    table = pd.DataFrame({"step": [1.1, 0.5, 1.3], "verdict": ["slower", "faster", "slower"]})
    assert changes(table)["step"].tolist() == [0.5, 1.3, 1.1]
