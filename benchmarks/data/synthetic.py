"""Seeded normal features and labels drawn from a hidden model, of any size."""

from typing import NamedTuple

import numpy as np

from benchmarks.data.blocks import blocks, fill
from benchmarks.data.dataset import Array, DataError, Dataset

SYNTHETIC = "synthetic"
_BLOCK = 1 << 17


class Synthetic(NamedTuple):
    """What `synthetic` draws, before it is drawn."""

    n_x: int
    m: int
    seed: int

    def check(self) -> None:
        """Raises DataError for a size below 1 or a negative seed."""
        for argument, minimum in (("n_x", 1), ("m", 1), ("seed", 0)):
            value = getattr(self, argument)
            if value < minimum:
                raise DataError(f"synthetic: {argument} is {value}, should be at least {minimum}")


def synthetic(n_x: int, m: int, seed: int) -> Dataset:
    """Draws m examples of n_x standard normal features, and labels of probability s(w.T X + b).

    The hidden w is normal with deviation 1/sqrt(n_x), so that the margins keep the same spread,
    about 1, at every n_x, and both labels occur as soon as there are more than a few examples.
    The same (seed, n_x, m) gives the same values. Raises DataError for a size below 1 or a
    negative seed.
    """
    Synthetic(n_x, m, seed).check()
    X = np.empty((n_x, m))
    return Dataset(SYNTHETIC, X, draw_examples(X, seed))


def draw_examples(X: np.ndarray, seed: int) -> Array:
    """Fill X (n_x, m), of any dtype and memory order, with the features; returns Y (1, m).

    Takes little memory beside X. The values are those of float64, rounded to X's dtype.
    """
    n_x, m = X.shape
    random = np.random.default_rng(seed)
    fill(X, random.standard_normal)
    w = random.standard_normal((n_x, 1)) / np.sqrt(n_x)
    b = random.uniform(-0.5, 0.5)
    noise = random.logistic(size=(1, m))
    margins = w.T @ X if X.dtype == np.float64 else _margins(w, m, seed)
    # Logistic noise lies below z with probability s(z): a Bernoulli draw that cannot overflow.
    return (noise < margins + b).astype(np.float64)


def _margins(w: Array, m: int, seed: int) -> Array:
    """w.T X (1, m) of the features in float64, drawn once more: the labels depend on no rounding."""
    random = np.random.default_rng(seed)
    margins = np.zeros((1, m))
    for i, j in blocks((len(w), m), _BLOCK):
        X = random.standard_normal((i.stop - i.start, j.stop - j.start))
        margins[:, j] += w[i].T @ X
    return margins
