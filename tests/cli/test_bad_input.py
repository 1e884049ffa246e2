"""Bad input by the command line: files as people have them, odd names, random values of options."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fabricated import ONE, fabricate
from in_process import COURSE, CSV, PYTHON, STEP, UNFINISHED, Ended, call, refused, save_npz

from benchmarks import data
from benchmarks.registry import ROOT
from benchmarks.report import analyse

FIT = ["fit", "--steps", "2", "--quiet"]
MENDED = {
    "first_row_missing": "line 1, column 2: is '' among numbers: mend or drop that line",
    "first_row_uci": "line 1, column 3: is '?' among numbers: mend or drop that line",
    "pandas_default": "save with index=False",
    "pandas_noindex_1feature": "write an example's numbers as 0.0, or name the columns with words",
}


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def fits(folder: Path, *arguments: object) -> Ended:
    """A fit that ends well, and writes into its own folder."""
    ended = call(folder, *FIT, *arguments, "--out", folder / "out")
    assert ended.returncode == 0, ended.stderr
    assert {path.name for path in (folder / "out").iterdir()} >= {"cost.csv", "fit.json"}
    return ended


@pytest.mark.parametrize("name", CSV)
def test_a_csv_file_whose_first_row_is_in_doubt_is_refused_with_the_cure(
    tmp_path: Path, name: str
) -> None:
    path = write(tmp_path / f"{name}.csv", CSV[name])
    for command in (["run", "--dry-run"], FIT):
        assert MENDED[name] in refused(call(tmp_path, *command, "--data", path))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("name", "cured"), [
    ("first_row_missing", "4.9,3.0,1.4,0\n7.0,3.2,4.7,1\n"),
    ("first_row_uci", "67,1,4,1\n37,0,3,0\n"),
    ("pandas_default", "first,second,label\n-0.028,0.446,0\n1.861,-1.844,1\n"),
    ("pandas_noindex_1feature", "x,label\n-0.028,0\n1.861,1\n"),
])  # fmt: skip
def test_the_cure_that_is_named_is_one(tmp_path: Path, name: str, cured: str) -> None:
    assert data.load(str(write(tmp_path / f"{name}.csv", cured))).m == 2


@pytest.mark.parametrize("name", ["a,b", "price_$100_vs_$200", "a b", "it's", "名前", "<b>x", "%s"])
def test_data_of_an_odd_name_is_taken_by_run_and_fit_alike(tmp_path: Path, name: str) -> None:
    path = save_npz(tmp_path / f"{name}.npz")
    planned = call(tmp_path, "run", "--dry-run", "--data", path)
    assert planned.returncode == 0, planned.stderr
    assert name in planned.stdout
    assert "1 cells" in planned.stdout
    assert f"on {name} the cost is" in fits(tmp_path, "--data", path).stdout


BAD_NAMES = {
    "=1+1": "begins like a formula",
    "+x": "begins like a formula",
    "a\nb": "characters that cannot be shown",
    "x" * 101: "too long",
    "あ" * 80: "too long",  # 240 bytes: its scratch folder could not be made
}


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_cannot_be_used_is_refused(tmp_path: Path, name: str) -> None:
    path, script = (
        save_npz(tmp_path / f"{name}.npz"),
        write(tmp_path / f"{name}.py", STEP),
    )
    assert BAD_NAMES[name] in refused(call(tmp_path, "run", "--dry-run", "--data", path))
    for command in (["run", "--dry-run"], ["check"], ["list"], FIT):
        assert BAD_NAMES[name] in refused(call(tmp_path, *command, "--add", script))
    assert set(tmp_path.iterdir()) == {path, script}


def test_an_added_file_with_a_comma_in_its_name_is_refused_before_names_are_taken_apart(
    tmp_path: Path,
) -> None:
    script = write(tmp_path / "x,y.py", STEP)
    for command in (["run", "--dry-run"], ["check"], FIT):
        message = refused(call(tmp_path, *command, "--add", script, "-i", "x,y"))
        assert "a comma separates names; rename the file" in message


def test_a_longest_name_has_a_folder_of_its_own_in_reports(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("benchmarks.schedule.run.REPORTS", tmp_path / "reports")
    name = "あ" * 60  # two of them and a time are too much for one name
    path, script = save_npz(tmp_path / f"{name}.npz"), write(tmp_path / f"{name}.py", STEP)
    ended = call(tmp_path, *FIT, "--data", path, "--add", script)
    assert ended.returncode == 0, ended.stderr
    (made,) = (tmp_path / "reports").iterdir()
    assert (made / "cost.csv").is_file()


@pytest.mark.parametrize("name", PYTHON)
def test_python_is_read_as_python_reads_it(tmp_path: Path, name: str) -> None:
    script, path = write(tmp_path / f"{name}.py", PYTHON[name]), save_npz(tmp_path / "mine.npz")
    listed = call(tmp_path, "list", "--add", script)
    assert "Vectorized, à la main." in listed.stdout
    assert (
        f"with {name} on mine the cost is" in fits(tmp_path, "--add", script, "--data", path).stdout
    )


def test_a_file_that_is_not_finished_has_itself_to_blame(tmp_path: Path) -> None:
    script, path = write(tmp_path / "unfinished.py", UNFINISHED), save_npz(tmp_path / "mine.npz")
    assert (
        "no Python: line 3: '(' was never closed" in call(tmp_path, "list", "--add", script).stdout
    )
    checked = call(tmp_path, "check", "--add", script, "-i", "unfinished", "-o", "dot")
    assert "crashed" in checked.stdout
    assert checked.returncode == 1
    assert checked.stderr.count("'(' was never closed") == 1
    assert "Traceback" not in checked.stderr
    assert "unfinished cannot be imported" in refused(
        call(tmp_path, *FIT, "--add", script, "--data", path), 1
    )


def test_the_courses_propagate_is_refused_with_advice_that_works(tmp_path: Path) -> None:
    script, path = write(tmp_path / "course.py", COURSE), save_npz(tmp_path / "mine.npz")
    for command in (["run", "--dry-run"], ["check"], FIT):
        message = refused(call(tmp_path, *command, "--add", script))
        assert "defines propagate, the course's name; add to it: def cost_gradient" in message
    write(script, COURSE + message.strip().partition("add to it: ")[2] + "\n")
    fits(tmp_path, "--add", script, "--data", path)


def test_check_that_checks_nothing_ends_with_2(tmp_path: Path) -> None:
    ended = call(tmp_path, "check", "-i", "numba_fused", "-o", "dot")
    assert ended.returncode == 2
    assert "nothing was checked" in ended.stderr


def test_a_file_that_may_not_be_read_is_said_to_be(tmp_path: Path) -> None:
    """In a process of its own that is nobody's, where these tests are root's."""
    script, path = write(tmp_path / "mine.py", STEP), save_npz(tmp_path / "mine.npz")
    code = (
        "import os, sys; from pathlib import Path; from benchmarks.description import described; "
        "from benchmarks.data import load; os.geteuid() or os.setuid(65534)\n"
        "print(described(Path('mine.py')).problem)\n"
        "try: load('mine.npz')\nexcept ValueError as error: print(type(error).__name__, error)"
    )
    tmp_path.chmod(0o755)
    for file in (script, path):
        file.chmod(0)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    if "Permission" in done.stderr and not done.stdout:
        pytest.skip("nobody may not enter the tests' folder")
    first, second = done.stdout.strip().splitlines()
    assert first == "cannot be read: Permission denied"
    assert second == "DataError mine.npz: may not be read: chmod u+r mine.npz"


@pytest.mark.parametrize("command", ["fit", "report"])
def test_a_folder_called_tilde_is_not_the_users_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    monkeypatch.setenv("HOME", str(home))
    if command == "fit":
        call(here, *FIT, "--data", save_npz(tmp_path / "mine.npz"), "--out", "~")
    else:
        fabricate(here / "~", cells=[ONE])
        monkeypatch.chdir(here)
        analyse(Path("~"))
    assert {path.name for path in (here / "~").iterdir()} >= {
        "cost.csv" if command == "fit" else "summary.csv"
    }
    assert list(home.iterdir()) == []


def test_fit_writes_over_nothing(tmp_path: Path) -> None:
    path = save_npz(tmp_path / "mine.npz")
    fits(tmp_path, "--data", path)
    before = (tmp_path / "out" / "cost.csv").read_bytes()
    again = call(tmp_path, *FIT, "--alpha", "0.1", "--data", path, "--out", "out")
    assert "exists already" in refused(again)
    assert (tmp_path / "out" / "cost.csv").read_bytes() == before


def test_what_a_terminal_would_obey_is_shown_instead(tmp_path: Path) -> None:
    message = refused(call(tmp_path, "run", "--data", "\x1b[2J\n\n\x1e.csv"))
    assert "\x1b" not in message
    assert "\\x1b[2J" in message


def test_no_character_ends_a_command_that_the_terminal_has_no_code_for(tmp_path: Path) -> None:
    script = write(tmp_path / "名前.py", STEP)
    command = [sys.executable, "-m", "benchmarks", "list", "--add", str(script)]
    variables = os.environ | {"PYTHONIOENCODING": "ascii:strict", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert rb"\u540d\u524d" in done.stdout
    assert rb"Vectorized, \xe0 la main." in done.stdout
