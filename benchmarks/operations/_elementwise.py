"""What the operations on every element of a column have in common."""

import numpy as np

ARGUMENTS = ("v",)
RETURNS = ("u",)
USES_M = False


def column(rng, X) -> dict:
    """v (n_x, 1), standard normal."""
    return {"v": rng.standard_normal((X.shape[0], 1))}


def nothing(rng, X, Y) -> dict:
    return {}


def cases(n_x, **values) -> list:
    """A case of every list of values, repeated down a column of n_x."""
    return [
        (name.replace("_", " "), {"v": np.resize(np.array(column, float), (n_x, 1))})
        for name, column in values.items()
    ]
