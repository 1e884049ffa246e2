"""J, dw and db: one step's cost and gradient over all m examples, the lesson's subject."""

import numpy as np

from benchmarks.operations import Work
from benchmarks.operations._logistic import edge_cases as _edge_cases
from benchmarks.operations._logistic import forward_error, parameters
from benchmarks.problem.arithmetic import EXTENDED, sigmoid, softplus
from benchmarks.problem.blocks import product

ARGUMENTS = ("w", "b", "X", "Y")
RETURNS = ("J", "dw", "db")
USES_M = True


def constant_arguments(rng, X, Y):
    return {"X": X, "Y": Y}


def varying_arguments(rng, X, Y):
    return parameters(rng, X)


def edge_cases(rng, n_x, m):
    return [
        (name, {"w": w, "b": b, "X": X, "Y": Y}) for name, w, b, X, Y in _edge_cases(rng, n_x, m)
    ]


def exact(a, w, b, X, Y):
    m = X.shape[1]
    Z, Y = a.product(X.T, w).T + a.lift(b), a.lift(Y)
    dZ = sigmoid(a, Z) - Y
    J = np.sum(softplus(a, Z) - Y * Z) / m
    return J, a.product(X, dZ.T) / m, np.sum(dZ) / m


def bound(r, w, b, X, Y):
    """Forward error in any order of summation (Higham 2002, ch. 3), δ for how far a value is off.

    The sums over m have m products, m - 1 additions, the difference A - Y and the quotient: γ_{m+2}.
    J's terms are held against softplus(Z) + |Z|: softplus(Z) - Y Z is a right way to write them, and so
    is softplus(-Z) + (1 - Y) Z (PyTorch's); what cancels in either is of Z's size. The slope of a term
    in Z is A - Y.
    """
    m = X.shape[1]
    Z, A, δZ, δA = forward_error(r, w, b, X)
    γ = r.gamma(max(m, r.whole) + 2)
    residual = np.abs(A - Y) + δA
    size = softplus(EXTENDED, Z).astype(float) + np.abs(Z)
    δdZ = δA + γ * residual
    J = np.mean(residual * δZ + (r.few + γ) * size)
    return J, product(X, δdZ.T, absolute=True) / m + 2 * r.tiny, np.mean(δdZ)


def work(n_x, m):
    """X once, an exponential for each example, and one logarithm: Σ log(1 + e) is log Π (1 + e)."""
    read, flops = n_x * m + m + n_x, 4 * n_x * m + 6 * m
    return Work(read, written=n_x, flops=flops, exps=m, logs=1)
