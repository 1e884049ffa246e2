"""How long training takes with each: clocks, projections, crossings, agreement; and the whole command."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from in_process import call, refused

from benchmarks.data import Dataset
from benchmarks.training import time_to_cost
from benchmarks.training.race import Descent

STEPS = 100
X = np.random.default_rng(0).standard_normal((2, 30))
DATA = Dataset("made up", X, (X[:1] > 0).astype(float))


def descent(
    name: str, process: int, start_s: float, step_s: float, done: int = STEPS, w: float = 1.0
) -> Descent:
    """One that takes so long to start, and so long for each step."""
    taken = [(round(1e9 * step_s), 0.69 * 0.99**k) for k in range(done)]
    return Descent(name, process, round(1e9 * start_s), taken, np.full((2, 1), w), 0.5)


EARLY = [descent("early", k, 0.1, 0.02 + 0.0002 * k) for k in range(6)]
LATER = [descent("later", k, 1.1, 0.002) for k in range(6)]


def test_a_clock_counts_from_the_start_of_the_process() -> None:
    clock = time_to_cost.clock_s(LATER[0], STEPS)
    assert clock[0] == pytest.approx(1.102) and clock[-1] == pytest.approx(1.3)


def test_steps_that_there_was_no_time_for_are_projected_and_said_to_be() -> None:
    slow = [descent("slow", k, 0.5, 0.4, done=10) for k in range(6)]
    table = time_to_cost.table([*slow, *LATER], STEPS).set_index("implementation")
    assert table.loc["slow", "seconds"] == pytest.approx(0.5 + 0.4 * STEPS)
    assert list(table["steps_done"]) == [STEPS, 10]
    first = descent("first", 0, 0.0, 1.0, done=1)
    assert time_to_cost.clock_s(first, 3) == pytest.approx([1.0, 2.0, 3.0])


def test_the_first_to_finish_comes_first_with_its_interval() -> None:
    table = time_to_cost.table([*EARLY, *LATER], STEPS)
    assert list(table["implementation"]) == ["later", "early"]
    early = table.iloc[1]
    assert early["seconds_low"] == pytest.approx(2.1, rel=0.01)
    assert early["seconds_high"] == pytest.approx(2.2, rel=0.01)
    assert early["seconds"] == pytest.approx(2.15)
    assert early["start_s"] == pytest.approx(0.12, rel=0.01)


def test_who_starts_later_and_is_ahead_from_a_step_on_is_said() -> None:
    """0.1 + 0.0205 k and 1.1 + 0.002 k are equal at k = 54."""
    [line] = time_to_cost.crossings(time_to_cost.curves([*EARLY, *LATER], STEPS))
    assert line.startswith("later ends its first step 98") and "after early" in line
    assert line.endswith("is ahead from step 55 on.")
    assert list(time_to_cost.crossings(time_to_cost.curves(EARLY, STEPS))) == []


def test_those_that_finished_agree_or_not() -> None:
    both = [*EARLY, *LATER]
    agreed = time_to_cost.agreement(both, DATA, 0.01, STEPS)
    assert agreed is not None and agreed.names == 2
    assert agreed.difference == 0 < agreed.bound < 1e-12
    off = time_to_cost.agreement([*both, descent("off", 0, 0, 1, w=1.0001)], DATA, 0.01, STEPS)
    assert off is not None and off.difference == pytest.approx(1e-4) and off.difference > off.bound
    assert time_to_cost.agreement(EARLY, DATA, 0.01, STEPS) is None


@pytest.mark.slow
def test_the_command_races_them_and_says_who_is_first(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", X=DATA.X, Y=DATA.Y)
    asked = ["fit", "--data", "data.npz", "-i", "numpy_vectorized,python_loops", "--steps", 40]
    ended = call(tmp_path, *asked, "--alpha", 0.1, "--budget", 2, "--quiet", "--out", "out")
    assert ended.returncode == 0, ended.stderr
    names = {"numpy_vectorized", "python_loops"}
    table = pd.read_csv(tmp_path / "out" / "time_to_cost.csv")
    assert set(table["implementation"]) == names and (table["seconds"] > 0).all()
    steps = pd.read_csv(tmp_path / "out" / "steps.csv")
    counts = steps.groupby(["implementation", "process"]).size()
    assert len(counts) == 10 and (counts >= 3).all()
    for _, own in steps.groupby(["implementation", "process"]):
        assert own["seconds"].is_monotonic_increasing and own["J"].is_monotonic_decreasing
    assert (tmp_path / "out" / "time_to_cost.png").stat().st_size > 10_000
    assert all(name in ended.stdout for name in names)
    if (table["steps_done"] == 40).all():  # else there was no time for it
        assert "differ by" in ended.stdout and "within what rounding allows" in ended.stdout


def test_what_cannot_be_raced_is_refused_in_a_line(tmp_path: Path) -> None:
    two = ["-i", "numpy_vectorized,python_loops"]
    assert "nobody" in refused(call(tmp_path, "fit", "-i", "numpy_vectorized,nobody", "--quiet"))
    assert "--budget is for several" in refused(call(tmp_path, "fit", "--budget", "5", "--quiet"))
    diverging = call(
        tmp_path, "fit", "--data", "cat", *two, "--alpha", "1e308", "--steps", "3", "--budget", "1",
        "--quiet", "--out", "out",
    )  # fmt: skip
    assert "try a smaller --alpha" in refused(diverging, 1)
