"""The command line: what it refuses it refuses in one or two lines, and with status 2."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.registry import FOLDER, ROOT


def _python(*arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "benchmarks", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def _write(folder: Path, name: str, text: str = "") -> Path:
    (folder / name).write_text(text)
    return folder / name


WRONG_USE = {
    "unknown command": ["race"],
    "unknown option": ["run", "--fast"],
    "unknown workload": ["run", "--workload", "everything"],
    "unknown operation": ["run", "--operation", "multiply"],
    "unknown implementation": ["run", "--implementation", "fortran"],
    "unknown baseline": ["run", "--baseline", "fortran", "--n-x", "2", "--m", "2"],
    "unknown data": ["run", "--data", "nothing.npz"],
    "size of nothing": ["run", "--n-x", "0", "--m", "10"],
    "size that is no number": ["run", "--n-x", "two", "--m", "10"],
    "half a size": ["run", "--n-x", "2"],
    "workload and size": ["run", "--workload", "lesson", "--n-x", "2", "--m", "2"],
    "real data and size": ["run", "--data", "breast_cancer", "--m", "10"],
    "no budget": ["run", "--budget", "0"],
    "bad dtype": ["run", "--dtype", "float16", "--n-x", "2", "--m", "2"],
    "bad order": ["run", "--order", "K", "--n-x", "2", "--m", "2"],
    "missing file": ["run", "--add", "nowhere.py"],
    "not Python": ["check", "--add", "README.md"],
    "name taken": ["check", "--add", str(FOLDER / "python_loops.py")],
    "not a run": ["report", "tests"],
    "no such run": ["report", "nowhere"],
    "nothing to resume": ["run", "--resume", "nowhere"],
    "out that is taken": ["run", "--n-x", "2", "--m", "2", "--out", "tests"],
    "a dtype for two runs": [
        *("compare", "reports/example", "reports/example", "--dtype", "float32"),
    ],
    "unknown data to fit": ["fit", "--data", "dogs"],
    "alpha below 0": ["fit", "--alpha", "-1"],
    "no steps": ["fit", "--steps", "0"],
}


@pytest.mark.parametrize("arguments", WRONG_USE.values(), ids=WRONG_USE.keys())
def test_wrong_use_is_one_or_two_lines_and_status_2(arguments):
    process = _python(*arguments)
    assert process.returncode == 2, process.stderr
    lines = process.stderr.strip().splitlines()
    assert 1 <= len(lines) <= 2, process.stderr
    assert lines[0].startswith("error: ")
    assert "Traceback" not in process.stderr


def test_the_messages_say_what_there_is(tmp_path):
    assert "there are lesson, cat, grow_m" in _python("run", "-w", "all").stderr
    assert "numpy_vectorized" in _python("run", "-i", "numpy").stderr
    np.savez(tmp_path / "flat.npz", X=np.zeros((2, 5)), Y=np.zeros(5))
    said = _python("run", "--data", tmp_path / "flat.npz").stderr
    assert "(5,)" in said and "(1, 5)" in said and "reshape" in said


def test_list_shows_what_is_here_and_what_is_unavailable(tmp_path):
    added = _write(tmp_path, "needs.py", "import nosuchlibrary\n")
    process = _python("list", "--add", added)
    assert process.returncode == 0, process.stderr
    for word in ("python_loops", "cost_gradient", "grow_m", "breast_cancer", "nosuchlibrary"):
        assert word in process.stdout


def test_list_is_not_put_off_by_an_implementation_that_writes_where_it_works(tmp_path):
    added = _write(tmp_path, "writes.py", '"""Writes."""\nopen("left behind", "w").write("x")\n')
    process = _python("list", "--add", added)
    assert process.returncode == 0, process.stderr
    assert "Writes." in process.stdout


def test_machine_says_what_this_computer_is():
    said = _python("machine").stdout
    assert "cores" in said and "memory_bytes" in said and "numpy" in said


def test_check_names_the_operation_the_place_and_the_size(tmp_path):
    text = (FOLDER / "numpy_vectorized.py").read_text()
    right = "return CostGradient(J, X @ dZ.T / m"
    assert right in text
    wrong = _write(tmp_path, "wrong.py", text.replace(right, right + " + 1e-9"))
    process = _python("check", "-i", "wrong", "--add", wrong, "--operation", "cost_gradient")
    assert process.returncode == 1
    assert "wrong disagrees on cost_gradient: dw[0, 0] is" in process.stderr
    assert "times what rounding allows" in process.stderr
    assert "n_x=1, m=1" in process.stderr


def test_check_passes_what_is_right():
    process = _python("check", "-i", "numpy_vectorized", "-o", "exp,dot")
    assert process.returncode == 0, process.stderr
    assert process.stdout.count("ok") == 2


def test_dry_run_shows_the_plan_and_measures_nothing(tmp_path):
    out = tmp_path / "out"
    process = _python(
        "run", "--dry-run", "--out", out, "--n-x", "2,3", "--m", "4", "--order", "C,F"
    )
    assert process.returncode == 0
    assert "4 cells by 7 implementations and the control" in process.stdout  # without the peers
    assert not out.exists()


def test_an_implementation_that_offers_nothing_is_said_to(tmp_path):
    process = _python("check", "--add", _write(tmp_path, "empty.py", "x = 1\n"), "-i", "empty")
    assert "empty defines none of" in process.stderr
