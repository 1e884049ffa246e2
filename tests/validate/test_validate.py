"""`validate`: its variants are as slow as they say, its steps are complete, its sums are right."""

from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from benchmarks import registry
from benchmarks.results.records import Cell
from benchmarks.validate import experiment, other_tools, trial
from benchmarks.validate.experiment import TRIALS, read
from benchmarks.validate.tables import markdown, tables

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("share", [0.0, 0.03, 0.2])
def test_a_variant_waits_for_its_share_of_the_call(tmp_path: Path, monkeypatch, share) -> None:
    module = registry.load(trial.write_variant(tmp_path, share))
    now = count(step=1000)  # a clock that goes on by 1 µs at every look
    passed = {"ns": 0}

    def call(*_):
        passed["ns"] += 100_000
        return "answer"

    monkeypatch.setattr(module, "perf_counter_ns", lambda: next(now) + passed["ns"])
    monkeypatch.setattr(module.measured, "cost_gradient", call)
    start = next(now) + passed["ns"]
    assert module.cost_gradient(1, 2, 3, 4) == "answer"
    elapsed = next(now) + passed["ns"] - start
    assert elapsed == pytest.approx(100_000 * (1 + share), abs=5000)


def test_variants_differ_in_their_share_alone(tmp_path: Path) -> None:
    paths = [trial.write_variant(tmp_path, share) for share in (0.0, 0.1)]
    lines = [path.read_text(encoding="utf-8").splitlines() for path in paths]
    assert [a[:5] for a, b in zip(*lines, strict=True) if a != b] == ['"""nu', "SHARE"]
    assert len({len(str(path)) for path in paths}) == 1


def test_the_busy_process_ends_with_its_context() -> None:
    with trial.busy_core(1):
        busy = psutil.Process().children()
        assert busy
    assert not any(process.is_running() for process in busy)


def test_an_experiment_has_as_many_of_each_kind_as_its_promises_need() -> None:
    verdicts: dict[tuple[str, float], int] = {}
    for step in experiment.steps(TRIALS):
        for share in step.shares:
            key = (step.kind, share)
            verdicts[key] = verdicts.get(key, 0) + len(trial.SIZES)
    assert verdicts["quiet", 0.0] >= 300
    assert verdicts["quiet", 0.10] >= 80
    assert verdicts["quiet", 0.20] >= 80
    assert min(verdicts["quiet", 0.03], verdicts["quiet", 0.05]) >= 16
    assert verdicts["load", 0.0] >= 80
    assert verdicts["pytest", 0.0] >= 48
    assert verdicts["pyperf", 0.0] >= 12


def test_half_of_an_experiment_is_half_of_every_kind() -> None:
    steps = experiment.steps(TRIALS)
    half = [step.kind for step in steps[: len(steps) // 2]]
    for kind in {step.kind for step in steps}:
        whole = sum(step.kind == kind for step in steps)
        assert abs(half.count(kind) - whole / 2) <= 1, kind
    assert len({str(step) for step in steps}) == len(steps)


def test_without_a_tool_the_rest_is_done(monkeypatch) -> None:
    monkeypatch.setattr(other_tools, "available", lambda module: module == "pyperf")
    assert {step.kind for step in experiment.steps(8)} == {"quiet", "load", "pyperf"}


def row(step: str, verdict: str, injected: float, **more) -> dict:
    own = {"step": step, "method": trial.METHOD, "threshold": 0.05, "load": 0, "n_x": 16, "m": 256}
    own |= {"injected": injected, "verdict": verdict, "ratio": 1.0, "ratio_low": 0.98}
    own |= {"ratio_high": 1.02, "sets": 5, "measured_s": 2.0, "wall_s": 7.0}
    return own | {"process_ratios": "1.0 1.01 0.99"} | more


def test_an_interrupted_experiment_goes_on_where_it_was(tmp_path: Path, monkeypatch) -> None:
    done: list[str] = []

    def runner(_folder):
        def run(step):
            if len(done) == 3 and "stopped" not in done:
                done.append("stopped")
                raise KeyboardInterrupt
            done.append(str(step))
            return [row("", "same", 0.0) for _ in range(4)]

        return run

    monkeypatch.setattr(experiment, "_runner", runner)
    path = tmp_path / "new" / "trials.csv"
    with pytest.raises(KeyboardInterrupt):
        experiment.run(path, experiment.steps(4), lambda *_: None)
    assert read(path)["step"].nunique() == 3
    experiment.run(path, experiment.steps(4), lambda *_: None)
    experiment.run(path, experiment.steps(4), lambda *_: None)
    done.remove("stopped")
    assert done == [str(step) for step in experiment.steps(4)]
    assert (read(path).groupby("step").size() == 4).all()


def test_the_table_counts_what_was_said() -> None:
    said = ["same"] * 6 + ["slower", "faster", "inconclusive", "same"]
    rows = [row(f"quiet {k}", verdict, 0.0) for k, verdict in enumerate(said)]
    rows += [row("quiet 20", "inconclusive", 0.0, n_x=1000, m=20_000)]
    rows += [row("quiet 30", "slower", 0.10), row("quiet 31", "faster", 0.10)]
    rows += [row("quiet 32", "slower", 0.2), row("load 1", "slower", 0.0, load=1)]
    rows += [row("pytest 1", "slower", 0.0, method="other", measured_s=None, load=None)]
    table = {line["method"]: line for line in tables(pd.DataFrame(rows))["Verdicts"]}
    ours = table["compare"]
    assert ours["called identical code different"] == "18.2% (2 of 11)"
    assert ours["decided on it, in cache"] == "90.0% (9 of 10)"
    assert ours["decided on it, beyond cache"] == "0.0% (0 of 1)"
    assert ours["it differed by"] == "median 0%, 90th 0%, 99th 0%"
    assert ours["samples of a verdict"] == "median 2.0 s, mean 2.0 s"
    assert ours["threshold"] == "5%"
    assert ours["saw 10%"] == "50.0% (1 of 2)"
    assert ours["saw 20%"] == "100.0% (1 of 1)"
    assert "saw 3%" not in ours
    assert table["compare, one core busy on and off"]["called identical code different"].startswith(
        "100.0%"
    )
    assert table["other"]["samples of a verdict"] == ""
    assert "compare" in markdown(pd.DataFrame(rows))


def test_each_threshold_has_rows_of_its_own() -> None:
    rows = [row(f"quiet {k}", "same", 0.0, ratio=1.1) for k in range(3)]
    rows += [
        row("quiet 0 at 0.02", "slower", share, threshold=0.02, load=load, wall_s=wall_s)
        for load in (0, 1)
        for share, wall_s in ((0.0, 1.0), (0.05, 2.0), (0.05, 6.0))
    ]
    table = tables(pd.DataFrame(rows))["Verdicts"]
    assert [line["threshold"] for line in table] == ["5%", "2%", "2%"]
    assert [line["saw 5%"] for line in table] == ["", *["100.0% (2 of 2)"] * 2]
    assert table[1]["wall time of a verdict"] == "median 2.0 s, mean 3.0 s"
    assert table[0]["it differed by"] == "median 9.5%, 90th 9.5%, 99th 9.5%"


def test_a_sitting_at_two_percent_is_of_our_trials_alone_and_injects_beside_a_load_too() -> None:
    steps = experiment.steps(40, 0.02)
    assert {step.kind for step in steps} == {"quiet", "load"}
    assert len(experiment.steps(40, 0.02, ["quiet"])) == 40
    for kind in ("quiet", "load"):
        assert {s for step in steps if step.kind == kind for s in step.shares} == {0.0, 0.05, 0.1}
    assert not {str(step) for step in steps} & {str(step) for step in experiment.steps(40)}


def test_verdicts_of_an_earlier_version_are_kept_and_were_at_five_percent(
    tmp_path: Path, monkeypatch
) -> None:
    path = tmp_path / "trials.csv"
    pd.DataFrame([row("quiet 0", "same", 0.0)]).drop(columns="threshold").to_csv(path, index=False)
    assert read(path)["threshold"].tolist() == [0.05]
    monkeypatch.setattr(experiment, "_runner", lambda _: lambda step: [row("", "same", 0.05)])
    experiment.run(path, experiment.steps(2, 0.02, ["quiet"]), lambda *_: None)
    table = read(path)
    assert table["step"].tolist() == ["quiet 0", "quiet 0 at 0.02", "quiet 1 at 0.02"]
    assert table["threshold"].tolist() == [0.05, 0.02, 0.02]
    assert table.columns.tolist() == experiment.COLUMNS


@pytest.mark.parametrize(("reach", "least", "most"), [(1.96, 0.9, 1.0), (0.5, 0.2, 0.6)])
def test_coverage_is_that_of_the_intervals(reach: float, least: float, most: float) -> None:
    """Intervals of the mean of 9 processes that reach 1.96 standard errors hold about 95%."""
    rng = np.random.default_rng(5)
    rows = []
    for k in range(200):
        logs = 0.03 * rng.standard_normal(9)
        far = reach * 0.03 * 1.25 / 3  # the standard error of a median
        low, value, high = np.exp(np.median(logs) + np.array([-far, 0, far]))
        ratios = " ".join(f"{ratio:.5f}" for ratio in np.exp(logs))
        known = {"ratio": value, "ratio_low": low, "ratio_high": high, "process_ratios": ratios}
        rows.append(row(f"quiet {k}", "same", 0.0, **known))
    held = tables(pd.DataFrame(rows))["Intervals"][0]
    share = float(held["95% intervals that hold the value of ten trials"].partition("%")[0]) / 100
    assert least <= share <= most


@pytest.mark.long
def test_one_trial_with_real_workers(tmp_path: Path, monkeypatch) -> None:
    small = (Cell("cost_gradient", "synthetic", 16, 256, threads=1),)
    monkeypatch.setattr(trial, "cells", lambda: small)
    # At 25% it is soon decided, whatever else runs here.
    rows = trial.TrialRunner(tmp_path).run((0.0, 1.0), loaded=False, seed=1, threshold=0.25)
    found = pd.DataFrame(rows)
    assert found["injected"].tolist() == [0.0, 1.0]
    assert found["verdict"].tolist()[1] == "slower"
    assert (found["ratio_low"] <= found["ratio"]).all()
    assert (found["sets"] >= 5).all()
    assert [len(text.split()) for text in found["process_ratios"]] == found["sets"].tolist()
    assert set(found.columns) < set(experiment.COLUMNS)


def test_pytest_benchmark_is_asked_as_its_users_ask_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(other_tools, "SIZES", ((4, 50),))
    other_tools.prepare(tmp_path / "aside")
    found = pd.DataFrame(other_tools.pytest_benchmark(tmp_path / "aside", [9.0]))
    assert found["method"].tolist() == [
        "pytest-benchmark mean:5%",
        "pytest-benchmark median:5%",
    ]
    assert found["verdict"].tolist() == ["slower", "slower"]  # ten times: no noise hides that
