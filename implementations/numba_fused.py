"""One pass over X as it lies in memory, compiled by Numba: SIMD, threads, no temporary of length m."""

from implementations._fused import fused

PARALLEL = True
COLOUR = "#000000"
MARKER = "*"


def cost_gradient(w, b, X, Y):
    return fused(w, b, X, Y)
