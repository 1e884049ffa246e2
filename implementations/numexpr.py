"""NumPy's two products, with everything between them in one pass each by numexpr, in blocks and threads."""

from numexpr import evaluate

from implementations import CostGradient

PARALLEL = PEER = True
COLOUR = "#882255"
MARKER = "<"


def cost_gradient(w, b, X, Y):
    m = X.shape[1]
    Z = w.T @ X + b  # noqa: F841  numexpr finds its names itself
    # -(Y log A + (1 - Y) log(1 - A)), from Z: log(1 - A) is log 0 once Z passes 37.
    J = evaluate("sum(where(Z > 0, Z, 0) - Y * Z + log1p(exp(-abs(Z))))") / m
    dZ = evaluate("where(Z >= 0, 1, exp(-abs(Z))) / (1 + exp(-abs(Z))) - Y")
    return CostGradient(J, X @ dZ.T / m, dZ.sum() / m)
