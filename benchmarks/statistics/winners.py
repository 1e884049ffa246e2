"""Who is fastest where, and whether that is a tie; those who tie wherever they meet count as one."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.results.records import SETTING, Cell, is_control
from benchmarks.results.store import CELL, Run
from benchmarks.statistics.estimates import estimates
from benchmarks.statistics.noise import margins
from benchmarks.statistics.rounds import logs, rounds_of
from benchmarks.statistics.samples import cells_of

_SETTING = ["operation", *SETTING]
_SURE = 0.05  # half the width of an interval that tells that two are alike: noise makes all tie
_MIN_CELLS = 2  # in which two have met


def winners(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """The fastest implementation of each cell, its lead over the second, and whether they tie.

    `table` is the summary. Of the two with the least time, the winner is the one ahead in the rounds
    that have both: their other rounds were at other moments of the machine. `lead` is the second's
    time over the winner's, with its interval. It is a tie where the interval does not clear `floor`:
    0.02, or the cell's noise floor if that is higher.

    Two that tie in all cells of a setting where they meet, surely and not for noise, are alike: most
    run the same code. The second is then the fastest of the others, and `alike` has those of the cell
    that the winner is alike with.
    """
    timed = table[~is_control(table["implementation"])].dropna(subset="median_ns")
    timed = timed.assign(place=timed.groupby(CELL, sort=False).ngroup())
    timed = timed.assign(team=timed["implementation"]).sort_values(["place", "median_ns"])
    while True:
        found = _found(run, table, timed)
        pairs = list(_alike(run, table, timed, found))
        if not pairs:
            return found.drop(columns="place")
        for setting, one, other in pairs:
            here = (timed[_SETTING] == list(setting)).all(axis=1)
            teams = timed.loc[here].groupby("implementation")["team"].first()
            timed.loc[here & (timed["team"] == teams[other]), "team"] = teams[one]


def _found(run: Run, table: pd.DataFrame, timed: pd.DataFrame) -> pd.DataFrame:
    """The winners, where those of a team count as one."""
    ranked = timed.drop_duplicates(["place", "team"]).set_index("place")
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
    team = second["team"].where(behind, first["team"])
    members = timed.groupby(["place", "team"])["implementation"].agg(tuple).to_dict()
    rows["alike"] = [
        tuple(sorted({*members[key]} - {own}))
        for key, own in zip(zip(team.index, team, strict=True), winner, strict=True)
    ]
    return first[CELL].assign(**rows).reset_index()


def _alike(
    run: Run, table: pd.DataFrame, timed: pd.DataFrame, found: pd.DataFrame
) -> Iterator[tuple[tuple, str, str]]:
    """A setting and two names, for those who tie for the lead somewhere and are alike.

    Not where nobody else is there: then a tie says more.
    """
    ties = found[found["tie"].astype(bool)]
    asked = ties[[*_SETTING, "winner", "second"]].drop_duplicates()
    for *setting, one, other in asked.itertuples(index=False, name=None):
        here = timed[(timed[_SETTING] == setting).all(axis=1)]
        names = here.groupby("place")["implementation"].agg(set)
        met = [place for place, each in names.items() if {one, other} <= each]
        if len(met) < _MIN_CELLS or here["team"].nunique() < 3:
            continue
        cells = cells_of(here[here["place"].isin(met)].drop_duplicates("place"))
        _, low, high = estimates(logs(rounds_of(run), [(cell, one, other) for cell in cells]))
        reach = np.log1p(margins(table, cells))
        if (low <= reach).all() and (high >= -reach).all() and np.median(high - low) / 2 <= _SURE:
            yield tuple(setting), one, other


def _leads(run: Run, cells: Sequence[Cell], first: Iterable, second: Iterable) -> np.ndarray:
    """The time of the second over that of the first in each cell: values, low and high ends."""
    pairs = zip(cells, first, second, strict=True)
    return np.exp(estimates(logs(rounds_of(run), list(pairs))))
