"""A fit's folder: checkpoints, and a fit that was killed goes on to the same end, bit for bit."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from in_process import call, refused

from benchmarks.cli import _dask
from benchmarks.cli import fit as command
from benchmarks.data import Dataset, Synthetic, large, writing
from benchmarks.registry import FOLDER, ROOT, load
from benchmarks.training import fit
from benchmarks.training.gradient_descent import descend, split

ARGUMENTS = ["--data", "breast_cancer", "-i", "numpy_vectorized", "--alpha", "0.1"]


def parameters(folder: Path) -> tuple[np.ndarray, float]:
    with np.load(folder / "parameters.npz") as file:
        return file["w"], float(file["b"])


def same(one: Path, other: Path) -> bool:
    (w, b), (v, c) = parameters(one), parameters(other)
    return bool(
        np.array_equal(w, v)
        and b == c
        and (one / "cost.csv").read_text() == (other / "cost.csv").read_text()
    )


def test_a_fit_that_stopped_goes_on_to_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    assert call(tmp_path, "fit", *ARGUMENTS, "--steps", "60", "--out", whole).returncode == 0
    monkeypatch.setattr(fit, "_SAVE_EVERY_S", 0.0)
    save, saved = fit._save, []

    def stop(*arguments) -> None:
        save(*arguments)
        saved.append(arguments[1].step)
        if saved.count(23) == 1 and saved[-1] == 23:
            raise KeyboardInterrupt

    monkeypatch.setattr(fit, "_save", stop)
    ended = call(tmp_path, "fit", *ARGUMENTS, "--steps", "60", "--out", stopped)
    assert ended.returncode == 130 and f"fit --resume {stopped}" in ended.stdout
    assert call(tmp_path, "fit", "--resume", stopped).returncode == 0
    assert saved[24:26] == [23, 24]  # it begins with the step that it had come to
    assert same(whole, stopped)
    assert not (stopped / "checkpoint.npz").exists()
    assert "complete" in refused(call(tmp_path, "fit", "--resume", stopped))


@pytest.mark.slow
def test_a_fit_that_is_killed_goes_on_to_the_same_end(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    steps = ["--steps", "30000"]
    python = [sys.executable, "-m", "benchmarks", "fit", "--quiet"]
    process = subprocess.Popen([*python, *ARGUMENTS, *steps, "--out", str(killed)], cwd=ROOT)
    until = time.monotonic() + 30
    while not (killed / "checkpoint.npz").exists() and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert call(tmp_path, "fit", "--quiet", "--resume", killed).returncode == 0
    assert call(tmp_path, "fit", "--quiet", *ARGUMENTS, *steps, "--out", whole).returncode == 0
    assert same(whole, killed)


def test_a_fit_that_fails_at_its_first_step_leaves_nothing(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("def cost_gradient(w, b, X, Y):\n    return 1.0, 0 * w, 0.0\n")
    ended = call(tmp_path, "fit", "--add", wrong, "--quiet", "--out", tmp_path / "f")
    assert "disagrees" in refused(ended, status=1)
    assert not (tmp_path / "f").exists()


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", '{"state": "running"}'])
def test_a_folder_without_a_fit_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "fit.json").write_text(text)
    (tmp_path / "f" / "checkpoint.npz").write_text(text)
    assert "no fit to go on with" in refused(call(tmp_path, "fit", "--resume", tmp_path / "f"))


def test_what_was_asked_is_not_asked_again(tmp_path: Path) -> None:
    message = refused(call(tmp_path, "fit", "--resume", tmp_path, "--alpha", "1"))
    assert "leave out --alpha" in message


def test_data_on_disk_gives_the_descent_of_data_in_memory(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="distributed is not installed: make scale")
    wanted = writing.Wanted(Synthetic(4, 5000, 1), "float64", 1000)
    writing.write(tmp_path / "x.npy", wanted, 2, lambda share: None)
    data = split(large.read(tmp_path / "x.npy", hold=False), 0)
    assert data.X.shape == (4, 4000) and data.X_test.shape == (4, 1000)
    held = Dataset("x", np.asarray(data.X), np.asarray(data.Y))
    in_memory = list(descend(load(FOLDER / "numpy_vectorized.py"), held, 0.5, 10))[-1]
    on_disk = list(descend(load(FOLDER / "dask_blocks.py"), data, 0.5, 10))[-1]
    np.testing.assert_allclose(in_memory.w, on_disk.w, rtol=1e-11)


def test_an_implementation_that_needs_memory_is_told_the_one_that_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = writing.Wanted(Synthetic(4, 500, 1), "float64", 1000)
    writing.write(tmp_path / "x.npy", wanted, 2, lambda share: None)
    monkeypatch.setattr(large, "_HELD_SHARE", 0.0)
    asked = ["fit", "--data", tmp_path / "x.npy", "-i", "numpy_vectorized"]
    message = refused(call(tmp_path, *asked, "--out", tmp_path / "o"), status=1)
    assert "needs X in memory, 12800 bytes" in message and command.ON_DISK in message
    assert not (tmp_path / "o").exists()


def test_what_was_asked_is_in_the_folder_as_plain_data(tmp_path: Path) -> None:
    assert (
        call(tmp_path, "fit", *ARGUMENTS, "--steps", "2", "--out", tmp_path / "f").returncode == 0
    )
    about = json.loads((tmp_path / "f" / "fit.json").read_text())
    assert about["source"] == "breast_cancer" and about["state"] == "complete"
    assert about["path"] == "implementations/numpy_vectorized.py" and about["variables"] == {}


def test_no_variable_is_set_that_is_none_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DASK_BLOCKS_EXAMPLES", raising=False)
    asked: list[object] = [None, [], {"PATH": "x", "DASK_BLOCKS_EXAMPLES": "7", "DASK_BLOCKS_N": 1}]
    for variables in asked:
        _dask.restore(variables)
    assert os.environ["DASK_BLOCKS_EXAMPLES"] == "7"
    assert os.environ["PATH"] != "x" and "DASK_BLOCKS_N" not in os.environ
    monkeypatch.delenv("DASK_BLOCKS_EXAMPLES")


def test_what_is_tested_on_may_come_from_another_file(tmp_path: Path) -> None:
    X, Y = np.arange(24.0).reshape(2, 12) / 24, np.arange(12).reshape(1, 12) % 2
    np.savez(tmp_path / "train.npz", X=X, Y=Y)
    np.savez(tmp_path / "test.npz", X=X[:, :7], Y=Y[:, :7])
    asked = ["fit", "--data", tmp_path / "train.npz", "--test", tmp_path / "test.npz", "--steps", 2]
    ended = call(tmp_path, *asked, "--out", tmp_path / "f")
    assert ended.returncode == 0
    assert "of 12 examples" in ended.stdout and "of 7 examples" in ended.stdout
    about = json.loads((tmp_path / "f" / "fit.json").read_text())
    assert about["test"] == str(tmp_path / "test.npz")
