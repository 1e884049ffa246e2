"""Several runs beside one another: the same cell on each, and what they differ by over all of them."""

from collections.abc import Mapping
from functools import reduce

import pandas as pd

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.report.tables import Rows
from benchmarks.statistics.estimates import geometric_mean
from benchmarks.statistics.summary import KEY_LIST


def rows(runs: Mapping[str, Data]) -> Rows:
    """For each implementation that several have: its time and speedup where the first run's central
    cell was measured by all, and its times over the first run's, in the geometric mean.

    Runs share no rounds: a ratio of times from different runs is of different hours, too.
    """
    names, first = list(runs), next(iter(runs.values()))
    timed = [data.measured.set_index(KEY_LIST) for data in runs.values()]
    common = reduce(pd.Index.intersection, [table.index for table in timed]).sort_values()
    if common.empty:
        return []
    cell = first.central()
    table = []
    for name in common.get_level_values("implementation").unique():
        row = {"implementation": str(name)}
        keys = common[common.get_level_values("implementation") == name]
        for run, results in zip(names, timed, strict=True):
            here = results.loc[(name, *cell)] if (name, *cell) in keys else {}
            speedup = format.ratio(here.get("speedup"))
            row[f"{run}: a call at {first.label(cell)}"] = format.time(here.get("median_ns"))
            row[f"{run}: speedup there"] = f"{speedup}×" if speedup else ""
        base = timed[0].loc[keys, "median_ns"].to_numpy(float)
        for run, results in list(zip(names, timed, strict=True))[1:]:
            ratios = results.loc[keys, "median_ns"].to_numpy(float) / base
            over = f"{format.ratio(geometric_mean(ratios.tolist()))}×"
            row[f"{run}: time over {names[0]}'s"] = over
        table.append(row | {"cells in common": format.count(len(keys))})
    return table
