"""What identical code differs by: the noise floor, and the warnings that a cell's spread deserves.

A twin is a second worker with the baseline's own code. Whatever it differs from the baseline by is
noise, so no difference below that is believed.
"""

import numpy as np
import pandas as pd

from benchmarks.results import warnings
from benchmarks.results.records import is_twin
from benchmarks.results.store import CELL
from benchmarks.statistics.intervals import Estimate

INDISTINGUISHABLE = 0.02  # a difference below this is no win, whatever its interval (method.md, 14)
_NOISY = 0.10  # an interval that reaches further than this from its value is worth a word


def floors(table: pd.DataFrame) -> pd.Series:
    """The noise floor of each cell, by its key: what the twin differs from the baseline by, as a
    share of it. `table` is the summary. A cell without a twin is not in it."""
    twins = table[is_twin(table["implementation"])].dropna(subset="speedup")
    differ = np.expm1(np.abs(np.log(twins["speedup"].astype(float))))
    return pd.Series(differ.to_numpy(), index=pd.MultiIndex.from_frame(twins[CELL]), dtype=float)


def reached(estimate: Estimate) -> float:
    """The precision of a ratio or a time: half its interval's width, as a share of it."""
    return float(np.sqrt(estimate.high / estimate.low) - 1)


def noisy(time: Estimate) -> list[str]:
    """A warning where the interval of a time is wide."""
    far = max(time.high / time.value, time.value / time.low) - 1
    return [warnings.word("noisy", f"its interval reaches {far:.0%} from its value")] * (
        far > _NOISY
    )
