"""What the operations on every element of a column have in common."""

import numpy as np

ARGUMENTS = ("v",)
RETURNS = ("u",)
USES_M = False


def constant_arguments(rng, X, Y) -> dict:
    """v (n_x, 1), standard normal."""
    return {"v": rng.standard_normal((X.shape[0], 1))}


def varying_arguments(rng, X, Y) -> dict:
    """No argument varies."""
    return {}


def cases(n_x, **values) -> list:
    """A case for each list of values, repeated down a column of n_x."""
    return [
        (name.replace("_", " "), {"v": np.resize(np.array(column, float), (n_x, 1))})
        for name, column in values.items()
    ]


def signs(rng, n_x, m) -> list:
    """The edge cases of an operation that depends on the sign alone."""
    return cases(
        n_x, zeros=[0.0, -0.0], large=[-1e30, 1e30], small=[-1e-30, 1e-30], all_below_0=[-1]
    )
