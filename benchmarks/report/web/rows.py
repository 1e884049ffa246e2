"""Every implementation in every cell, as the rows of the table that sorts and filters."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.report.data import Data
from benchmarks.results.store import CELL

_DIGITS = 5
_NUMBERS = [
    *("median_ns", "ci_low_ns", "ci_high_ns", "speedup", "speedup_low", "speedup_high"),
    *("fraction_of_limit", "share", "extra_bytes", "predicted_ns", "outliers", "samples"),
]
_TEXTS = ["status", "reason", "warnings"]
COLUMNS = ["run", "implementation", *CELL, *_NUMBERS, "floor", *_TEXTS]


def of(runs: Mapping[str, Data]) -> dict[str, Any]:
    """Column by column, the runs' rows one after another, each run's in the order of `results`."""
    tables = [_table(k, data) for k, data in enumerate(runs.values())]
    together = pd.concat(tables, ignore_index=True)
    return {"runs": list(runs), "columns": {name: _plain(together[name]) for name in COLUMNS}}


def _table(k: int, data: Data) -> pd.DataFrame:
    """A run's rows. `share` is the error over its bound; `floor` the cell's noise floor, as a share."""
    found = data.results
    bound = found["bound"].where(found["bound"] > 0)
    keys = pd.MultiIndex.from_frame(found[CELL])
    floors = data.floors.reindex(keys).to_numpy() if len(data.floors) else np.nan
    return found.assign(run=k, share=found["error"] / bound, floor=floors)


def _plain(column: pd.Series) -> list[Any]:
    """Numbers to so many digits; what is missing is null."""
    if pd.api.types.is_float_dtype(column):
        return [float(f"{v:.{_DIGITS}g}") if np.isfinite(v) else None for v in column]
    return [value if isinstance(value, str) else int(value) for value in column]
