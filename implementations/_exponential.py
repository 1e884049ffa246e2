"""e^x for x at most 0, in vector instructions: for the fused kernels and for the roofline's probe.

e^x = 2^k e^r with k the integer nearest to x / ln 2, so that |r| is at most 0.35.

- The reduction r = x - k ln 2 is Cody and Waite's (Software Manual for the Elementary Functions,
  1980, chapter 6): ln 2 comes in two parts, and the first ends in enough zeros for k times it to be
  exact. In double precision the two parts are fdlibm's (e_exp.c: ln2HI, ln2LO); in single precision
  they are Cody and Waite's C1 = 0.693359375 and the rest.
- Adding 1.5 · 2^52 rounds to an integer and leaves k in the last bits. Shifted into the place of the
  exponent, these are added to the bits of e^r.
- The polynomial for e^r is Taylor's. Its first missing term is below half a unit in the last place:
  r^14/14! is 4e-18 beside 1.1e-16, r^8/8! is 5e-9 beside 6e-8.

Numba compiles it into the kernels that call it. Their caches do not notice a change in this file.
"""

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

# The reduction is exact only in the order it is written in: no reassociation.
_AS_WRITTEN: Any = {"error_model": "numpy", "fastmath": {"contract"}}

_LOG2E, _LN2_HIGH, _LN2_LOW = 1 / np.log(2), 6.93147180369123816490e-01, 1.90821492927058770002e-10
_ROUND = 1.5 * 2.0**52
_LOG2E_32, _LN2_HIGH_32 = np.float32(1 / np.log(2)), np.float32(0.693359375)
_LN2_LOW_32 = np.float32(np.log(2) - 0.693359375)
_ROUND_32 = np.float32(1.5 * 2.0**23)
_MIN_X, _MIN_X_32 = -708.0, np.float32(-87.0)  # e to that is still a normal number
(_C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10, _C11, _C12, _C13) = (
    1 / float(np.prod(np.arange(1.0, n + 1))) for n in range(2, 14)
)
_D0 = np.float32(1)
_D2, _D3, _D4, _D5, _D6, _D7 = map(np.float32, (_C2, _C3, _C4, _C5, _C6, _C7))


def exponential(x: Any) -> Any:
    """e^x for x at most 0, inside compiled code, to within two units in the last place."""
    raise NotImplementedError("this one is for compiled code")


@overload(exponential, jit_options=_AS_WRITTEN)
def _exponential(x):
    return _exponential_32 if x == types.float32 else _exponential_64


def _exponential_64(x):
    x = x if x > _MIN_X else _MIN_X
    rounded = x * _LOG2E + _ROUND
    k = rounded - _ROUND
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    p = _C13
    p = p * r + _C12
    p = p * r + _C11
    p = p * r + _C10
    p = p * r + _C9
    p = p * r + _C8
    p = p * r + _C7
    p = p * r + _C6
    p = p * r + _C5
    p = p * r + _C4
    p = p * r + _C3
    p = p * r + _C2
    p = p * r + 1.0
    p = p * r + 1.0
    bits = np.float64(p).view(np.int64) + (np.float64(rounded).view(np.int64) << 52)
    return np.int64(bits).view(np.float64)


def _exponential_32(x):
    x = x if x > _MIN_X_32 else _MIN_X_32
    rounded = x * _LOG2E_32 + _ROUND_32
    k = rounded - _ROUND_32
    r = (x - k * _LN2_HIGH_32) - k * _LN2_LOW_32
    p = _D7
    p = p * r + _D6
    p = p * r + _D5
    p = p * r + _D4
    p = p * r + _D3
    p = p * r + _D2
    p = p * r + _D0
    p = p * r + _D0
    bits = np.int32(
        np.float32(p).view(np.int32) + (np.float32(rounded).view(np.int32) << np.int32(23))
    )
    return np.int32(bits).view(np.float32)
