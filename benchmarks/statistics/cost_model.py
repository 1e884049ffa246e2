"""How long a call takes: t = c + e·m + a·work, fitted to what was measured."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import nnls

Size = tuple[float, float]  # m and the work, in whatever unit


def predict_ns(sizes: Sequence[Size], time_ns: Sequence[float], wanted: Size) -> float:
    """The time of a call of the `wanted` size, from the times of others; nan from none at all.

    A call's overhead c, an example's e (a loop over examples has one) and the time per unit of work
    a are at least 0; errors count relative to the time, so that the large do not drown the small.
    """
    if not len(sizes):
        return float("nan")
    times = np.asarray(time_ns, dtype=float)
    terms = np.column_stack([np.ones(len(times)), np.asarray(sizes, dtype=float)]) / times[:, None]
    unit = np.linalg.norm(terms, axis=0)
    weights, _ = nnls(terms / unit, np.ones(len(times)))
    return float(np.dot(weights / unit, [1.0, *wanted]))
