"""scikit-learn: the loss and gradient that its own LogisticRegression minimizes."""

import numpy as np
from sklearn._loss import HalfBinomialLoss
from sklearn.linear_model._linear_loss import LinearModelLoss
from sklearn.utils._openmp_helpers import _openmp_effective_n_threads

from implementations import CostGradient

PARALLEL = PEER = True
COLOUR = "#7A5230"
MARKER = "p"
LOSS = LinearModelLoss(base_loss=HalfBinomialLoss(), fit_intercept=True)


def cost_gradient(w, b, X, Y):
    # Its rows are examples, and its intercept is the last coefficient.
    coef = np.empty(len(w) + 1, w.dtype)
    coef[:-1], coef[-1] = w[:, 0], b
    J, gradient = LOSS.loss_gradient(coef, X.T, Y[0], n_threads=_openmp_effective_n_threads())
    return CostGradient(J, gradient[:-1, np.newaxis], gradient[-1])
