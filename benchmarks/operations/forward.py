"""A = σ(wᵀX + b): every example's probability, in one go."""

from benchmarks.operations._demand import Demand
from benchmarks.operations._logistic import forward_error, parameters
from benchmarks.operations._logistic import hard as _hard
from benchmarks.problem.arithmetic import sigmoid

ARGUMENTS = ("w", "b", "X")
RETURNS = ("A",)
USES_M = True


def fixed(rng, X, Y):
    return {"X": X}


def moving(rng, X, Y):
    return parameters(rng, X)


def hard(rng, n_x, m):
    return [(name, {"w": w, "b": b, "X": X}) for name, w, b, X, _ in _hard(rng, n_x, m)]


def exact(a, w, b, X):
    return (sigmoid(a, a.product(X.T, w).T + a.lift(b)),)


def bound(r, w, b, X):
    return (forward_error(r, w, b, X)[-1],)


def demand(n_x, m):
    return Demand(read=n_x * m + n_x, written=m, flops=2 * n_x * m, exps=m)
