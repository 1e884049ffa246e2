"""A = σ(wᵀX + b): every example's probability, in one go."""

from benchmarks.operations import Work
from benchmarks.operations._logistic import edge_cases as _edge_cases
from benchmarks.operations._logistic import forward_error, parameters
from benchmarks.problem.arithmetic import sigmoid

ARGUMENTS = ("w", "b", "X")
RETURNS = ("A",)
USES_M = True


def constant_arguments(rng, X, Y):
    return {"X": X}


def varying_arguments(rng, X, Y):
    return parameters(rng, X)


def edge_cases(rng, n_x, m):
    return [(name, {"w": w, "b": b, "X": X}) for name, w, b, X, _ in _edge_cases(rng, n_x, m)]


def exact(a, w, b, X):
    return (sigmoid(a, a.product(X.T, w).T + a.lift(b)),)


def bound(r, w, b, X):
    return (forward_error(r, w, b, X)[-1],)


def work(n_x, m):
    return Work(read=n_x * m + n_x, written=m, flops=2 * n_x * m, exps=m)
