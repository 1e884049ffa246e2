"""Bad files as members of a project, through whole commands: minutes, so a part of `make faults`."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from in_process import PYTHON, STEP, UNFINISHED, save_npz

from benchmarks.registry import ROOT

pytestmark = pytest.mark.long
SMALL = ["-o", "cost_gradient", "--n-x", "4", "--m", "50", "--quiet"]
HELPER = """from math import exp

from numba import njit


@njit
def sigmoid(z):
    if z >= 0.0:
        return 1.0 / (1.0 + exp(-z)){wrong}
    e = exp(z)
    return e / (1.0 + e){wrong}
"""
NUMBA = '''"""Numba, with its sigmoid in a neighbour's file."""

from math import exp as _exp
from math import log1p

import numpy as np
from helper_sigmoid import sigmoid
from numba import njit

from implementations import CostGradient


@njit(cache=True)
def _step(w, b, X, Y):
    n_x, m = X.shape
    J, dw, db = 0.0, np.zeros_like(w), 0.0
    for i in range(m):
        z = b
        for j in range(n_x):
            z += w[j, 0] * X[j, i]
        J += max(z, 0.0) + log1p(_exp(-abs(z))) - Y[0, i] * z
        dz = sigmoid(z) - Y[0, i]
        for j in range(n_x):
            dw[j, 0] += X[j, i] * dz
        db += dz
    return J / m, dw / m, db / m


def cost_gradient(w, b, X, Y):
    return CostGradient(*_step(w, b, X, Y))
'''


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def python(folder: Path, *arguments: object) -> subprocess.CompletedProcess:
    variables = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "benchmarks", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, timeout=300
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, committed; then what people and programs leave in implementations/."""
    folder = tmp_path_factory.mktemp("members") / "project"
    unneeded = shutil.ignore_patterns(".*", "reports", "tests", "__pycache__", "node_modules")
    shutil.copytree(ROOT, folder, ignore=unneeded)
    members = folder / "implementations"
    (members / "unfinished.py").write_text(STEP, encoding="utf-8")
    (members / "never.py").write_text(UNFINISHED)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "one")
    (members / "unfinished.py").write_text(UNFINISHED)
    for name, content in PYTHON.items():
        (members / f"{name}.py").write_bytes(content)
    (members / "own.py").write_text(STEP + "\n\nPEER = False\n", encoding="utf-8")
    (members / ".#numpy_vectorized.py").symlink_to("somebody@a-machine.1234:1700000000")
    (members / "itself.py").symlink_to("itself.py")
    (members / "._numpy_vectorized.py").write_bytes(b"\0\5\26\7\0\2\0\0Mac OS X")
    (members / "numpy_vectorized (1).py").write_text("a conflict of two copies\n")
    os.mkfifo(members / "pipe.py")
    return folder


CHOSEN = ",".join(["unfinished", "never", *PYTHON, "own", "numpy_vectorized"])  # a few, for time
STRAYS = ("itself", "pipe", "(1)", "._", ".#")


def test_list_shows_members_and_no_strays(project: Path) -> None:
    printed = python(project, "list").stdout
    assert printed.count("no Python: line 3: '(' was never closed") == 2
    assert printed.count("Vectorized, à la main.") == len([*PYTHON, "own"])
    assert not any(stray in printed for stray in STRAYS)


def test_what_says_that_it_is_no_peer_is_raced_and_peers_are_not(project: Path) -> None:
    planned = python(project, "run", *SMALL, "--dry-run").stdout.split("control (")[1]
    assert "own, " in planned
    assert "scipy_blas" not in planned


def test_check_blames_each_member_alone(project: Path) -> None:
    done = python(project, "check", "-o", "cost_gradient", "-i", CHOSEN)
    verdicts = {line.split()[0]: line.split()[1:3] for line in done.stdout.splitlines() if line}
    assert done.returncode == 1
    assert verdicts["unfinished"] == verdicts["never"] == ["(import)", "crashed"]
    for name in (*PYTHON, "own", "numpy_vectorized"):
        assert verdicts[name] == ["cost_gradient", "ok"]
    assert not any(stray in done.stdout + done.stderr for stray in STRAYS)


@pytest.fixture(scope="module")
def raced(project: Path) -> tuple[subprocess.CompletedProcess, Path]:
    out = project / "reports" / "raced"
    options = ["--processes", "1", "--out", out, "--budget", "60", "-i", CHOSEN]
    return python(project, "run", *SMALL, *options), out


def test_run_blames_each_member_alone(raced) -> None:
    done, out = raced
    cells = pd.read_csv(out / "cells.csv").set_index("implementation")
    assert done.returncode == 1
    assert cells["status"]["unfinished"] == cells["status"]["never"] == "crashed"
    assert "'(' was never closed" in cells["reason"]["never"]
    assert {*cells.index[cells["status"] == "ok"]} >= {*PYTHON, "own"}
    assert (out / "index.html").is_file()


def test_latest_is_a_run_that_has_come_to_something(project: Path, raced) -> None:
    latest, (_, out) = project / "reports" / "latest", raced
    assert latest.resolve() == out.resolve()
    refused = python(project, "run", *SMALL, "-i", "nobody")
    failed = python(project, "run", "--data", project / "nothing.csv")
    assert refused.returncode == failed.returncode == 2
    assert latest.resolve() == out.resolve()
    names = {path.name for path in (project / "reports").iterdir()}
    assert names <= {"raced", "latest", "machines"}  # nothing is left of what was refused


@pytest.fixture
def compare(project: Path, tmp_path: Path) -> Callable[..., tuple[int, pd.Series, str]]:
    """Compares one member between two revisions: the status, its row, and the errors printed."""

    def compare(base: str, head: str, name: str) -> tuple[int, pd.Series, str]:
        options = ["-i", name, *SMALL, "--budget", "10", "--out", tmp_path / "out"]
        done = python(project, "compare", base, head, *options)
        return (
            done.returncode,
            pd.read_csv(tmp_path / "out" / "comparison.csv").iloc[0],
            done.stderr,
        )

    return compare


@pytest.mark.parametrize(
    ("base", "head", "name", "status", "whose"),
    [
        ("git:HEAD", ".", "unfinished", 1, "unfinished@head: SyntaxError"),
        (".", "git:HEAD", "unfinished", 0, "unfinished@base: SyntaxError"),
        ("git:HEAD", ".", "never", 0, "both: SyntaxError"),
    ],
)
def test_compare_blames_the_head_that_fails_alone(
    compare: Callable, base: str, head: str, name: str, status: int, whose: str
) -> None:
    returncode, row, errors = compare(base, head, name)
    assert returncode == status, errors
    assert row["status"] == "crashed"
    assert pd.isna(row["verdict"])
    assert row["reason"].startswith(whose)


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_neighbour_of_compiled_code_that_changes_is_noticed(tmp_path: Path, command: str) -> None:
    """Numba keeps compiled code by its own file alone: a changed helper would go unnoticed."""
    mine = tmp_path / "mine.py"
    mine.write_text(NUMBA)
    arguments = {
        "check": ["check", "-o", "cost_gradient", "-i", "mine", "--add", mine],
        "run": ["run", *SMALL, "--processes", "1", "--budget", "20", "-i", "mine", "--add", mine],
    }[command]
    for wrong, status in (("", 0), ("  + 1e-3", 1), ("", 0)):
        (tmp_path / "helper_sigmoid.py").write_text(HELPER.format(wrong=wrong))
        out = ["--out", tmp_path / f"out{wrong}{len([*tmp_path.iterdir()])}"]
        done = python(ROOT, *arguments, *(out if command == "run" else []))
        assert done.returncode == status, done.stdout + done.stderr
        assert ("mine" in done.stderr and "disagrees" in done.stderr) == bool(status)


def test_data_of_an_odd_name_is_raced(tmp_path: Path) -> None:
    for name in ("a,b", "price_$100_vs_$200", "it's <b>", "名前"):
        path, out = save_npz(tmp_path / f"{name}.npz"), tmp_path / f"out of {name}"
        options = ["--data", path, "-i", "numpy_vectorized,python_loops", "--processes", "1"]
        done = python(ROOT, "run", *options, "--budget", "10", "--quiet", "--out", out)
        assert done.returncode == 0, done.stderr
        assert set(pd.read_csv(out / "cells.csv")["data"]) == {name}
        page = (out / "README.md").read_text(encoding="utf-8")
        assert "<b>" not in re.sub(r"```.*?```", "", page, flags=re.DOTALL)  # but in its command
        for table in out.glob("*.csv"):
            fields = pd.read_csv(table, dtype=str).stack()
            formulas = fields[fields.str.match(r"[=@\t]|[+-](?![\d.])")]
            assert list(formulas) == [], table.name
