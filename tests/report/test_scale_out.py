"""The view of scaling out: what it says of made-up times whose crossover is known, or that have none."""

from pathlib import Path

import pandas as pd
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


def test_what_a_block_costs_is_told_where_smaller_blocks_were_timed(tmp_path: Path) -> None:
    """A step takes 1 ms and 5 ns an example; in blocks of 1,000 examples 12 µs more for each."""
    beside = f"{scale_out.BLOCKS}_of_1000"
    costs = {**LOCAL, scale_out.BLOCKS: (1e6, 5.0, 0.0), beside: (1e6 - 12e3, 5.0 + 2 * 6.0, 0.0)}
    cells = [cell for cell in CELLS if cell.threads == 1]
    data = data_of(fabricate(tmp_path, costs, cells, noise=1e-6))
    found = scale_out.select(scene.whole(data))["n_x = 10"]
    # With one worker, m / 1000 blocks: 12 µs for all but the first, by a clock that drifts by 20%.
    assert {m: cost.value for m, cost in found.block_ns.items()} == {
        m: pytest.approx(12e3, rel=0.3) for m in (10_000, 100_000, 1_000_000)
    }
    title = scale_out.title(found)
    assert " µs [1" in title and "for each block of a worker" in title
    row = {row["m"]: row for row in scale_out.rows(found)}["100,000"]
    assert row["a block more"].startswith("1") and " µs [1" in row["a block more"]


def test_the_bytes_that_a_step_sends_are_set_beside_the_least(tmp_path: Path) -> None:
    """w to each of two workers, and a block's dw back from each: 4 · n_x numbers of 8 bytes."""
    folder = fabricate(tmp_path, {**LOCAL, scale_out.BLOCKS: (1e6, 5.0, 0.0)}, CELLS)
    table = pd.read_csv(folder / "cells.csv")
    table["moved_bytes"] = 2 * 4 * 10 * 8
    table.to_csv(folder / "cells.csv", index=False)
    found = scale_out.select(scene.whole(data_of(folder)))["n_x = 10"]
    assert {row["bytes sent / least"] for row in scale_out.rows(found)} == {"2.0×"}


@pytest.mark.parametrize("workers", [1, 2])
def test_without_a_crossover_the_distance_is_said(tmp_path: Path, workers: int) -> None:
    found = selection(tmp_path, 2e7)  # 25 ms there, over 10
    assert found.crossovers.empty
    title = scale_out.title(found)
    assert "at m = 1,000,000 it takes 2" in title and "× the time of numba_fused" in title
    rows = {row["m"]: row for row in scale_out.rows(found)}
    assert rows["1,000,000"][f"{workers} worker{'s' * (workers > 1)}"].startswith("2")
