"""Pure Python: the lesson's double loop, over the examples and over the features, on lists."""

from math import exp as _exp
from math import log as _log
from math import log1p

from implementations import CostGradient

COLOUR = "#D55E00"
MARKER = "o"


def prepare(array):
    """A list of rows: what Python's own loops work on best."""
    return array.tolist()


def dot(w, x):
    z = 0.0
    for i in range(len(w)):
        z += w[i][0] * x[i][0]
    return z


def matvec(A, v):
    u = []
    for row in A:
        total = 0.0
        for j in range(len(row)):
            total += row[j] * v[j][0]
        u.append([total])
    return u


def exp(v):
    return [[_exp(x)] for (x,) in v]


def log(v):
    return [[_log(x)] for (x,) in v]


def absolute(v):
    return [[abs(x)] for (x,) in v]


def relu(v):
    return [[x if x > 0.0 else 0.0] for (x,) in v]


def column_percentages(A):
    totals = [0.0] * len(A[0])
    for row in A:
        for j in range(len(row)):
            totals[j] += row[j]
    return [[100.0 * row[j] / totals[j] for j in range(len(row))] for row in A]


def sigmoid(z):
    """1 / (1 + e^-z), with an exponential that cannot overflow."""
    if z >= 0.0:
        return 1.0 / (1.0 + _exp(-z))
    e = _exp(z)
    return e / (1.0 + e)


def example(X, i):
    """The example x^(i): column i of X as a list, so that the loops over features read neighbours."""
    return [row[i] for row in X]


def forward(w, b, X):
    A = []
    for i in range(len(X[0])):
        x = example(X, i)
        z = b
        for j in range(len(w)):
            z += w[j][0] * x[j]
        A.append(sigmoid(z))
    return [A]


def cost_gradient(w, b, X, Y):
    n_x, m = len(X), len(X[0])
    J, dw, db = 0.0, [0.0] * n_x, 0.0
    for i in range(m):
        x, y = example(X, i), Y[0][i]
        z = b
        for j in range(n_x):
            z += w[j][0] * x[j]
        # -(y log a + (1 - y) log(1 - a)), from z: log(1 - a) is log 0 once z passes 37.
        J += max(z, 0.0) + log1p(_exp(-abs(z))) - y * z
        dz = sigmoid(z) - y
        for j in range(n_x):
            dw[j] += x[j] * dz
        db += dz
    return CostGradient(J / m, [[total / m] for total in dw], db / m)
