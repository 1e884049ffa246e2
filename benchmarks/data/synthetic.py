"""Seeded normal features and labels drawn from a hidden model, of any size."""

import numpy as np

from benchmarks.data.dataset import DataError, Dataset

SYNTHETIC = "synthetic"


def synthetic(n_x: int, m: int, seed: int) -> Dataset:
    """Draws m examples of n_x standard normal features, and labels of probability s(w.T X + b).

    The hidden w is normal with deviation 1/sqrt(n_x), so that the margins keep the same spread,
    about 1, at every n_x, and both labels occur as soon as there are more than a few examples.
    The same (seed, n_x, m) gives the same values. Raises DataError for a size below 1 or a
    negative seed.
    """
    for argument, value, minimum in (("n_x", n_x, 1), ("m", m, 1), ("seed", seed, 0)):
        if value < minimum:
            raise DataError(f"synthetic: {argument} is {value}, should be at least {minimum}")
    random = np.random.default_rng(seed)
    X = random.standard_normal((n_x, m))
    w = random.standard_normal((n_x, 1)) / np.sqrt(n_x)
    b = random.uniform(-0.5, 0.5)
    # Logistic noise lies below z with probability s(z): a Bernoulli draw that cannot overflow.
    Y = (random.logistic(size=(1, m)) < w.T @ X + b).astype(np.float64)
    return Dataset(SYNTHETIC, X, Y)
