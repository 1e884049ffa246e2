"""summary.csv: one row per implementation and cell, all of it from the samples."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from benchmarks.machine.roofline import Limits
from benchmarks.operations import operations
from benchmarks.results import warnings
from benchmarks.results.records import KEY, Cell
from benchmarks.results.store import Run, ok
from benchmarks.statistics.estimates import Estimate, estimates
from benchmarks.statistics.groups import outliers
from benchmarks.statistics.noise import crowding, noisy
from benchmarks.statistics.rounds import every_sample_of, logs, rounds_of, times
from benchmarks.statistics.samples import cells_of

KEY_LIST = list(KEY)
_MAX_FRACTION = 1.05  # of the limit: within noise
COLUMNS = [
    *("samples", "processes", "median_ns", "ci_low_ns", "ci_high_ns", "min_ns"),
    *("baseline", "speedup", "speedup_low", "speedup_high", "limit_ns", "fraction_of_limit"),
    *("outliers", "disturbed", "warnings"),
]


def summary(run: Run) -> pd.DataFrame:
    """One row per implementation and cell, the control's too; blank where nothing was measured.

    `samples`, `min_ns` and `outliers` are of all samples, the disturbed ones too; `outliers` counts
    those that are far out, and none of them is left out for that. `warnings` are those of the run, and
    those of the interval, the interference and the limit.
    """
    measured = ok(run.cells)
    cells, names = cells_of(measured), measured["implementation"].tolist()
    baseline, rounds = run.about.get("baseline", ""), rounds_of(run)
    pairs = list(zip(cells, names, strict=True))
    calls = times(rounds, pairs)
    samples, disturbed = (times(each, pairs) for each in every_sample_of(run))
    ratios = logs(rounds, [(cell, name, baseline) for cell, name in zip(cells, names, strict=True)])
    limits = Limits(run.limits)
    limit_ns = {cell: _limit_ns(limits, cell) for cell in set(cells)}
    table = measured[KEY_LIST].assign(processes=calls.processes)
    table["samples"] = np.bincount(samples.group, minlength=len(table))
    table["median_ns"], table["ci_low_ns"], table["ci_high_ns"] = estimates(calls)
    min_ns = np.full(len(table), np.inf)
    np.minimum.at(min_ns, samples.group, samples.values)
    table["min_ns"] = min_ns
    table["baseline"] = np.where(ratios.processes > 0, baseline, np.array(None))
    table["speedup"], table["speedup_low"], table["speedup_high"] = np.exp(estimates(ratios))
    table["limit_ns"] = [limit_ns[cell] for cell in cells]
    table["fraction_of_limit"] = table["limit_ns"] / table["median_ns"]
    table["outliers"] = outliers(samples)
    table["disturbed"] = np.bincount(disturbed.group, disturbed.values, len(table)).astype(int)
    crowded = [crowding(rounds, *pair) for pair in pairs]
    table["warnings"] = _warnings(table, measured["warnings"].fillna(""), crowded)
    timed = table[table["processes"] > 0]
    return run.cells[KEY_LIST].merge(timed[[*KEY, *COLUMNS]], on=KEY_LIST, how="left")


def _warnings(
    table: pd.DataFrame, run_warnings: Iterable[str], crowded: Iterable[list[str]]
) -> pd.Series:
    """The run's warnings on each time, and those of its samples, its interval and its limit."""
    intervals = zip(table["median_ns"], table["ci_low_ns"], table["ci_high_ns"], strict=True)
    # A program that is faster than the hardware allows shows that the probe is wrong.
    beyond = [
        [warnings.word("beyond the limit", f"{fraction:.2f} of it")] * (fraction > _MAX_FRACTION)
        for fraction in table["limit_ns"] / table["ci_high_ns"]
    ]
    texts = [
        warnings.join([text, *interference, *noisy(Estimate(*interval)), *limit]) or None
        for text, interference, interval, limit in zip(
            run_warnings, crowded, intervals, beyond, strict=True
        )
    ]
    return pd.Series(texts, table.index, dtype=object)


def _limit_ns(limits: Limits, cell: Cell) -> float:
    """The least time that the hardware allows a call in this cell; nan where that is not known."""
    if (operation := operations().get(cell.operation)) is None:
        return np.nan
    return limits.limit_ns(operation.work(cell.n_x, cell.m), cell.dtype, cell.threads, cell.cold)
