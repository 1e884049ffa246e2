"""What is exported as pytest-benchmark's JSON: its own tools read it, and compute the same from it."""

import csv
from pathlib import Path

import numpy as np
import pytest
from pytest_benchmark.stats import Stats
from test_export import NAMES, PROCESSES, ROUNDS, SMALL, a_run, in_json, name_of, tool, write_pb

from benchmarks.export.pytest_benchmark import stats

COLUMNS = ("median", "mean", "min", "max", "stddev", "rounds", "iterations")


def compared(*files: Path, folder: Path) -> list[dict[str, str]]:
    """The rows of `pytest-benchmark compare`, which it writes in seconds."""
    columns = f"--columns={','.join(COLUMNS)}"
    tool("pytest-benchmark", "compare", *files, "--csv=rows.csv", columns, cwd=folder)
    with (folder / "rows.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_pytest_benchmark_compares_the_implementations_of_a_cell_in_one_table(
    tmp_path: Path,
) -> None:
    measured = a_run(tmp_path, SMALL)
    rows = {row["name"]: row for row in compared(write_pb(tmp_path), folder=tmp_path)}
    assert set(rows) == {name_of(name, SMALL) for name in NAMES}
    for name in NAMES:
        row, times = rows[name_of(name, SMALL)], measured[name, SMALL]
        expected = [np.median(times), np.mean(times), min(times), max(times), np.std(times, ddof=1)]
        assert [float(row[c]) for c in COLUMNS[:5]] == pytest.approx(expected, rel=1e-9)
        assert row["rounds"] == str(PROCESSES * ROUNDS)
        assert row["iterations"] == "11"
        assert row["param:m"] == "10"
        assert row["param:implementation"] == name


def test_pytest_benchmark_finds_a_run_that_takes_twice_as_long(tmp_path: Path) -> None:
    for slower in (1, 2):
        a_run(tmp_path / str(slower), SMALL, slower=slower)
    rows = compared(write_pb(tmp_path / "1"), write_pb(tmp_path / "2"), folder=tmp_path)
    for name in NAMES:
        quick, slow = sorted(float(r["median"]) for r in rows if r["name"] == name_of(name, SMALL))
        assert slow / quick == pytest.approx(2)


@pytest.mark.parametrize("count", range(1, 10))
def test_the_statistics_are_those_of_pytest_benchmark(count: int) -> None:
    times = [*np.random.default_rng(count).uniform(1e-6, 2e-6, count - 1).tolist(), 1e-5]
    theirs = Stats()
    for value in times:
        theirs.update(value)
    ours = stats(times)
    assert ours.pop("data") == times
    assert ours.pop("outliers") == theirs.outliers
    fence = ours["q3"] + 1.5 * ours["iqr"]  # older versions give the next one above it
    assert ours.pop("hd15iqr") == max(value for value in times if value <= fence)
    assert set(ours) | {"outliers", "hd15iqr"} == set(Stats.fields)
    assert ours == pytest.approx({name: getattr(theirs, name) for name in ours}, rel=1e-9)


def test_the_github_action_finds_what_it_reads(tmp_path: Path) -> None:
    """extractPytestResult of github-action-benchmark: fullname, and of stats these four."""
    measured = a_run(tmp_path, SMALL)
    for bench in in_json(write_pb(tmp_path)):
        times = measured[bench["params"]["implementation"], SMALL]
        assert bench["fullname"] == name_of(bench["params"]["implementation"], SMALL)
        assert bench["stats"]["ops"] == pytest.approx(1 / np.mean(times))
        assert bench["stats"]["mean"] == pytest.approx(np.mean(times))
        assert bench["stats"]["stddev"] == pytest.approx(np.std(times, ddof=1))
        assert bench["stats"]["rounds"] == len(times)
