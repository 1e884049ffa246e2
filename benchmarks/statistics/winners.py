"""Who is fastest where, and whether that is a tie."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks.results.records import is_twin
from benchmarks.results.store import CELL, Run
from benchmarks.statistics.groups import estimates
from benchmarks.statistics.noise import INDISTINGUISHABLE, floors
from benchmarks.statistics.rounds import Key, logs, rounds_of


def winners(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """The fastest implementation of each cell, how it stands to the next, and whether they tie.

    `table` is the summary. Of the two of the least time the first is who is ahead in the rounds that
    both were in: their other rounds were at other moments of the machine. `lead` is how many times
    faster than the second, with its interval; it is a tie where the interval does not clear `floor`:
    0.02, or the cell's noise floor if that is higher.
    """
    timed = table[~is_twin(table["implementation"])].dropna(subset="median_ns")
    timed = timed.assign(place=timed.groupby(CELL, sort=False).ngroup())
    ranked = timed.sort_values(["place", "median_ns"]).set_index("place")
    rank = ranked.groupby("place").cumcount()
    found, others = ranked[rank == 0], ranked[rank == 1].reindex(ranked.index.unique())
    cells = list(found[CELL].itertuples(index=False, name=None))
    pair = [own["implementation"].to_numpy(object) for own in (found, others)]
    behind = _leads(run, cells, *pair)[0] < 1
    first, second = (np.where(behind, *sides) for sides in (pair[::-1], pair))
    leads = _leads(run, cells, first, second)
    noise = floors(table).to_dict()
    floor = np.array([max(INDISTINGUISHABLE, noise.get(cell, 0.0)) for cell in cells])
    rows = {"winner": first, "median_ns": others["median_ns"].where(behind, found["median_ns"])}
    rows |= {"second": np.where(np.isnan(leads[0]), None, second)}
    rows |= dict(zip(("lead", "lead_low", "lead_high"), leads, strict=True))
    rows |= {"floor": floor, "tie": leads[1] < 1 + floor}
    return found[CELL].assign(**rows).reset_index(drop=True)


def _leads(run: Run, cells: Sequence[Key], first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How many times faster the first of each cell is than the second: values, low and high ends."""
    pairs = zip(cells, first, second, strict=True)
    return np.exp(estimates(logs(rounds_of(run), list(pairs))))
