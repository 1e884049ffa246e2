"""`run --resume`: only what is as it was goes on, and nothing that was measured is lost."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.cli import main
from benchmarks.data import load
from benchmarks.errors import UserError
from benchmarks.machine import describe as machine
from benchmarks.machine import kept
from benchmarks.registry import ROOT, digest
from benchmarks.results.lock import LockedError
from benchmarks.results.records import Cell, Outcome, Sample, Status
from benchmarks.results.store import Writer, read
from benchmarks.schedule import plan as planning
from benchmarks.schedule import run as running
from benchmarks.schedule import saved_plan
from benchmarks.schedule.plan import Plan, PlanError

TEXT = '"""Sums."""\nimport numpy as np\n\n\ndef dot(w, x):\n    return (w.T @ x).item()\n'
Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run of an added file over data of the user's, interrupted after its second set."""
    mine, table = tmp_path / "mine.py", tmp_path / "own.csv"
    mine.write_text(TEXT)
    table.write_text("a,b,label\n0.5,1,0\n2,3,1\n")
    data = {str(table): load(str(table))}
    cells = (Cell("dot", "own", 2, 2), Cell("dot", "synthetic", 3, 1))
    paths = planning.with_control({"mine": mine}, "mine")
    plan = Plan(
        cells,
        paths,
        planning.by_name(data),
        60.0,
        **planning.towards("mine", 0.02, 12, 60),
        essential=frozenset(cells[:1]),
    )
    about: dict[str, Any] = {
        "state": "interrupted",
        "baseline": "mine",
        "machine": machine.describe(),
        "implementations": {
            name: {"digest": digest(path), "libraries": kept.library_versions(path)}
            for name, path in paths.items()
        },
        "plan": saved_plan.describe(plan, data, 0.02),
    }
    writer = Writer(tmp_path / "run")
    for process in (0, 1):
        writer.add(Sample("mine", cells[1], process, 0, 10, 1000))
    writer.add(Outcome("mine", cells[1], Status.OK))
    writer.save(about)
    writer.close()
    return writer.folder


def edit(folder: Path, change: Edit) -> None:
    path = folder / "run.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    change(about)
    path.write_text(json.dumps(about), encoding="utf-8")


def refusal(folder: Path) -> str:
    """Why the run is not resumed; nothing in its folder may have changed."""
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(PlanError) as refused:
        saved_plan.resumed(folder, None)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    return str(refused.value)


def test_what_is_as_it_was_goes_on_after_its_last_set(folder: Path) -> None:
    plan, about = saved_plan.resumed(folder, None)
    assert (plan.first_process, plan.processes, plan.max_processes) == (2, 10, 58)
    assert plan.cells == (Cell("dot", "own", 2, 2), Cell("dot", "synthetic", 3, 1))
    assert plan.essential == {plan.cells[0]}
    assert plan.budget_s == 60
    assert about["baseline"] == "mine"
    assert saved_plan.resumed(folder, 5.0)[0].budget_s == 5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda about: about["implementations"]["mine"]["libraries"].update(numpy="1.0"),
            "numpy was 1.0 and is ",
        ),
        (
            lambda about: about["implementations"]["mine"]["libraries"].update(gone="3.2"),
            "gone was 3.2 and is missing",
        ),
        (lambda about: about["machine"].update(processor="another"), "the machine is another"),
        (lambda about: about["machine"].update(cores=999), "the machine is another"),
        (lambda about: about["machine"].update(memory_bytes=1), "the machine is another"),
    ],
)
def test_another_library_or_machine_is_refused(folder: Path, change: Edit, says: str) -> None:
    edit(folder, change)
    message = refusal(folder)
    assert says in message
    assert "start a new run" in message


def test_other_data_and_code_are_refused(folder: Path) -> None:
    (folder.parent / "own.csv").write_text("a,b,label\n0.5,1,0\n2,3.5,1\n")
    assert "own.csv is not what it was when the run began" in refusal(folder)
    (folder.parent / "own.csv").write_text("a,b,label\n0.5,1,0\n2,3,1\n")
    (folder.parent / "mine.py").write_text(TEXT + "# a word\n")
    message = refusal(folder)
    assert message.count("mine.py is not what it was when the run began") == 1
    (folder.parent / "mine.py").unlink()
    with pytest.raises(UserError, match=r"mine\.py is not there any more"):
        saved_plan.resumed(folder, None)
    (folder.parent / "own.csv").unlink()
    with pytest.raises(UserError, match="neither built-in data nor a file"):
        saved_plan.resumed(folder, None)


def test_a_run_that_is_complete_is_not_resumed(folder: Path) -> None:
    edit(folder, lambda about: about.update(state="complete"))
    assert "there is nothing left to resume" in refusal(folder)


PARTS = ["cells", "implementations", "sources", "seed", "processes", "budget_s", "data"]
PARTS += ["essential", "precision"]
JSON = st.recursive(
    st.sampled_from([None, True, -1, 0, 1.5, 10**30, "x", ""]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("mine"), inner),
    max_leaves=3,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.sampled_from(PARTS), value=JSON)
def test_a_plan_of_other_types_is_refused_and_no_traceback(
    folder: Path, part: str, value: object
) -> None:
    whole = (folder / "run.json").read_bytes()
    try:
        edit(folder, lambda about: about["plan"].update({part: value}))
        saved_plan.resumed(folder, None)
    except UserError as error:
        assert str(error).count("\n") <= 1
    finally:
        (folder / "run.json").write_bytes(whole)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda about: about.pop("plan"), "does not say what the run's plan was"),
        (lambda about: about["plan"].pop("cells"), "field `cells`"),
        (lambda about: about["plan"]["cells"][0].update(n_x="two"), "$.cells[0].n_x"),
        (lambda about: about["plan"]["cells"][0].update(operation="cube"), "an operation that is"),
        (lambda about: about["plan"].update(essential=[7]), "fewer cells than it says"),
        (lambda about: about.update(baseline="gone"), "baseline gone takes no part"),
    ],
)
def test_what_is_wrong_with_a_plan_is_named(folder: Path, change: Edit, says: str) -> None:
    edit(folder, change)
    assert says in refusal(folder)


@pytest.mark.parametrize(
    "options",
    [["--n-x", "3"], ["--seed", "0"], ["--peers"], ["--add", "x.py"], ["--out", "elsewhere"]],
)
def test_other_options_than_the_runs_own_are_refused(
    folder: Path, capsys, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    command = ["benchmarks", "run", "--resume", str(folder), *options]
    monkeypatch.setattr(sys, "argv", command)
    assert main() == 2
    assert f"leave out {options[0]}" in capsys.readouterr().err


HOLD = """
import sys; from pathlib import Path; from benchmarks.results.lock import FolderLock
lock = FolderLock(Path(sys.argv[1])); print("held", flush=True); sys.stdin.read()
"""


def test_a_run_that_another_process_writes_is_left_alone(folder: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(folder)]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        assert process.stdout and process.stdin
        assert process.stdout.readline() == "held\n"
        before = (folder / "samples.csv").read_bytes()
        with pytest.raises(LockedError, match=f"process {process.pid} writes there now"):
            Writer(folder)
        assert (folder / "samples.csv").read_bytes() == before
        process.kill()  # and no lock is left of a process that was killed
        process.wait()
        Writer(folder).close()
        process.stdin.close()


def test_that_a_torn_last_line_was_dropped_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running.Scheduler, "run", lambda scheduler: None)
    path = folder / "samples.csv"
    whole = path.read_bytes()
    path.write_bytes(whole + whole.splitlines()[-1][:20])
    plan, about = saved_plan.resumed(folder, None)
    running.execute(plan, folder, about, lambda *_: None)
    after = read(folder)
    assert path.read_bytes() == whole
    assert len(after.samples) == 2
    assert after.about["warnings"] == [
        "a last line of samples.csv was not finished: 20 bytes were dropped"
    ]


def test_two_new_folders_of_the_same_second_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Stopped":
            return cls(2026, 11, 26, 1, 2, 3, tzinfo=UTC)

    monkeypatch.setattr(running, "datetime", Stopped)
    monkeypatch.setattr(running, "REPORTS", tmp_path / "reports")
    names = ["machine", "machine", "../../etc", "a/b\n'$x", "あ" * 100]
    folders = [running.new_folder(name) for name in names]
    assert len({*folders}) == len(names)
    assert all(folder.parent == tmp_path / "reports" and folder.is_dir() for folder in folders)
