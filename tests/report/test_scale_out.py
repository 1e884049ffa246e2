"""The view of scaling out: what it says of made-up times whose crossover is known, or that have none."""

from pathlib import Path

import pytest
from fabricated import data_of, fabricate

from benchmarks.report import scene
from benchmarks.report.views import scale_out
from benchmarks.results.records import Cell

SIZES = (100, 1000, 10_000, 100_000, 1_000_000)
CELLS = [
    Cell("cost_gradient", "synthetic", 10, m, threads=threads) for m in SIZES for threads in (1, 2)
]
LOCAL = {"numpy_vectorized": (5e3, 30.0, 0.0), "numba_fused": (1e3, 10.0, 0.0)}


def selection(folder: Path, step_ns: float) -> scale_out.Scaling:
    costs = {**LOCAL, scale_out.BLOCKS: (step_ns, 5.0, 0.0)}
    data = data_of(fabricate(folder, costs, CELLS, noise=0.001))
    return scale_out.select(scene.whole(data))["n_x = 10"]


def test_the_crossover_is_where_the_times_are_equal(tmp_path: Path) -> None:
    found = selection(tmp_path, 1e6)  # 1e6 + 5 m is less than 1e3 + 10 m from m = 199,800 on
    assert found.beside_name == "numba_fused"
    assert len(found.crossovers) == 1
    row = found.crossovers.iloc[0]
    assert row["size_low"] < 199_800 < row["size_high"]
    assert "it is faster than numba_fused from m = " in scale_out.title(found)


@pytest.mark.parametrize("workers", [1, 2])
def test_without_a_crossover_the_distance_is_said(tmp_path: Path, workers: int) -> None:
    found = selection(tmp_path, 2e7)  # 25 ms there, over 10
    assert found.crossovers.empty
    title = scale_out.title(found)
    assert "at m = 1,000,000 it takes 2" in title and "× the time of numba_fused" in title
    rows = {row["m"]: row for row in scale_out.rows(found)}
    assert rows["1,000,000"][f"{workers} worker{'s' * (workers > 1)}"].startswith("2")
