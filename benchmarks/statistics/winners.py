"""Who is fastest where, and whether that is a tie; those who surely tie with the fastest count as one."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.results.records import Cell, is_control
from benchmarks.results.store import CELL, Run
from benchmarks.statistics.estimates import estimates
from benchmarks.statistics.noise import margins
from benchmarks.statistics.rounds import logs, rounds_of
from benchmarks.statistics.samples import cells_of

_SURE = 0.05  # an interval within this shows that two are alike; a wider one, that noise hides who leads


def winners(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """The fastest implementation of each cell, its lead over the second, and whether they tie.

    `table` is the summary. Of the two with the least time, the winner is the one ahead in the rounds
    that have both: their other rounds were at other moments of the machine. `lead` is the second's
    time over the winner's, with its interval. It is a tie where the interval does not clear `floor`:
    0.02, or the cell's noise floor if that is higher.

    `alike` has those who tie with the winner within an interval that is itself within 5%: most run the
    same code. They and the winner count as one, and the second is the fastest of the others. Where
    there are no others, it is a tie.
    """
    timed = table[~is_control(table["implementation"])].dropna(subset="median_ns")
    timed = timed.assign(place=timed.groupby(CELL, sort=False).ngroup())
    timed = timed.sort_values(["place", "median_ns"])
    each = _found(run, table, timed)
    alike = _alike(run, timed, each)
    grouped = _found(run, table, timed.drop(index=alike.index))
    names: dict[Any, tuple[str, ...]] = {}
    for place, name in zip(alike["place"], alike["implementation"], strict=True):
        names[place] = tuple(sorted((*names.get(place, ()), name)))
    has_others = grouped["second"].notna() & (grouped["winner"] == each["winner"])
    grouped["alike"] = [names.get(place, ()) for place in grouped.index]
    each["alike"] = [()] * len(each)
    return pd.concat([grouped[has_others], each[~has_others]]).sort_index().reset_index(drop=True)


def _found(run: Run, table: pd.DataFrame, timed: pd.DataFrame) -> pd.DataFrame:
    """The winner and the second of those in `timed`, by the place of their cell."""
    ranked = timed.set_index("place")
    rank = ranked.groupby("place").cumcount()
    first, second = ranked[rank == 0], ranked[rank == 1].reindex(ranked.index.unique())
    cells = cells_of(first)
    names = [rows["implementation"].to_numpy(object) for rows in (first, second)]
    behind = _leads(run, cells, *names)[0] < 1
    winner, loser = (np.where(behind, *sides) for sides in (names[::-1], names))
    leads = _leads(run, cells, winner, loser)
    floor = margins(table, cells)
    rows: dict[str, Any] = {"winner": winner}
    rows["median_ns"] = second["median_ns"].where(behind, first["median_ns"])
    rows["second"] = pd.Series(loser, first.index, dtype=object).where(~np.isnan(leads[0]), None)
    rows |= dict(zip(("lead", "lead_low", "lead_high"), leads, strict=True))
    rows |= {"floor": floor, "tie": leads[1] < 1 + floor}
    return first[CELL].assign(**rows)


def _alike(run: Run, timed: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Those of `timed` who surely tie with the winner of their cell."""
    pairs = timed.join(found[["winner", "floor", "tie"]], on="place")
    pairs = pairs[pairs["tie"].astype(bool) & (pairs["implementation"] != pairs["winner"])]
    names = (pairs[name].to_numpy(object) for name in ("winner", "implementation"))
    _, low, high = _leads(run, cells_of(pairs), *names)
    ties = (low < 1 + pairs["floor"]) & (high > 1 / (1 + pairs["floor"]))
    return pairs[ties & (low > 1 / (1 + _SURE)) & (high < 1 + _SURE)]


def _leads(run: Run, cells: Sequence[Cell], first: Iterable, second: Iterable) -> np.ndarray:
    """The time of the second over that of the first in each cell: values, low and high ends."""
    pairs = zip(cells, first, second, strict=True)
    return np.exp(estimates(logs(rounds_of(run), list(pairs))))
