"""Growth is one new file and no edit elsewhere: one of each is added to a copy of the project."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from benchmarks.registry import ROOT

NEW_FILES = {
    "implementations/sums.py": '''"""A sum of products, as Python writes it."""

from implementations import CostGradient


def dot(w, x):
    return float(sum(a * b for a, b in zip(w[:, 0], x[:, 0])))


def halves(v):
    return v / 2
''',
    "benchmarks/operations/halves.py": '''"""v / 2, element by element: exact, so no error is allowed."""

import numpy as np

from benchmarks.operations import _elementwise as elementwise
from benchmarks.operations import Work

ARGUMENTS, RETURNS, USES_M = elementwise.ARGUMENTS, elementwise.RETURNS, elementwise.USES_M
constant_arguments = elementwise.constant_arguments
varying_arguments = elementwise.varying_arguments
edge_cases = elementwise.signs


def exact(a, v):
    return (a.lift(v) / 2,)


def bound(r, v):
    return (np.zeros(v.shape),)


def work(n_x, m):
    return Work(read=n_x, written=n_x, flops=n_x)
''',
    "benchmarks/problem/workloads/tiny.py": '''"""Does it pay for three numbers?"""

from benchmarks.problem.workloads import Size


def sizes() -> list[Size]:
    return [Size("halves", 3, 1), Size("dot", 3, 1)]
''',
    "benchmarks/cli/greet.py": '''"""Greet whoever calls."""

import click

from benchmarks.cli import _console as console


@click.command()
def command() -> int:
    """Greet whoever calls."""
    console.say("hello")
    return 0
''',
    "benchmarks/export/plain_text.py": '''"""What cat reads."""

READ = "cat"


def document(about, timings):
    return {"timings": len(timings)}
''',
}


VIEWS = ROOT / "benchmarks" / "report" / "views"
if VIEWS.is_dir():
    NEW_FILES["benchmarks/report/views/counting.py"] = '''"""How many cells are there?"""

PLACE = 1000
SECTION = "answer"
FOLLOWS = False


def select(scene):
    return {}
'''


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the new files."""
    copy = tmp_path_factory.mktemp("growth") / "project"
    unneeded = shutil.ignore_patterns(".*", "reports", "tests", "__pycache__", "node_modules")
    shutil.copytree(ROOT, copy, ignore=unneeded)
    for name, text in NEW_FILES.items():
        assert not (copy / name).exists()
        (copy / name).write_text(text, encoding="utf-8")

    return copy


@pytest.fixture
def benchmarks(copy: Path) -> Callable[..., str]:
    """Runs the copy's command line, and returns what it prints."""
    return partial(_python, copy, "-m", "benchmarks")


def _python(folder: Path, *arguments: str) -> str:
    variables = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, *arguments]
    process = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    return process.stdout


def test_list_shows_the_new_implementation_operation_and_workload(benchmarks: Callable) -> None:
    lines = [" ".join(line.split()) for line in benchmarks("list").splitlines()]
    assert "sums A sum of products, as Python writes it. dot, halves" in lines
    assert "halves v / 2, element by element: exact, so no error is allowed." in lines
    assert "tiny 2 Does it pay for three numbers?" in lines


def test_help_shows_the_new_command_and_it_runs(benchmarks: Callable) -> None:
    lines = [" ".join(line.split()) for line in benchmarks("--help").splitlines()]
    assert "greet Greet whoever calls." in lines
    assert benchmarks("greet") == "hello\n"


def test_export_offers_the_new_format(benchmarks: Callable) -> None:
    assert "plain-text" in benchmarks("export", "--help")


def test_a_dry_run_plans_the_new_implementation_operation_and_workload(
    benchmarks: Callable,
) -> None:
    printed = benchmarks("run", "--dry-run", "--workload", "tiny", "-i", "sums,numpy_vectorized")
    rows = [line.split()[:4] for line in printed.splitlines()]
    assert ["halves", "synthetic", "3", "1"] in rows and ["dot", "synthetic", "3", "1"] in rows
    assert "2 cells by 2 implementations" in printed
    assert "sums" in printed


@pytest.mark.slow
def test_check_judges_the_new_operation(benchmarks: Callable) -> None:
    lines = [line.split()[:3] for line in benchmarks("check", "-i", "sums").splitlines()]
    assert ["sums", "dot", "ok"] in lines and ["sums", "halves", "ok"] in lines


@pytest.mark.skipif(not VIEWS.is_dir(), reason="benchmarks/report/views/ is not there yet")
def test_a_report_asks_the_new_question(copy: Path) -> None:
    code = "from benchmarks.report.views import members; print([v.__doc__ for v in members()])"
    assert "How many cells are there?" in _python(copy, "-c", code)
