"""209 colour patches of 64 x 64, and 50 to test; 1 is a cat (scikit-image).

The course's own cat pictures are not ours to pass on. This set, cut from photographs, has their
shapes and proportions: X (12288, 209) with 72 cats, X_test (12288, 50) with 33. It has one cat,
though, and its patches overlap their neighbours, so it measures speed and shows learning; it is no
test of a model.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.data.dataset import Array, DataError, Dataset, check

SIDE = 64
"""Pixels along either side of a patch."""

SEED = 209
Regions = dict[str, tuple[int, int, int, int, int]]
"""Parts of photographs in pixels: top, bottom, left, split, right.

Left of the split is for training, right of it for the test.
"""


class Patch(NamedTuple):
    """One example: SIDE x SIDE pixels from their top left corner, and the label, 1 for cat."""

    photograph: str
    top: int
    left: int
    label: int


# The face, without what is seen to either side of it.
CAT: Regions = {"chelsea.png": (0, 300, 30, 220, 345)}

OTHERS: Regions = {
    "astronaut.png": (0, 512, 0, 320, 512),
    "coffee.png": (0, 400, 0, 380, 600),
    "rocket.jpg": (0, 427, 0, 400, 640),
    "hubble_deep_field.jpg": (0, 872, 0, 640, 1000),
    # The middle of the eye: its corners are plain black, and so are identical.
    "retina.jpg": (300, 1110, 300, 800, 1110),
    "ihc.png": (0, 512, 0, 320, 512),
}


def load() -> Dataset:
    """The patches as X (12288, 209) in [0, 1] and Y (1, 209), with X_test (12288, 50), Y_test.

    The same examples in the same order every time. Raises DataError if the installed
    scikit-image lacks a photograph.
    """
    photographs = {file: _photograph(file) for file in CAT | OTHERS}
    train, test = (_unrolled(patches, photographs) for patches in corners())
    return Dataset("cat", *train, *test)


def corners() -> tuple[list[Patch], list[Patch]]:
    """Where the patches lie, in the order of the columns: those to train on, those to test on.

    No two of a set are the same. None of one set overlaps any of the other: in each photograph
    they lie on different sides of a vertical line.
    """
    random = np.random.default_rng(SEED)
    train = _draw(random, CAT, 72, label=1, test=False)
    train += _draw(random, OTHERS, 209 - 72, label=0, test=False)
    test = _draw(random, CAT, 33, label=1, test=True)
    test += _draw(random, OTHERS, 50 - 33, label=0, test=True)
    # Mixed, so that any part of the columns holds both labels.
    return [train[i] for i in random.permutation(209)], [test[i] for i in random.permutation(50)]


def _draw(
    random: np.random.Generator, regions: Regions, count: int, label: int, test: bool
) -> list[Patch]:
    """Draws `count` patches, as equally from each region as can be, none of them twice."""
    patches = []
    for k, (file, (top, bottom, left, split, right)) in enumerate(regions.items()):
        left, right = (split, right) if test else (left, split)
        rows, columns = bottom - top - SIDE + 1, right - left - SIDE + 1
        share = (count + k) // len(regions)  # these floors add up to count
        for corner in random.choice(rows * columns, size=share, replace=False).tolist():
            patches.append(Patch(file, top + corner // columns, left + corner % columns, label))
    return patches


def _unrolled(
    patches: list[Patch], photographs: dict[str, NDArray[np.uint8]]
) -> tuple[Array, Array]:
    columns = [
        photographs[file][top : top + SIDE, left : left + SIDE].reshape(-1)
        for file, top, left, _ in patches
    ]
    labels = np.array([[patch.label for patch in patches]])
    return check(np.stack(columns, axis=1) / 255, labels, "cat")


def _photograph(file: str) -> NDArray[np.uint8]:
    """Reads a photograph, (height, width, 3), from inside the package.

    Not by skimage.data.<name>(), which goes to the network for what the package lacks.
    """
    import skimage
    from skimage.io import imread

    path = Path(skimage.__file__).parent / "data" / file
    if not path.is_file():
        raise DataError(
            f"cat: this scikit-image does not ship {file}: "
            f"install the version that pyproject.toml asks for"
        )
    return np.asarray(imread(path), dtype=np.uint8)
