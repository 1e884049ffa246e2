"""How long a call takes: t = c + e·m + a·work, fitted to what was measured."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.operations import operations
from benchmarks.results.records import KEY, SETTING, Status
from benchmarks.results.store import Run

Size = tuple[float, float]  # m and the work, in whatever unit
_ALIKE = ["operation", "implementation", *SETTING]


def predict_ns(sizes: Sequence[Size], time_ns: Sequence[float], wanted: Size) -> float:
    """The time of a call of the `wanted` size, from the times of others; nan from none at all.

    A call's overhead c, an example's e (a loop over examples has one) and the time per unit of work
    a are at least 0; errors count relative to the time, so that the large do not drown the small.
    """
    from scipy.optimize import nnls  # 0.2 s that not every command needs

    if not len(sizes):
        return float("nan")
    times = np.asarray(time_ns, dtype=float)
    terms = np.column_stack([np.ones(len(times)), np.asarray(sizes, dtype=float)]) / times[:, None]
    unit = np.linalg.norm(terms, axis=0)
    weights, _ = nnls(terms / unit, np.ones(len(times)))
    return float(np.dot(weights / unit, [1.0, *wanted]))


def predictions(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """`predicted_ns` of each cell that was skipped, from the measured ones; `table` is the summary."""
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


def size_of(operation: str, n_x: int, m: int) -> Size:
    """What the cost model predicts from: m and the work."""
    return float(m), work_of(operation, n_x, m)


def work_of(operation: str, n_x: int, m: int) -> float:
    """The work that a call's time is taken to grow with: numbers touched and flops."""
    work = operations()[operation].work(int(n_x), int(m))
    return work.read + work.written + work.flops + 10 * (work.exps + work.logs)
