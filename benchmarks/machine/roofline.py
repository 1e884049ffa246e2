"""The least time that the hardware allows a call: what it must move and compute, over the best rates.

A table of limits has a row for each rate that was measured, with the columns COLUMNS:

    what      read (bytes), flops, exp or log (calls)
    dtype     of the numbers; blank for read
    threads   how many took part
    working_set_bytes    for read: of the memory that was read over and over, by all threads together
    per_s     the best rate of several probes
    probe     whose that was
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.operations import Demand
from benchmarks.results.records import LIMITS

COLUMNS = list(LIMITS)
_KEY = COLUMNS[:4]


class Limits:
    """A table of limits, ready to be asked. An empty one knows nothing, and answers nan."""

    def __init__(self, table: pd.DataFrame):
        self._rates: dict[tuple[str, str, int], float] = {}
        self._curves: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        key: Any
        for key, own in table.fillna({"dtype": ""}).groupby(_KEY[:3]):
            what, dtype, threads = key
            if what == "read":
                own = own.sort_values("working_set_bytes")
                # What is read at some rate can be read at that rate in a smaller piece, too.
                rates = np.maximum.accumulate(own["per_s"].to_numpy(float)[::-1])[::-1]
                self._curves[threads] = own["working_set_bytes"].to_numpy(float), rates
            else:
                self._rates[what, dtype, threads] = float(own["per_s"].max())

    def bandwidth(self, working_set_bytes: float, threads: int) -> float:
        """Bytes a second at that working set, by at most so many threads."""
        found = [
            np.interp(np.log(max(working_set_bytes, 1)), np.log(sizes), rates)
            for known, (sizes, rates) in self._curves.items()
            if known <= threads
        ]
        return float(max(found, default=np.nan))

    def rate(self, what: str, dtype: str, threads: int) -> float:
        """Flops, exponentials or logarithms a second, by at most so many threads."""
        found = [
            rate
            for (one, of, known), rate in self._rates.items()
            if (one, of) == (what, dtype) and known <= threads
        ]
        return max(found, default=np.nan)

    def least_ns(self, demand: Demand, dtype: str, threads: int) -> float:
        """Moving and computing may overlap, so the longer of the two; nan if a rate is not known."""
        moved_bytes = (demand.read + demand.written) * np.dtype(dtype).itemsize
        moving_s = moved_bytes / self.bandwidth(moved_bytes, threads)
        flops_s = demand.flops / self.rate("flops", dtype, threads)
        functions_s = sum(
            count / self.rate(what, dtype, threads)
            for what, count in (("exp", demand.exps), ("log", demand.logs))
        )
        return 1e9 * float(np.max([moving_s, flops_s, functions_s]))


def best(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """One table of several, the best rate of each kind: a neighbour can only make a rate worse."""
    together = pd.concat(tables, ignore_index=True)
    ranked = together.sort_values("per_s", ascending=False, kind="stable")
    return ranked.drop_duplicates(_KEY).sort_values(_KEY, kind="stable").reset_index(drop=True)
