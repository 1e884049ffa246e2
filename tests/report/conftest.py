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
def five_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole of `make bench`, with failures of several kinds; no report yet."""
    failed = {("numba_loops", STEP[0]): Status.DISAGREES, ("numba_loops", REAL[1]): Status.CRASHED}
    failed |= {("numpy_computation_graph", cell): Status.UNAVAILABLE for cell in LESSON[:7]}
    return fabricate(tmp_path_factory.mktemp("five"), failed=failed)


@pytest.fixture(scope="module")
def five(five_run: Path) -> Path:
    """The same with its report."""
    build(five_run)
    return five_run


@pytest.fixture(scope="module")
def five_data(five_run: Path) -> Data:
    return data_of(five_run)


@pytest.fixture(scope="module")
def ten_data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return data_of(fabricate(tmp_path_factory.mktemp("ten"), RACED | FIVE_MORE))


# The whole ---------------------------------------------------------------------------------------
