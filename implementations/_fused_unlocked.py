"""The kernel of numba_fused for one of several threads of Python: it lets go of the interpreter's lock."""

from functools import partial

from numba import njit

from implementations._fused import fused, whole
from implementations._fused_products import REORDER


# A function of its own, where _fused compiles `whole` as it is: Numba keeps compiled code by the name of
# the function, not by nogil, and would take the one for the other.
@njit(cache=True, nogil=True, **REORDER)
def _unlocked(w, b, X, Y, dw):
    return whole(w, b, X, Y, dw)


cost_gradient = partial(fused, alone=_unlocked)
