"""Who is fastest where, and whether that is a tie."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks.results.records import Cell, is_control
from benchmarks.results.store import CELL, Run
from benchmarks.statistics.estimates import estimates
from benchmarks.statistics.noise import margins
from benchmarks.statistics.rounds import logs, rounds_of
from benchmarks.statistics.samples import cells_of


def winners(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """The fastest implementation of each cell, its lead over the second, and whether they tie.

    `table` is the summary. Of the two with the least time, the winner is the one ahead in the rounds
    that have both: their other rounds were at other moments of the machine. `lead` is the second's
    time over the winner's, with its interval. It is a tie where the interval does not clear `floor`:
    0.02, or the cell's noise floor if that is higher.
    """
    timed = table[~is_control(table["implementation"])].dropna(subset="median_ns")
    timed = timed.assign(place=timed.groupby(CELL, sort=False).ngroup())
    ranked = timed.sort_values(["place", "median_ns"]).set_index("place")
    rank = ranked.groupby("place").cumcount()
    first, second = ranked[rank == 0], ranked[rank == 1].reindex(ranked.index.unique())
    cells = cells_of(first)
    names = [rows["implementation"].to_numpy(object) for rows in (first, second)]
    behind = _leads(run, cells, *names)[0] < 1
    winner, loser = (np.where(behind, *sides) for sides in (names[::-1], names))
    leads = _leads(run, cells, winner, loser)
    floor = margins(table, cells)
    rows = {"winner": winner, "median_ns": second["median_ns"].where(behind, first["median_ns"])}
    rows |= {"second": np.where(np.isnan(leads[0]), None, loser)}
    rows |= dict(zip(("lead", "lead_low", "lead_high"), leads, strict=True))
    rows |= {"floor": floor, "tie": leads[1] < 1 + floor}
    return first[CELL].assign(**rows).reset_index(drop=True)


def _leads(run: Run, cells: Sequence[Cell], first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The time of the second over that of the first in each cell: values, low and high ends."""
    pairs = zip(cells, first, second, strict=True)
    return np.exp(estimates(logs(rounds_of(run), list(pairs))))
