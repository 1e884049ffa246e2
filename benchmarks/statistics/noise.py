"""What identical code differs by: the noise floor, and the warnings that a cell's spread deserves.

The A/A control is a second worker with the baseline's own code. Its difference from the baseline is
noise, so a smaller difference does not count.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks.results import warnings
from benchmarks.results.records import Cell, is_control
from benchmarks.results.store import CELL
from benchmarks.statistics.estimates import Estimate
from benchmarks.statistics.rounds import Rounds

# The smallest difference that counts, whatever its interval: where code and data happen to lie in
# memory moves a time by as much (Mytkowicz and others, ASPLOS 2009).
INDISTINGUISHABLE = 0.02
_NOISY = 0.10  # an interval that reaches further than this from its value is worth a warning


def floors(table: pd.DataFrame) -> pd.Series:
    """The noise floor of each cell, by its key: what the A/A control differs from the baseline by, as a
    share of it. `table` is the summary. A cell without one is not in it."""
    controls = table[is_control(table["implementation"])].dropna(subset="speedup")
    differences = np.expm1(np.abs(np.log(controls["speedup"].astype(float))))
    cells = pd.MultiIndex.from_frame(controls[CELL])
    return pd.Series(differences.to_numpy(), index=cells, dtype=float)


def margins(table: pd.DataFrame, cells: Sequence[Cell]) -> np.ndarray:
    """The equivalence margin of each cell, as a share: 2%, or the noise floor where that is higher."""
    floor = floors(table).to_dict()
    return np.array([max(INDISTINGUISHABLE, floor.get(cell, 0.0)) for cell in cells])


def relative_half_width(estimate: Estimate) -> float:
    """Half the width of an interval, as a share of the value: the precision of a ratio or a time."""
    return float(np.sqrt(estimate.high / estimate.low) - 1)


def noisy(time: Estimate) -> list[str]:
    """A warning where the interval of a time is wide."""
    reach = max(time.high / time.value, time.value / time.low) - 1
    if not reach > _NOISY:
        return []
    return [warnings.word("noisy", f"its interval reaches {reach:.0%} from its value")]


def crowding(rounds: Rounds, cell: Cell, name: str) -> list[str]:
    """A warning where so many samples were disturbed that all of them count."""
    if (cell, name) not in rounds.crowded:
        return []
    share = rounds.disturbed_share[cell, name]
    return [warnings.word("interference", f"{share:.0%} of the samples")]
