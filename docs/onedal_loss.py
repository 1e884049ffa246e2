"""oneDAL (scikit-learn-intelex): value and gradient of the logistic loss that its solvers minimize."""

from functools import lru_cache

import daal4py
import numpy as np

from implementations import CostGradient

PARALLEL = PEER = True
COLOUR = "#0F6FC6"
MARKER = "h"
TYPES = {"d": "double", "f": "float"}


def prepare(array):
    """With every example contiguous, as oneDAL has them."""
    return np.asfortranarray(array)


@lru_cache(maxsize=8)
def loss(n_x, m, kind):
    """Its results' memory is of one size, and is used again."""
    return daal4py.optimization_solver_logistic_loss(
        numberOfTerms=m,
        fptype=TYPES[kind],
        interceptFlag=True,
        penaltyL1=0.0,
        penaltyL2=0.0,
        resultsToCompute="value|gradient",
    )


def cost_gradient(w, b, X, Y):
    # Its rows are examples, and its intercept is the first coefficient.
    coef = np.empty((len(w) + 1, 1), w.dtype)
    coef[0], coef[1:] = b, w
    result = loss(*X.shape, X.dtype.char).compute(X.T, Y.T, coef)
    return CostGradient(result.valueIdx[0, 0], result.gradientIdx[1:], result.gradientIdx[0, 0])
