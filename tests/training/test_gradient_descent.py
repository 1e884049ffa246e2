"""Gradient descent: Repeat { w := w - α dw; b := b - α db }."""

import json
import subprocess
import sys
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from benchmarks import registry
from benchmarks.data import load, synthetic
from benchmarks.registry import FOLDER, ROOT
from benchmarks.training.gradient_descent import FitError, accuracy, descend, split

DATA = synthetic(4, 60, seed=1)


def _last(name: str, data, alpha: float, steps: int):
    try:
        module = registry.load(registry.implementations()[name])
    except ModuleNotFoundError as error:
        pytest.skip(registry.missing_library(error) or str(error))
    return list(descend(module, data, alpha, steps))[-1]


@cache
def _last_on_tumours(name: str):
    return _last(name, load("breast_cancer"), 0.1, 20)


@pytest.mark.parametrize("name", [n for n in registry.implementations() if n != "python_loops"])
def test_every_implementation_arrives_at_the_w_and_b_of_the_plain_loop(name: str) -> None:
    loop, end = _last_on_tumours("python_loops"), _last_on_tumours(name)
    np.testing.assert_allclose(end.w, loop.w, rtol=1e-12)
    assert end.b == pytest.approx(loop.b, rel=1e-12)
    assert pytest.approx(loop.J, rel=1e-12) == end.J


def test_the_cost_starts_at_ln_2_and_falls_at_every_step():
    module = registry.load(FOLDER / "numpy_vectorized.py")
    costs = [state.J for state in descend(module, DATA, 0.1, 50)]
    assert len(costs) == 51
    assert costs[0] == pytest.approx(np.log(2))
    assert all(after < before for before, after in pairwise(costs))


def test_a_step_is_w_minus_alpha_dw():
    module = registry.load(FOLDER / "numpy_vectorized.py")
    first, second = descend(module, DATA, 0.25, 1)
    gradient = module.cost_gradient(first.w, first.b, DATA.X, DATA.Y)
    np.testing.assert_allclose(second.w, first.w - 0.25 * gradient.dw)
    assert second.b == pytest.approx(first.b - 0.25 * gradient.db)


def test_accuracy_counts_the_examples_on_the_right_side():
    w, X = np.array([[1.0]]), np.array([[-2.0, -1.0, 1.0, 2.0]])
    assert accuracy(w, 0.0, X, np.array([[0, 0, 1, 1]])) == 1.0
    assert accuracy(w, 0.0, X, np.array([[0, 1, 1, 1]])) == 0.75


def test_a_fifth_is_held_out_where_the_data_brings_no_test_set():
    whole = split(DATA, seed=7)
    assert whole.X_test is not None and whole.Y_test is not None
    assert (whole.m, whole.X_test.shape[1]) == (48, 12)
    together = np.hstack([whole.X, whole.X_test])
    assert sorted(map(tuple, together.T)) == sorted(map(tuple, DATA.X.T))
    np.testing.assert_array_equal(split(DATA, seed=7).X, whole.X)
    assert split(synthetic(2, 4, seed=0), seed=0).X_test is None


def test_a_wrong_implementation_is_not_trained_with():
    class Wrong:
        @staticmethod
        def cost_gradient(w, b, X, Y):
            return 1.0, 0 * w, 0.0

    with pytest.raises(FitError, match="J is 1"):
        next(descend(Wrong, DATA, 0.1, 1))  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_command_writes_the_cost_curve_and_says_both_accuracies(tmp_path):
    out = tmp_path / "fit"
    command = [sys.executable, "-m", "benchmarks", "fit", "--data", "cat", "--steps", "100"]
    command += ["--implementation", "numpy_vectorized", "--out", str(out)]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert process.returncode == 0, process.stderr
    assert "training accuracy" in process.stdout and "test accuracy" in process.stdout
    costs = pd.read_csv(out / "cost.csv")
    assert list(costs.columns) == ["step", "J"]
    assert len(costs) == 101
    assert costs["J"].iloc[-1] < costs["J"].iloc[0]
    for name in ("cost.svg", "cost.png", "parameters.npz"):
        assert (out / name).stat().st_size > 1000
    assert json.loads((out / "fit.json").read_text())["alpha"] == 0.005
