"""glum: the deviance and the gradient that its generalized linear model of the logit minimizes."""

import numpy as np
from glum import BinomialDistribution, LogitLink
from tabmat import DenseMatrix

from implementations import CostGradient

PARALLEL = PEER = True
COLOUR = "#117733"
MARKER = ">"
FAMILY, LINK = BinomialDistribution(), LogitLink()


def cost_gradient(w, b, X, Y):
    # Its rows are examples; with weights of 1/m, sums are means. Of labels 0 and 1 the deviance is twice
    # the cost.
    m = X.shape[1]
    rows, y, weights = DenseMatrix(X.T), Y[0], np.full(m, 1 / m, X.dtype)
    eta = rows.matvec(w[:, 0]) + X.dtype.type(b)
    eta, mu, deviance = FAMILY.eta_mu_deviance(LINK, 1, np.zeros_like(eta), eta, y, weights)
    dZ, _ = FAMILY.rowwise_gradient_hessian(LINK, w[:, 0], 1, rows, y, weights, eta, mu)
    return CostGradient(deviance / 2, -rows.transpose_matvec(dZ)[:, np.newaxis], -dZ.sum())
