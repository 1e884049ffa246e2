"""What a cell that was skipped would have taken, from the measured cells of less work."""

from typing import Any

import pandas as pd

from benchmarks.operations import operations
from benchmarks.results.records import KEY, Status
from benchmarks.results.store import Run
from benchmarks.statistics.cost_model import predict_ns

_ALIKE = ["operation", "implementation", "dtype", "order", "threads"]


def predictions(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """`predicted_ns` of each cell that was skipped; `table` is the summary."""
    rows = []
    skipped = run.cells[run.cells["status"] == Status.SKIPPED]
    skipped = skipped[skipped["operation"].isin(list(operations()))]
    measured = dict(iter(table.dropna(subset="median_ns").groupby(_ALIKE)))
    alike: Any
    for alike, cells in skipped.groupby(_ALIKE):
        times = measured.get(alike, table.head(0))
        sizes = [size_of(alike[0], *size) for size in times[["n_x", "m"]].to_numpy()]
        for cell in cells[list(KEY)].to_dict("records"):
            wanted = size_of(alike[0], cell["n_x"], cell["m"])
            time_ns = predict_ns(sizes, times["median_ns"].tolist(), wanted)
            rows.append({**cell, "predicted_ns": time_ns})
    return pd.DataFrame(rows, columns=[*KEY, "predicted_ns"])


def size_of(operation: str, n_x: int, m: int) -> tuple[float, float]:
    """What the cost model predicts from: m and the work."""
    return float(m), work_of(operation, n_x, m)


def work_of(operation: str, n_x: int, m: int) -> float:
    """The work that a call's time is taken to grow with: numbers touched and flops."""
    work = operations()[operation].work(int(n_x), int(m))
    return work.read + work.written + work.flops + 10 * (work.exps + work.logs)
