"""summary.csv: one row per implementation and cell, all of it from the samples."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.machine.roofline import Limits
from benchmarks.operations import operations
from benchmarks.results import warnings
from benchmarks.results.records import KEY
from benchmarks.results.store import CELL, Run, ok
from benchmarks.statistics.groups import Groups, estimates, outliers_of
from benchmarks.statistics.intervals import Estimate, by_process, per_call
from benchmarks.statistics.noise import noisy
from benchmarks.statistics.rounds import logs, rounds_of, times

KEY_LIST = list(KEY)
_BEYOND = 0.05  # of the limit: within noise
COLUMNS = [
    *("samples", "processes", "median_ns", "ci_low_ns", "ci_high_ns", "min_ns"),
    *("baseline", "speedup", "speedup_low", "speedup_high", "limit_ns", "fraction_of_limit"),
    *("outliers", "warnings"),
]


def cells_of(samples: pd.DataFrame) -> Iterator[tuple[tuple[Hashable, ...], pd.DataFrame]]:
    """Each cell's key and its samples, with `call_ns`."""
    yield from per_call(samples).groupby(CELL, sort=False, observed=True)


def times_of(samples: pd.DataFrame) -> dict[tuple[Hashable, ...], list[np.ndarray]]:
    """The times of a call by implementation and cell: one array of rounds for each process."""
    return {
        (name, *cell): by_process(own["call_ns"], own["process"])
        for cell, group in cells_of(samples)
        for name, own in group.groupby("implementation", sort=False, observed=True)
    }


def summary(run: Run) -> pd.DataFrame:
    """One row per implementation and cell, the twin's too; blank where nothing was measured.

    `outliers` counts the rounds that are far out, none of which is left out.
    `warnings` are those of the run, and that a time is noisy, in words.
    """
    measured = ok(run.cells)
    cells = list(measured[CELL].itertuples(index=False, name=None))
    names, baseline = measured["implementation"].tolist(), run.about.get("baseline", "")
    rounds = rounds_of(run)
    own = times(rounds, list(zip(cells, names, strict=True)))
    faster = logs(rounds, [(cell, name, baseline) for cell, name in zip(cells, names, strict=True)])
    limits = Limits(run.limits)
    least_ns = {cell: _least_ns(limits, dict(zip(CELL, cell, strict=True))) for cell in set(cells)}
    table = measured[KEY_LIST].assign(**_times(own))
    table["baseline"] = np.where(faster.processes > 0, baseline, np.array(None))
    table["speedup"], table["speedup_low"], table["speedup_high"] = np.exp(estimates(faster))
    table["limit_ns"] = [least_ns[cell] for cell in cells]
    table["fraction_of_limit"] = table["limit_ns"] / table["median_ns"]
    table["outliers"] = outliers_of(own)
    table["warnings"] = _warnings(table, measured["warnings"].fillna(""))
    timed = table[table["processes"] > 0]
    return run.cells[KEY_LIST].merge(timed[[*KEY, *COLUMNS]], on=KEY_LIST, how="left")


def _times(own: Groups) -> dict[str, np.ndarray]:
    """The columns of the times of a call: how many, from how many processes, and what they say."""
    many = len(own.processes)
    least_ns = np.full(many, np.inf)
    np.minimum.at(least_ns, own.group, own.values)
    median_ns, low_ns, high_ns = estimates(own)
    return {
        "samples": np.bincount(own.group, minlength=many),
        "processes": own.processes,
        "median_ns": median_ns,
        "ci_low_ns": low_ns,
        "ci_high_ns": high_ns,
        "min_ns": least_ns,
    }


def _warnings(table: pd.DataFrame, warned: Iterable[str]) -> pd.Series:
    """What the run has said of each time, and what its interval and the limit say."""
    intervals = zip(table["median_ns"], table["ci_low_ns"], table["ci_high_ns"], strict=True)
    beyond = table["limit_ns"] / table["ci_high_ns"]
    said = [
        warnings.join([own, *noisy(Estimate(*interval)), *_beyond(fraction)]) or None
        for own, interval, fraction in zip(warned, intervals, beyond, strict=True)
    ]
    return pd.Series(said, table.index, dtype=object)


def _least_ns(limits: Limits, cell: dict[str, Any]) -> float:
    """The least time that the hardware allows a call in this cell; nan where that is not known."""
    if (operation := operations().get(cell["operation"])) is None:
        return np.nan
    return limits.limit_ns(operation.work(cell["n_x"], cell["m"]), cell["dtype"], cell["threads"])


def _beyond(fraction: float) -> list[str]:
    """A program that is faster than the hardware allows shows that the probe is wrong."""
    if not fraction > 1 + _BEYOND:
        return []
    return [warnings.word("beyond the limit", f"{fraction:.2f} of it")]
