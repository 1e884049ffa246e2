"""The command line: what it refuses it refuses in one or two lines, and with status 2."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from benchmarks.cli import main
from benchmarks.registry import FOLDER, ROOT


class Ended(NamedTuple):
    """How a command ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> Iterator[Callable[..., Ended]]:
    """Runs the command line in this process, which has loaded the libraries already."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def run(*arguments: object) -> Ended:
        monkeypatch.chdir(ROOT)
        monkeypatch.setattr(sys, "argv", ["benchmarks", *map(str, arguments)])
        status = main()
        return Ended(status, *capsys.readouterr())

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


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
    "unknown operation to compare": [
        *("compare", ".", ".", "--operation", "multiply", "--n-x", "2", "--m", "2"),
    ],
    "unknown data to fit": ["fit", "--data", "dogs"],
    "alpha below 0": ["fit", "--alpha", "-1"],
    "no steps": ["fit", "--steps", "0"],
}


@pytest.mark.parametrize("arguments", WRONG_USE.values(), ids=WRONG_USE.keys())
def test_wrong_use_is_one_or_two_lines_and_status_2(run, arguments):
    process = run(*arguments)
    assert process.returncode == 2, process.stderr
    lines = process.stderr.strip().splitlines()
    assert 1 <= len(lines) <= 2, process.stderr
    assert lines[0].startswith("error: ")
    assert "Traceback" not in process.stderr


def test_help_and_list_load_no_library_that_they_do_not_need():
    """Loading NumPy, pandas, matplotlib or Plotly takes longer than all the rest of --help."""
    code = """
import sys
from benchmarks.cli import cli
for arguments in [["--help"], ["--version"], *([name, "--help"] for name in cli.list_commands(None))]:
    cli.main(arguments, standalone_mode=False)
heavy = "numpy scipy pandas numba mpmath matplotlib plotly jinja2 h5py sklearn skimage psutil".split()
print("LOADED", *{*heavy, "rich"} & {*sys.modules})
cli.main(["list"], standalone_mode=False)
print("LOADED", *{*heavy} & {*sys.modules})
"""
    process = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    lines = process.stdout.splitlines()
    assert [line for line in lines if line.startswith("LOADED")] == ["LOADED", "LOADED"]


def test_a_file_that_is_no_python_is_listed_as_such_and_breaks_nothing(run, tmp_path):
    broken = _write(tmp_path, "broken.py", "def dot(w, x:\n")
    binary = _write(tmp_path, "binary.py", "\0")
    process = run("list", "--add", broken, "--add", binary)
    assert process.returncode == 0, process.stderr
    assert (
        "broken" in process.stdout and "no Python: line 1: '(' was never closed" in process.stdout
    )
    assert "numpy_vectorized" in process.stdout
    assert process.stdout.count("no Python") == 2


def test_the_status_is_that_of_the_process():
    process = _python("race")
    assert process.returncode == 2
    assert process.stderr.startswith("error: ") and "Traceback" not in process.stderr


def test_the_messages_say_what_there_is(run, tmp_path):
    assert "there are lesson, cat, grow_m" in run("run", "-w", "all").stderr
    assert "numpy_vectorized" in run("run", "-i", "numpy").stderr
    np.savez(tmp_path / "flat.npz", X=np.zeros((2, 5)), Y=np.zeros(5))
    message = run("run", "--data", tmp_path / "flat.npz").stderr
    assert "(5,)" in message and "(1, 5)" in message and "reshape" in message


def test_list_shows_what_is_here_and_what_is_unavailable(run, tmp_path):
    added = _write(tmp_path, "needs.py", "import nosuchlibrary\n")
    process = run("list", "--add", added)
    assert process.returncode == 0, process.stderr
    for word in ("python_loops", "cost_gradient", "grow_m", "breast_cancer", "nosuchlibrary"):
        assert word in process.stdout


def test_list_is_not_put_off_by_an_implementation_that_writes_where_it_works(run, tmp_path):
    added = _write(tmp_path, "writes.py", '"""Writes."""\nopen("left behind", "w").write("x")\n')
    process = run("list", "--add", added)
    assert process.returncode == 0, process.stderr
    assert "Writes." in process.stdout


@pytest.mark.slow
def test_machine_says_what_this_computer_is(run):
    printed = run("machine").stdout
    assert "cores" in printed and "memory_bytes" in printed and "numpy" in printed


def test_check_names_the_operation_the_place_and_the_size(run, tmp_path):
    text = (FOLDER / "numpy_vectorized.py").read_text()
    right = "return CostGradient(J, X @ dZ.T / m"
    assert right in text
    wrong = _write(tmp_path, "wrong.py", text.replace(right, right + " + 1e-9"))
    process = run("check", "-i", "wrong", "--add", wrong, "--operation", "cost_gradient")
    assert process.returncode == 1
    assert "wrong disagrees on cost_gradient: dw[0, 0] is" in process.stderr
    assert "times what rounding allows" in process.stderr
    assert "n_x=2, m=3" in process.stderr


def test_check_passes_what_is_right(run):
    process = run("check", "-i", "numpy_vectorized", "-o", "exp,dot")
    assert process.returncode == 0, process.stderr
    assert process.stdout.count("ok") == 2


def test_dry_run_shows_the_plan_and_measures_nothing(run, tmp_path):
    out = tmp_path / "out"
    process = run("run", "--dry-run", "--out", out, "--n-x", "2,3", "--m", "4", "--order", "C,F")
    assert process.returncode == 0
    assert "4 cells by 7 implementations and the control" in process.stdout  # without the peers
    assert not out.exists()


def test_an_implementation_that_offers_nothing_is_reported(run, tmp_path):
    process = run("check", "--add", _write(tmp_path, "empty.py", "x = 1\n"), "-i", "empty")
    assert "empty.py defines no operation; name a function absolute" in process.stderr
    assert process.returncode == 2
