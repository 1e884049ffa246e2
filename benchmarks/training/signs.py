"""What a descent and its data tell when something is wrong: in words, with what to do."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks import format

_RISE = 1e-9  # of the cost, relative: less is rounding
_UNSCALED = 50.0  # a feature beyond this, where others are near 0, was not scaled
_LOOKED_AT = 1 << 20  # numbers of X


def signs(costs: Sequence[float], X: Any, Y: Any) -> Iterator[str]:
    """A line for each sign of trouble; X and Y may be on disk, and are then looked at in part."""
    rises = np.flatnonzero(np.diff(costs) > _RISE * np.abs(costs[:-1]))
    if len(rises):
        yield (
            f"The cost rose in {format.count(len(rises), 'step')} of {format.count(len(costs) - 1)}, "
            f"first in step {rises[0] + 1}: the learning rate is too large; try a smaller --alpha."
        )
    m = max(1, min(X.shape[1], _LOOKED_AT // X.shape[0]))
    labels = np.unique(np.asarray(Y[:, :m]))
    if len(labels) == 1 and m == X.shape[1]:
        yield f"All labels are {labels[0]:g}: from one class alone nothing can be learned."
    numbers = np.asarray(X[:, :m])
    largest = float(np.abs(numbers).max())
    if largest > _UNSCALED:
        pixels = (
            numbers.min() >= 0 and largest <= 255 and bool((numbers == np.round(numbers)).all())
        )
        what = "Divide them by 255, as is done with pixels in .h5 files" if pixels else "Scale them"
        yield (
            f"The numbers in X go up to {format.rounded(largest)}: descent is slow or diverges on them. "
            f"{what}."
        )
