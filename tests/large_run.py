"""A large run that nobody measured: python -m tests.large_run DIR [CELLS], 2,000 unless told.

A call takes an overhead and so much for each number in X. Times drift from round to round, for all
implementations alike, and differ a little from process to process and from round to round.
"""

import shutil
import sys
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.registry import ROOT
from benchmarks.results.records import KEY, Cell, Outcome, Sample, Status, columns
from benchmarks.results.store import CELL, Writer

BASELINE = "numpy_vectorized"
COSTS_NS = {  # a call, and a number in X
    "numba_loops": (900.0, 1.1),
    "numpy_per_example": (9_000.0, 0.9),
    BASELINE: (15_000.0, 0.45),
    "python_loops": (2_000.0, 80.0),
    f"{BASELINE}@twin": (15_000.0, 0.45),
}
OPERATIONS = ("cost_gradient", "forward", "matvec")
SETTINGS = tuple(product(("float64", "float32"), "CF", (1, 2)))
SIZES_N_X = (10, 30, 100, 300, 1000, 3000, 10_000)
SIZES_M = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
SAMPLE_NS = 1e7


def write(
    folder: Path, cells: int = 2000, processes: int = 10, rounds: int = 10, seed: int = 0
) -> Path:
    """Write a run of so many cells, 2,016 at most, every implementation timed in every round."""
    asked = list(islice(_cells(), cells))
    ns = np.array([[c + a * cell.n_x * cell.m for c, a in COSTS_NS.values()] for cell in asked])
    writer = Writer(folder)
    for cell, times in zip(asked, ns, strict=True):
        for name, time in zip(COSTS_NS, times, strict=True):
            first_ns, peak_bytes = round(2 * time), 2**27 + 8 * cell.n_x * cell.m
            known = (1e-16, 1e-14, 5000, first_ns, peak_bytes, 8 * cell.m)
            writer.add(Outcome(name, cell, Status.OK, "", *known))
    command = f"python -m tests.large_run {folder.name} {cells}"
    writer.save({"state": "complete", "command": command, "baseline": BASELINE})
    writer.close()
    calls_ns = _noisy(ns, processes, rounds, np.random.default_rng(seed))
    _samples(asked, ns, calls_ns).to_csv(folder / "samples.csv", index=False)
    shutil.copy(ROOT / "reports" / "example" / "limits.csv", folder)
    return folder


def _cells() -> Iterator[Cell]:
    for n_x, (dtype, order, threads), operation, m in product(
        SIZES_N_X, SETTINGS, OPERATIONS, SIZES_M
    ):
        yield Cell(operation, "synthetic", n_x, m, dtype, order, threads)


def _noisy(ns: np.ndarray, processes: int, rounds: int, rng: np.random.Generator) -> np.ndarray:
    """The time of a call by process, cell, round and implementation."""
    shape = (processes, len(ns), rounds, ns.shape[1])
    drift = rng.normal(0, 0.1, (*shape[:3], 1))
    own = rng.normal(0, 0.02, (*shape[:2], 1, shape[3])) + rng.normal(0, 0.02, shape)
    return ns[:, None] * np.exp(drift + own)


def _samples(asked: list[Cell], ns: np.ndarray, calls_ns: np.ndarray) -> pd.DataFrame:
    """A row for each sample, in the order of a run: process, cell, round, implementation."""
    shape = calls_ns.shape
    loops = np.broadcast_to(np.maximum(1, SAMPLE_NS // ns)[:, None], shape).astype(int)
    process, cell, number, name = (place.ravel() for place in np.indices(shape))
    table = pd.DataFrame(asked, columns=CELL).take(cell)
    table.insert(0, KEY[0], np.array(list(COSTS_NS), dtype=object)[name])
    table["process"], table["round"], table["loops"] = process, number, loops.ravel()
    table["elapsed_ns"] = (calls_ns * loops).round().astype(int).ravel()
    return table.assign(waited_ns=0, disturbed=0)[columns(Sample)]


if __name__ == "__main__":
    write(Path(sys.argv[1]), *map(int, sys.argv[2:]))
