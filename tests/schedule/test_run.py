"""A whole run, small: what it leaves, what it survives, how it goes on after it was stopped."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from in_process import Ended, call

from benchmarks.registry import FOLDER, ROOT
from benchmarks.results import store

QUICK = ["--n-x", "5", "--m", "40,90", "--quiet"]
HOSTILE = {
    "exits": "    import os; os._exit(3)",
    "raises": "    raise KeyboardInterrupt",
    "shouts": "    print('rubbish' * 10**5)\n    import os; os.write(1, b'x'); os.write(2, b'y')",
    "clock": "    import time; time.perf_counter_ns = lambda: 0",
    "cyclic": "    cache = {'A': np.ones(4096)}; cache['me'] = cache",
    "wrong_when_timed": "    if X.shape == (5, 90): b = b + 1e-9",
    "gone_when_timed": "    import os; X.shape == (5, 90) and os._exit(9)",
}

pytestmark = pytest.mark.slow


def _variant(folder: Path, name: str, line: str) -> Path:
    text = (FOLDER / "numpy_vectorized.py").read_text()
    head = "def cost_gradient(w, b, X, Y):\n"
    assert head in text
    path = folder / f"{name}.py"
    path.write_text(text.replace(head, head + line + "\n"))
    return path


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Path]:
    """A run of two implementations and a crowd of hostile ones: two sets, however long they take."""
    folder = tmp_path_factory.mktemp("run")
    added = [("--add", _variant(folder, name, line)) for name, line in HOSTILE.items()]
    options = [part for pair in added for part in pair]
    options += ["-i", "numpy_vectorized,numpy_per_example", "--processes", "2", "--budget", "120"]
    out = folder / "out"
    return call(ROOT, "run", *QUICK, *options, "--out", out), out


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A run that was interrupted after its first samples, and then resumed and completed."""
    folder = tmp_path_factory.mktemp("resumed")
    mine, out = _variant(folder, "mine", "    w = w"), folder / "out"
    command = [sys.executable, "-m", "benchmarks", "run", *QUICK, "-i", "mine", "--add", str(mine)]
    command += ["--budget", "30", "--processes", "60", "--out", str(out)]  # not soon done
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    _wait_for(lambda: _has_rows(out / "samples.csv"))
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    before = store.read(out)
    again = call(ROOT, "run", "--resume", out, "--budget", 3, "--quiet")
    return SimpleNamespace(
        mine=mine, out=out, process=process, stderr=stderr, before=before, again=again
    )


def test_the_folder_holds_what_is_promised(finished):
    _, out = finished
    for name in ("run.json", "cells.csv", "samples.csv", "summary.csv", "README.md"):
        assert (out / name).stat().st_size > 0, name
    assert list((out / "figures").glob("*.svg"))
    assert list((out / "figures").glob("*.png"))


def test_every_sample_is_kept_in_several_processes_and_paired_rounds(finished):
    samples = store.read(finished[1]).samples
    good = samples[samples["implementation"].isin(["numpy_vectorized", "numpy_per_example"])]
    rounds = good.groupby(["implementation", "m", "process"])["round"].apply(set)
    for name in ("numpy_vectorized", "numpy_per_example"):  # and more, where others disturbed one
        assert all({0, 1} <= of_process for of_process in rounds.loc[name])
    assert good["process"].nunique() >= 2
    assert (good["elapsed_ns"] > 0).all()


def test_hostile_implementations_cost_their_own_cells_and_nothing_else(finished):
    cells = store.read(finished[1]).cells.set_index(["implementation", "m"])["status"]
    for name in ("numpy_vectorized", "numpy_per_example", "shouts", "clock", "cyclic"):
        assert (cells[name] == "ok").all(), name
    assert (cells["exits"] == "crashed").all()
    assert (cells["raises"] == "crashed").all()
    assert cells["gone_when_timed", 40] == "ok"
    assert cells["gone_when_timed", 90] == "crashed"


def test_who_leaves_arrays_in_cycles_is_warned_of_and_nobody_else(finished):
    cells = store.read(finished[1]).cells
    warned = cells[cells["warnings"].str.contains("garbage", na=False)]
    assert set(zip(warned["implementation"], warned["m"], strict=True)) == {
        ("cyclic", 40),
        ("cyclic", 90),
    }
    assert warned["warnings"].str.contains("32 KiB a call", regex=False).all()


def test_a_wrong_implementation_is_never_timed_where_it_is_wrong(finished):
    process, out = finished
    run = store.read(out)
    cells = run.cells.set_index(["implementation", "m"])
    assert cells.loc[("wrong_when_timed", 90), "status"] == "disagrees"
    wrong = run.samples["implementation"] == "wrong_when_timed"
    assert not (wrong & (run.samples["m"] == 90)).any()
    assert process.returncode == 1
    assert "wrong_when_timed" in process.stderr


def test_what_failed_says_why_in_the_table_and_on_standard_error(finished):
    process, out = finished
    cells = store.read(out).cells
    failed = cells[cells["status"] != "ok"]
    assert len(failed) and failed["reason"].str.len().gt(20).all()
    assert "Traceback" not in process.stderr + process.stdout


def test_run_json_says_what_repeats_the_run_and_where_the_time_went(finished):
    about = json.loads((finished[1] / "run.json").read_text())
    assert about["state"] == "complete"
    assert about["command"].startswith("python -m benchmarks run --n-x 5")
    assert about["seed"] == 0
    assert about["baseline"] == "numpy_vectorized"
    assert about["machine"]["cores"] >= 1
    assert about["versions"]["numpy"]
    spent = sum(seconds for name, seconds in about["budget"].items() if name not in _NOT_SPENT)
    assert spent <= about["budget"]["wall_s"] * 1.01
    assert about["budget"]["measuring_share"] > 0


_NOT_SPENT = ("wall_s", "measuring_share")


def test_an_answer_is_held_against_its_bound_in_every_cell(finished):
    cells = store.read(finished[1]).cells
    good = cells[cells["status"] == "ok"]
    assert (good["error"] <= good["bound"]).all()
    assert good["bound"].lt(1e-10).all()


def test_what_would_cost_more_than_its_share_is_skipped_with_the_prediction(tmp_path):
    out = tmp_path / "out"
    names = "python_loops,numpy_vectorized"
    sizes = ["--n-x", "100", "--m", "100,1000,30000", "--quiet"]
    process = call(ROOT, "run", *sizes, "-i", names, "--budget", 4, "--out", out)
    assert process.returncode == 0, process.stderr
    cells = store.read(out).cells.set_index(["implementation", "m"])
    assert cells.loc[("python_loops", 30000), "status"] == "skipped"
    assert "predicted from 2 smaller cells" in str(cells.loc[("python_loops", 30000), "reason"])
    assert cells.loc[("numpy_vectorized", 30000), "status"] == "ok"


def test_a_run_that_is_interrupted_keeps_what_it_has_and_goes_on_with_resume(resumed):
    before, again = resumed.before, resumed.again
    assert resumed.process.returncode == 130, resumed.stderr
    assert "Traceback" not in resumed.stderr
    assert before.about["state"] == "interrupted"
    assert len(before.samples) > 0
    assert again.returncode == 0, again.stderr
    after = store.read(resumed.out)
    assert after.about["state"] == "complete"
    assert len(after.samples) > len(before.samples)
    pd.testing.assert_frame_equal(
        after.samples.head(len(before.samples)), before.samples, check_categorical=False
    )
    assert call(ROOT, "run", "--resume", resumed.out).returncode == 2


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not condition():
        time.sleep(0.02)


def _has_rows(path: Path) -> bool:
    return path.exists() and path.read_text().count("\n") > 3


def _interrupted_copy(resumed: SimpleNamespace, folder: Path) -> Path:
    """A copy of the run, as if it had been interrupted at its very end."""
    out = folder / "out"
    shutil.copytree(resumed.out, out)
    about = json.loads((out / "run.json").read_text())
    (out / "run.json").write_text(json.dumps(about | {"state": "interrupted"}))
    return out


def test_what_was_measured_stays_measured_when_a_resumed_run_is_stopped_early(resumed, tmp_path):
    out = _interrupted_copy(resumed, tmp_path)
    before = store.read(out)
    assert list(before.cells["status"]) == ["ok"] * 4  # two cells, with the control
    command = [sys.executable, "-m", "benchmarks", "run", "--resume", str(out), "--quiet"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    _wait_for(lambda: json.loads((out / "run.json").read_text())["state"] == "running")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    pd.testing.assert_frame_equal(store.read(out).cells, before.cells)


def test_a_run_of_code_that_has_changed_since_is_not_gone_on_with(resumed, tmp_path):
    out, text = _interrupted_copy(resumed, tmp_path), resumed.mine.read_text()
    resumed.mine.write_text(text.replace("w = w", "w = 1 * w"))
    process = call(ROOT, "run", "--resume", out)
    resumed.mine.write_text(text)
    assert process.returncode == 2
    assert "is not what it was when the run began" in process.stderr
    assert len(process.stderr.strip().splitlines()) == 1


def test_with_cold_caches_each_call_is_timed_alone_and_told_apart(tmp_path: Path) -> None:
    asked = ["--n-x", "5", "--m", "40", "--cache", "warm,cold", "--processes", "1", "--quiet"]
    names = ["-i", "numpy_vectorized", "-o", "dot", "--budget", "30"]
    ended = call(ROOT, "run", *asked, *names, "--out", tmp_path / "out")
    assert ended.returncode == 0, ended.stderr
    run = store.read(tmp_path / "out")
    assert set(run.cells["cache"]) == {"warm", "cold"} and set(run.cells["status"]) == {"ok"}
    cold = run.samples[run.samples["cache"] == "cold"]
    assert len(cold) and (cold["loops"] == 1).all()
    page = (tmp_path / "out" / "README.md").read_text()
    assert "cold caches" in page and "warm caches" in page
