"""Several machines on one page: which is fastest where, and what else differs."""

from pathlib import Path
from typing import Any

import pytest
from fabricated import ABOUT, RACED, data_of, fabricate

from benchmarks.report import web
from benchmarks.report.data import Data
from benchmarks.report.web import machines
from benchmarks.results.records import Cell

CELLS = [Cell("cost_gradient", "synthetic", 100, m) for m in (1000, 30_000)]


def run(folder: Path, factor: float, **about: Any) -> Data:
    raced = {**RACED, "fast": (1500.0, 3.0, 0.2)}
    costs = {name: tuple(factor * ns for ns in cost) for name, cost in raced.items()}
    return data_of(fabricate(folder, costs, CELLS, about={**ABOUT, **about}, noise=0.001))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Data]:
    times = {"started": "2026-01-01T10:00:00Z", "finished": "2026-01-01T10:05:00Z"}
    later = {"started": "2026-01-01T10:04:00Z", "finished": "2026-01-01T10:09:00Z"}
    machine = {"name": "here", "processor": "P", "cores": 2, "architecture": "A"}
    machine["python"] = "3.11.2"
    other = {**machine, "name": "there", "python": "3.11.9"}
    libraries = {"x": {"libraries": {"torch": "2.1"}}}, {"x": {"libraries": {"torch": "2.2"}}}
    settings: list[dict] = [
        {
            "machine": machine,
            "versions": {"numpy": "2.0"},
            "implementations": libraries[0],
            **times,
        },
        {
            "machine": machine,
            "versions": {"numpy": "2.0"},
            "implementations": libraries[1],
            **later,
        },
        {"machine": other, "versions": {"numpy": "2.1"}, "implementations": {}, **later},
    ]
    names, factors = ("a", "b", "c"), (1.0, 3.0, 9.0)
    return {
        name: run(tmp_path_factory.mktemp(name), factor, **about)
        for name, factor, about in zip(names, factors, settings, strict=True)
    }


def test_the_fastest_is_named_with_the_speedup_within_its_run(runs: dict[str, Data]) -> None:
    rows = machines.rows(runs)
    assert [row["cell"].split(",")[0] for row in rows] == ["100 × 30", "100 × 1"]
    for row in rows:
        assert row["fastest"].startswith("a, ") and 2 < float(row["fastest"][3:-1]) < 4.5
        assert row["c"].startswith("fast ") and "× [" in row["c"]
        assert row["c"].endswith(" over numpy_vectorized")
        assert row["machines of one kind"].startswith("2 of P, 2, A: ")  # a and b are one


def test_where_intervals_overlap_none_is_the_fastest(runs: dict[str, Data]) -> None:
    same = {"one": runs["a"], "other": runs["a"]}
    assert all("their intervals overlap" in row["fastest"] for row in machines.rows(same))


def test_a_wide_interval_of_the_slowest_may_overlap_the_fastest() -> None:
    ends = {"a": (1.0, 0.9, 1.1), "b": (1.3, 1.2, 1.4), "c": (1.5, 1.0, 2.0)}
    present = {
        name: dict(zip(("median_ns", "ci_low_ns", "ci_high_ns"), each, strict=True))
        for name, each in ends.items()
    }
    assert machines._fastest(present) == "a or c: their intervals overlap"
    del present["c"]
    assert machines._fastest(present) == "a, 1.3×"


def test_runs_of_one_machine_are_not_several_of_its_kind(runs: dict[str, Data]) -> None:
    rows = machines.rows({name: runs[name] for name in ("a", "b")})
    assert rows and not any("machines of one kind" in row for row in rows)


def test_versions_that_differ_are_listed_those_of_the_implementations_too(
    runs: dict[str, Data],
) -> None:
    rows = {row["library"]: row for row in machines.versions_that_differ(runs)}
    assert rows["numpy"] == {"library": "numpy", "a": "2.0", "b": "2.0", "c": "2.1"}
    assert rows["torch"] == {"library": "torch", "a": "2.1", "b": "2.2", "c": ""}
    assert rows["Python"] == {"library": "Python", "a": "3.11.2", "b": "3.11.2", "c": "3.11.9"}
    assert set(rows) == {"Python", "numpy", "torch"}


def test_runs_on_one_machine_at_one_time_are_said_to_share_it(runs: dict[str, Data]) -> None:
    assert machines.sharing(runs) == [["a", "b"]]
    page = web.write(runs)
    assert "a, b share a machine" in page and "Which is fastest where?" in page


def test_two_pairs_that_share_a_machine_are_told_apart(runs: dict[str, Data]) -> None:
    four = {"a": runs["a"], "c": runs["c"], "b": runs["b"], "d": runs["c"]}
    assert machines.sharing(four) == [["a", "b"], ["c", "d"]]
    page = web.write(four)
    assert "a, b share a machine" in page and "c, d share a machine" in page
