"""The roofline: the least time that the hardware allows a call, from its work and the best rates.

A table of limits has a row for each rate that was measured, with the columns COLUMNS:

    what      read (bytes), flops, exp or log (calls)
    dtype     of the numbers; blank for read
    threads   how many took part
    working_set_bytes    for read: of the memory that was read over and over, by all threads together
    per_s     the best rate of several probes
    probe     the probe that reached it
"""

from collections.abc import Iterable
from math import inf
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.operations import Work
from benchmarks.results.records import LIMITS

COLUMNS = list(LIMITS)
_KEY = COLUMNS[:4]


class Limits:
    """The rates of a table of limits. Of an empty table every rate is nan."""

    def __init__(self, table: pd.DataFrame):
        self._rates: dict[tuple[str, str, int], float] = {}
        self._curves: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        key: Any
        for key, rows in table.fillna({"dtype": ""}).groupby(_KEY[:3]):
            what, dtype, threads = key
            if what == "read":
                rows = rows.sort_values("working_set_bytes")
                # What is read at some rate can be read at that rate in a smaller piece, too.
                rates = np.maximum.accumulate(rows["per_s"].to_numpy(float)[::-1])[::-1]
                self._curves[threads] = rows["working_set_bytes"].to_numpy(float), rates
            else:
                self._rates[what, dtype, threads] = float(rows["per_s"].max())

    def bandwidth(self, working_set_bytes: float, threads: int) -> float:
        """Bytes a second at that working set, by at most so many threads."""
        rates = [
            np.interp(np.log(max(working_set_bytes, 1)), np.log(sizes), per_s)
            for count, (sizes, per_s) in self._curves.items()
            if count <= threads
        ]
        return float(max(rates, default=np.nan))

    def rate(self, what: str, dtype: str, threads: int) -> float:
        """Flops, exponentials or logarithms a second, by at most so many threads."""
        rates = [
            per_s
            for (*kind, count), per_s in self._rates.items()
            if kind == [what, dtype] and count <= threads
        ]
        return max(rates, default=np.nan)

    def limit_ns(self, work: Work, dtype: str, threads: int, cold: bool = False) -> float:
        """The roofline bound of one call. Moving data, flops and functions may overlap: the longest of
        the three counts. It is nan where a rate is not known. With `cold` caches everything comes from
        memory, however little it is."""
        moved_bytes = (work.read + work.written) * np.dtype(dtype).itemsize
        from_bytes = inf if cold else moved_bytes
        moving_s = moved_bytes / self.bandwidth(from_bytes, threads)
        flops_s = work.flops / self.rate("flops", dtype, threads)
        functions_s = sum(
            count / self.rate(what, dtype, threads)
            for what, count in (("exp", work.exps), ("log", work.logs))
        )
        return 1e9 * float(np.max([moving_s, flops_s, functions_s]))


def best(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """One table of several, the best rate of each kind: a neighbour can only make a rate worse."""
    rates = pd.concat(tables, ignore_index=True)
    ranked = rates.sort_values("per_s", ascending=False, kind="stable")
    return ranked.drop_duplicates(_KEY).sort_values(_KEY, kind="stable").reset_index(drop=True)
