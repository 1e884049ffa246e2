"""Who is fastest where, and whether that is a tie."""

import pandas as pd

from benchmarks.records import is_twin
from benchmarks.statistics.intervals import speedup
from benchmarks.statistics.noise import INDISTINGUISHABLE, floors
from benchmarks.statistics.summary import cells_of
from benchmarks.store import CELL, Run

_NAMES = ["winner", "median_ns", "second", "lead", "lead_low", "lead_high", "floor", "tie"]


def winners(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """The fastest implementation of each cell, how it stands to the next, and whether they tie.

    `table` is the summary. Of the two of the least time the first is who is ahead in the rounds that
    both were in: their other rounds were at other moments of the machine. `lead` is how many times
    faster than the second, with its interval; it is a tie where the interval does not clear `floor`:
    0.02, or the cell's noise floor if that is higher.
    """
    rows = []
    samples_of = dict(cells_of(run.samples))
    noise = floors(table)
    timed = table[~is_twin(table["implementation"])].dropna(subset="median_ns")
    for cell, group in timed.groupby(CELL, sort=False):
        ranked = group.sort_values("median_ns").set_index("implementation")["median_ns"]
        first, second = ranked.index[0], ranked.index[min(1, len(ranked) - 1)]
        lead = speedup(samples_of[cell], first, second) if second != first else None
        if lead and lead.value < 1:
            first, second = second, first
            lead = speedup(samples_of[cell], first, second)
        floor = max(INDISTINGUISHABLE, noise.get(cell, 0.0))
        row = {**dict(zip(CELL, cell, strict=True)), "winner": first}
        row |= {"median_ns": ranked[first], "floor": floor, "tie": False}
        if lead:
            row |= {"second": second, "lead": lead.value, "lead_low": lead.low}
            row |= {"lead_high": lead.high, "tie": lead.low < 1 + floor}
        rows.append(row)
    return pd.DataFrame(rows, columns=[*CELL, *_NAMES])
