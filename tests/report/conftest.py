"""Made-up runs with their reports, of five and of ten implementations."""

from pathlib import Path

import pytest
from fabricated import (
    FIVE_MORE,
    LESSON,
    RACED,
    REAL,
    STEP,
    data_of,
    fabricate,
)

from benchmarks.report import build
from benchmarks.report.data import Data
from benchmarks.results.records import Status


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole of `make bench`, with failures of several kinds."""
    failed = {("numba_loops", STEP[0]): Status.DISAGREES, ("numba_loops", REAL[1]): Status.CRASHED}
    failed |= {("numpy_computation_graph", cell): Status.UNAVAILABLE for cell in LESSON[:7]}
    folder = fabricate(tmp_path_factory.mktemp("five"), failed=failed)
    build(folder)
    return folder


@pytest.fixture(scope="module")
def five_data(five: Path) -> Data:
    return data_of(five)


@pytest.fixture(scope="module")
def ten_data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return data_of(fabricate(tmp_path_factory.mktemp("ten"), RACED | FIVE_MORE))


# The whole ---------------------------------------------------------------------------------------
