"""Where X and Y come from: a seed, real data that ships with a package, the user's own file.

    from benchmarks.data import load, synthetic

    synthetic(64, 4096, seed=0)     load("breast_cancer")     load("cat")     load("mine.npz")

Shapes are the lesson's: X (n_x, m), a column is an example; Y (1, m), 0 or 1; both float64.
Nothing here uses the network.
"""

import os
from pathlib import Path

import numpy as np

from benchmarks.data.cat import cat, cat_corners
from benchmarks.data.dataset import DataError, Dataset, brief, check
from benchmarks.data.files import ENDINGS, read
from benchmarks.registry import how_to_install

__all__ = [
    "ENDINGS",
    "NAMES",
    "SYNTHETIC",
    "SYNTHETIC_DESCRIPTION",
    "DataError",
    "Dataset",
    "breast_cancer",
    "cat",
    "cat_corners",
    "check",
    "load",
    "synthetic",
]

SYNTHETIC = "synthetic"
SYNTHETIC_DESCRIPTION = "seeded normal features and labels drawn from a hidden model, of any size"

NAMES = {
    "breast_cancer": "569 tumours, 30 measurements each, standardised; 1 is benign (scikit-learn)",
    "cat": "209 colour patches of 64 x 64, and 50 to test; 1 is a cat (scikit-image)",
}

_LIBRARIES = ("sklearn", "skimage", "h5py")


def synthetic(n_x: int, m: int, seed: int) -> Dataset:
    """Draws m examples of n_x standard normal features, and labels of probability s(w.T X + b).

    The hidden w is normal with deviation 1/sqrt(n_x), so that the margins keep the same spread,
    about 1, at every n_x, and both labels occur as soon as there are more than a few examples.
    The same (seed, n_x, m) gives the same values. Raises DataError for a size below 1 or a
    negative seed.
    """
    for argument, value, least in (("n_x", n_x, 1), ("m", m, 1), ("seed", seed, 0)):
        if value < least:
            raise DataError(f"synthetic: {argument} is {value}, should be at least {least}")
    random = np.random.default_rng(seed)
    X = random.standard_normal((n_x, m))
    w = random.standard_normal((n_x, 1)) / np.sqrt(n_x)
    b = random.uniform(-0.5, 0.5)
    # Logistic noise lies below z with probability s(z): a Bernoulli draw that cannot overflow.
    Y = (random.logistic(size=(1, m)) < w.T @ X + b).astype(np.float64)
    return Dataset(SYNTHETIC, X, Y)


def breast_cancer() -> Dataset:
    """Wisconsin's diagnostic breast cancer data, as scikit-learn ships it: X (30, 569).

    Each feature is shifted and scaled to mean 0 and standard deviation 1, because the raw ones
    span 1e-3 (error of smoothness) to 4e3 (worst area): one step size could not suit both, and
    w.T X would drive every sigmoid to 0 or 1.
    """
    from sklearn.datasets import load_breast_cancer

    rows, labels = load_breast_cancer(return_X_y=True)
    standard = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return Dataset("breast_cancer", *check(standard.T, labels.reshape(1, -1), "breast_cancer"))


def load(source: str) -> Dataset:
    """Loads built-in data by its name in NAMES, else the user's file at that path.

    Raises DataError, in a line or two, for whatever is wrong with the source or what is in it.
    """
    try:
        match source:
            case "breast_cancer":
                return breast_cancer()
            case "cat":
                return cat()
            case "synthetic":
                raise DataError("synthetic has no size of its own: say which n_x and m to draw")
            # os.path, unlike pathlib, also answers for names that no file system would accept.
            case _ if os.path.exists(source):  # noqa: PTH110
                return read(Path(source))
    except ModuleNotFoundError as missing:
        if missing.name not in _LIBRARIES:
            raise
        raise DataError(f"{source}: {how_to_install(missing.name)}") from missing
    raise DataError(
        f"{brief(source)!r} is neither built-in data nor a file: "
        f"give one of {', '.join(NAMES)}, or the path of a file in {', '.join(ENDINGS)}"
    )
