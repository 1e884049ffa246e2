"""One implementation for any library of the Array API standard; here with NumPy arrays."""

from array_api_compat import array_namespace

from implementations import CostGradient

PARALLEL = PEER = True  # the products are the library's own, and have its threads
COLOUR = "#999933"
MARKER = ">"


def forward(w, b, X):
    xp = array_namespace(w, X)
    Z = w.T @ X + b
    e = xp.exp(-xp.abs(Z))
    return xp.where(Z >= 0, xp.ones_like(e), e) / (1 + e)


def cost_gradient(w, b, X, Y):
    xp = array_namespace(w, X, Y)
    m = X.shape[1]
    Z = w.T @ X + b
    e = xp.exp(-xp.abs(Z))
    # -(Y log A + (1 - Y) log(1 - A)), from Z: log(1 - A) is log 0 once Z passes 37.
    J = xp.sum(xp.where(Z > 0, Z, xp.zeros_like(Z)) - Y * Z + xp.log1p(e)) / m
    dZ = xp.where(Z >= 0, xp.ones_like(e), e) / (1 + e) - Y
    return CostGradient(J, X @ dZ.T / m, xp.sum(dZ) / m)
