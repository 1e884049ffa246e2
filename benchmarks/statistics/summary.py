"""summary.csv: one row per implementation and cell, all of it from the samples."""

from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.limits import Limits
from benchmarks.operations import operations
from benchmarks.records import KEY
from benchmarks.statistics.intervals import by_process, estimate, outliers, per_call, speedup
from benchmarks.statistics.noise import joined, noisy
from benchmarks.store import CELL, Run, ok

KEY_LIST = list(KEY)
_BEYOND = 0.05  # of the limit: within noise
COLUMNS = [
    *("samples", "processes", "median_ns", "ci_low_ns", "ci_high_ns", "min_ns"),
    *("baseline", "speedup", "speedup_low", "speedup_high", "limit_ns", "fraction_of_limit"),
    *("outliers", "warnings"),
]


def cells_of(samples: pd.DataFrame) -> Iterator[tuple[tuple[Hashable, ...], pd.DataFrame]]:
    """Each cell's key and its samples, with `call_ns`."""
    yield from per_call(samples).groupby(CELL, sort=False)


def times_of(samples: pd.DataFrame) -> dict[tuple[Hashable, ...], list[np.ndarray]]:
    """The times of a call by implementation and cell: one array of rounds for each process."""
    return {
        (name, *cell): by_process(own["call_ns"], own["process"])
        for cell, group in cells_of(samples)
        for name, own in group.groupby("implementation", sort=False)
    }


def summary(run: Run) -> pd.DataFrame:
    """One row per implementation and cell, the twin's too; blank where nothing was measured.

    `outliers` counts the rounds that are far out, none of which is left out.
    `warnings` are those of the run, and that a time is noisy, in words.
    """
    baseline = run.about.get("baseline", "")
    measured = ok(run.cells)
    keys = measured[KEY_LIST].itertuples(index=False, name=None)
    warned: dict[tuple[Hashable, ...], str]
    warned = dict(zip(keys, measured["warnings"].fillna(""), strict=True))
    limits, rows = Limits(run.limits), []
    for cell, samples in cells_of(run.samples):
        least_ns = _least_ns(limits, dict(zip(CELL, cell, strict=True)))
        for name, own in samples.groupby("implementation", sort=False):
            key = (name, *cell)
            if key in warned:
                row = _row(samples, own, name, baseline, warned[key], least_ns)
                rows.append(dict(zip(KEY, key, strict=True)) | row)
    table = pd.DataFrame(rows, columns=[*KEY, *COLUMNS])
    return run.cells[KEY_LIST].merge(table, on=KEY_LIST, how="left")


def _least_ns(limits: Limits, cell: dict[str, Any]) -> float:
    """The least time that the hardware allows a call in this cell; nan where that is not known."""
    if (operation := operations().get(cell["operation"])) is None:
        return np.nan
    return limits.least_ns(operation.demand(cell["n_x"], cell["m"]), cell["dtype"], cell["threads"])


def _beyond(fraction: float) -> list[str]:
    """A program that is faster than the hardware allows shows that the probe is wrong."""
    if not fraction > 1 + _BEYOND:
        return []
    return [f"beyond the limit: {fraction:.2f} of it; measure it again: machine --again"]


def _row(
    samples: pd.DataFrame, own: pd.DataFrame, name, baseline: str, warned: str, least_ns: float
) -> dict:
    processes = by_process(own["call_ns"], own["process"])
    time = estimate(processes)
    faster = speedup(samples, name, baseline)
    return {
        "samples": len(own),
        "processes": len(processes),
        "median_ns": time.value,
        "ci_low_ns": time.low,
        "ci_high_ns": time.high,
        "min_ns": own["call_ns"].min(),
        "baseline": baseline if faster else None,
        "speedup": faster.value if faster else None,
        "speedup_low": faster.low if faster else None,
        "speedup_high": faster.high if faster else None,
        "limit_ns": least_ns,
        "fraction_of_limit": least_ns / time.value,
        "outliers": outliers(processes),
        "warnings": joined([warned, *noisy(time), *_beyond(least_ns / time.high)]) or None,
    }
