"""Several runs beside one another: the same cell on each, and what they differ by over all of them."""

from collections.abc import Mapping
from functools import reduce

import pandas as pd

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.report.tables import Rows
from benchmarks.statistics import KEY_LIST, geometric_mean


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
    found = []
    for name in common.get_level_values("implementation").unique():
        row = {"implementation": str(name)}
        own = common[common.get_level_values("implementation") == name]
        for run, table in zip(names, timed, strict=True):
            here = table.loc[(name, *cell)] if (name, *cell) in own else None
            row[f"{run}: a call at {first.label(cell)}"] = (
                "" if here is None else format.time(here["median_ns"])
            )
            row[f"{run}: speedup there"] = (
                f"{format.ratio(here['speedup'])}×"
                if here is not None and format.known(here["speedup"])
                else ""
            )
        base = timed[0].loc[own, "median_ns"].to_numpy(float)
        for run, table in list(zip(names, timed, strict=True))[1:]:
            ratios = table.loc[own, "median_ns"].to_numpy(float) / base
            over = f"{format.ratio(geometric_mean(ratios.tolist()))}×"
            row[f"{run}: time over {names[0]}'s"] = over
        found.append(row | {"cells in common": format.count(len(own))})
    return found
