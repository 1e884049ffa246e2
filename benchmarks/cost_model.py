"""How long a call takes, as a function of its work: t = c + a·work, fitted to what was measured."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import nnls


def predict_ns(work: Sequence[float], time_ns: Sequence[float], wanted: float) -> float:
    """The time of a call of `wanted` work, from the times of others; nan from none at all.

    A call's overhead c and its time per unit of work a are at least 0; errors count relative to the
    time, so that the small cells, which are many, do not drown.
    """
    if not len(work):
        return float("nan")
    times = np.asarray(time_ns, dtype=float)
    scaled = np.column_stack([np.ones(len(times)), np.asarray(work, dtype=float)]) / times[:, None]
    unit = np.linalg.norm(scaled, axis=0)
    (c, a), _ = nnls(scaled / unit, np.ones(len(times)))
    return float(c / unit[0] + a / unit[1] * wanted)
