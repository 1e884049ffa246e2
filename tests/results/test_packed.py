"""A run whose samples were packed by gzip is read as it was; it is not written to, and damage is said."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.results import tables
from benchmarks.results.records import Cell, Outcome, Sample, Status
from benchmarks.results.store import StoreError, Writer, read

CELL = Cell("cost_gradient", "synthetic", 64, 209)


@pytest.fixture
def packed(tmp_path: Path) -> tuple[pd.DataFrame, Path]:
    """The samples of a run, and the file that they were packed into."""
    writer = Writer(tmp_path)
    for elapsed_ns in (100, 200, 300):
        writer.add(Sample("numpy_vectorized", CELL, 0, 0, 1, elapsed_ns))
    writer.add(Outcome("numpy_vectorized", CELL, Status.OK))
    writer.save({"seed": 0})
    writer.close()
    samples, path = read(tmp_path).samples, tmp_path / "samples.csv"
    place = tables.packed_form(path)
    place.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    return samples, place


def test_packed_samples_are_read_and_not_written_to(packed: tuple[pd.DataFrame, Path]) -> None:
    samples, place = packed
    pd.testing.assert_frame_equal(read(place.parent).samples, samples)
    with pytest.raises(StoreError, match="unpack it with gunzip"):
        Writer(place.parent)
    assert not (place.parent / "samples.csv").exists()


def test_a_packed_file_that_is_damaged_or_endless_is_refused(
    packed: tuple[pd.DataFrame, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, place = packed
    monkeypatch.setattr(tables, "_MAX_BYTES", 100)
    with pytest.raises(StoreError, match="holds more than 100 bytes"):
        read(place.parent)
    monkeypatch.undo()
    whole = place.read_bytes()
    for damaged in (whole[:-9], b"no gzip", whole[:12] + b"\0" + whole[13:]):
        place.write_bytes(damaged)
        with pytest.raises(StoreError, match=r"samples\.csv\.gz cannot be read"):
            read(place.parent)
