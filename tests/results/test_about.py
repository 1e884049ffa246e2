"""run.json, read back: what it says of the precision is whole, or the run is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.results import about
from benchmarks.results.tables import StoreError

OPEN = {
    "intervals": 3,
    "within": 2,
    "aim": 0.05,
    "open_median": 0.1,
    "worst": 0.2,
    "worst_pair": ["one", "two"],
    "worst_cell": "3 × 1",
    "more_s": 60.0,
    "within_then": 3,
    "open_median_then": 0.04,
}
DONE = {"intervals": 3, "within": 3, "aim": 0.05}


def read(folder: Path, precision: Any) -> Any:
    path = folder / "run.json"
    path.write_text(json.dumps({"schema": about.SCHEMA, "precision": precision}))
    return about.read(path)["precision"]


@pytest.mark.parametrize("precision", [None, {}, {"within": 0}, {"intervals": 0}, DONE, OPEN])
def test_nothing_or_all_that_its_reader_needs_may_be_said(tmp_path: Path, precision: Any) -> None:
    """Where no interval is wider than the aim, nothing is said of the widest."""
    assert read(tmp_path, precision) == precision


@pytest.mark.parametrize(
    "precision",
    [
        {"intervals": 3, "within": 3},
        {"intervals": 1, "aim": 0.05},  # none is within
        DONE | {"within": 2},
        *({key: OPEN[key] for key in OPEN if key != lacks} for lacks in list(OPEN)[2:]),
    ],
)
def test_what_lacks_a_part_is_refused(tmp_path: Path, precision: dict) -> None:
    with pytest.raises(StoreError, match=r"run.json cannot be read: .*precision lacks a part"):
        read(tmp_path, precision)


@pytest.mark.parametrize("schema", [0, 2, "1", None])
def test_another_schema_is_named_beside_the_one_that_is_read(tmp_path: Path, schema: Any) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"schema": schema}))
    with pytest.raises(StoreError, match=f"run.json: schema {schema}, this version reads 1$"):
        about.read(path)
