"""Arithmetic in 50 digits, for small problems. A worker needs none of it, and does not import mpmath."""

import mpmath
import numpy as np

from benchmarks.problem.arithmetic import Arithmetic

_MP = mpmath.MPContext()
_MP.dps = 50
_to_mp = np.frompyfunc(lambda x: _MP.mpf(float(x)), 1, 1)


def _lift(array) -> np.ndarray:
    array = np.asarray(array)
    return array if array.dtype == object else np.asarray(_to_mp(array), dtype=object)


def _product(M, v) -> np.ndarray:
    return np.asarray(_lift(M) @ _lift(v), dtype=object)


MPMATH = Arithmetic(
    lift=_lift,
    exp=np.frompyfunc(_MP.exp, 1, 1),
    log=np.frompyfunc(_MP.log, 1, 1),
    log1p=np.frompyfunc(_MP.log1p, 1, 1),
    product=_product,
    unit_roundoff=0.0,
)
