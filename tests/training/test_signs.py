"""What is wrong with a descent or its data is said, with what to do; a good one is told nothing."""

from pathlib import Path

import numpy as np
import pytest
from in_process import call

from benchmarks.training.signs import signs

rng = np.random.default_rng(0)
X = rng.standard_normal((3, 40))
Y = (X[:1] > 0).astype(float)
FALLING = [0.69, 0.6, 0.55, 0.55]


@pytest.mark.parametrize(
    ("costs", "data", "labels", "says"),
    [
        (FALLING, X, Y, ""),
        ([0.69, 0.5, 0.7, 0.6], X, Y, "The cost rose in 1 step of 3, first in step 2"),
        (FALLING, X, np.ones_like(Y), "All labels are 1: from one class alone"),
        (FALLING, np.round(255 * abs(np.sin(X))), Y, "up to 255: descent is slow or diverges"),
        (FALLING, 1e4 * X, Y, "Scale them."),
    ],
)
def test_each_sign_has_its_line(costs: list[float], data: np.ndarray, labels, says: str) -> None:
    found = list(signs(costs, data, labels))
    assert len(found) == bool(says)
    assert all(says in line for line in found)


def test_pixels_are_to_be_divided_and_only_they() -> None:
    pixels = rng.integers(0, 256, (4, 30)).astype(float)
    pixels[0, 0] = 255
    assert "Divide them by 255" in "".join(signs(FALLING, pixels, Y[:, :30]))
    assert "Divide" not in "".join(signs(FALLING, pixels + 0.5, Y[:, :30]))


def test_the_command_says_them(tmp_path: Path) -> None:
    np.savez(tmp_path / "raw.npz", X=rng.integers(0, 256, (4, 60)), Y=rng.integers(0, 2, (1, 60)))
    ended = call(tmp_path, "fit", "--data", "raw.npz", "--steps", "5", "--alpha", "3", "--quiet", "--out", "out")  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "Divide them by 255" in ended.stdout
    assert "try a smaller --alpha" in ended.stdout
