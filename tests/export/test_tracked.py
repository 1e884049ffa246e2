"""What trackers are told: the report's own time of a call, in the form that each tool publishes."""

import json
from pathlib import Path

import pytest
from test_export import CELLS, NAMES, a_run, name_of

from benchmarks.export import write
from benchmarks.results.records import CONTROL, Cell
from benchmarks.results.store import read
from benchmarks.statistics.summary import summary


def times_of(folder: Path, form: str) -> dict[str, tuple[float, ...]]:
    """What is told of each benchmark, checked against what the format's tool publishes."""
    document = json.loads(write(folder, form).read_text(encoding="utf-8"))
    # Its JSON schema, bencher.dev/bmf.json: numbers, of which `value` is required.
    if form == "bencher":
        for name, measures in document.items():
            assert 0 < len(name) <= 1024 and set(measures) == {"latency"}
            assert set(measures["latency"]) == {"value", "lower_value", "upper_value"}
            assert all(type(number) is float for number in measures["latency"].values())
        return {name: tuple(m["latency"].values()) for name, m in document.items()}
    # BenchmarkResult in src/extract.ts of the action: an array of these, of at least one.
    assert isinstance(document, list) and document
    kinds = {"name": str, "value": float, "unit": str, "range": str, "extra": str}
    for entry in document:
        assert {name: type(value) for name, value in entry.items()} == kinds
        assert entry["unit"] == "ns"
    return {entry["name"]: (entry["value"],) for entry in document}


@pytest.mark.parametrize("form", ["bencher", "github-action-benchmark"])
def test_what_is_tracked_is_the_reports_own_time_of_a_call(form: str, tmp_path: Path) -> None:
    a_run(tmp_path, *CELLS)
    rows = summary(read(tmp_path))
    rows = rows[~rows["implementation"].str.endswith(CONTROL)]
    wanted = {
        name_of(row["implementation"], Cell(*(row[field] for field in Cell._fields))): (
            row["median_ns"],
            row["ci_low_ns"],
            row["ci_high_ns"],
        )
        for row in rows.to_dict("records")
    }
    found = times_of(tmp_path, form)
    assert set(found) <= set(wanted) and len(found) == len(CELLS) * len(NAMES)
    for name, numbers in found.items():
        assert numbers == pytest.approx(wanted[name][: len(numbers)], rel=1e-9)
