"""Small data as arrays and as files, and what is said where it is refused."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from benchmarks.data import DataError

X = np.array([[0.5, -1.25, 3.0, 0.1], [2.0, 1e-300, -7.5, 1e300], [1.0, 0.0, 1 / 3, 4.0]])
Y = np.array([[0.0, 1.0, 1.0, 0.0]])
PIXELS = np.random.default_rng(1).integers(0, 256, (5, 4, 4, 3), dtype=np.uint8)
LABELS = np.array([0, 1, 1, 0, 1])


def refusal(action, *arguments) -> str:
    """The message of the DataError that the action must end in; any other exception fails."""
    with pytest.raises(DataError) as caught:
        action(*arguments)
    message = str(caught.value)
    assert message.count("\n") < 2
    assert len(message) < 500
    return message


def save_npz(path: Path, **arrays) -> str:
    np.savez(path, **({"X": X, "Y": Y} | arrays))
    return str(path)


def save_h5(path: Path, **arrays) -> str:
    with h5py.File(path, "w") as file:
        for name, array in ({"train_set_x": PIXELS, "train_set_y": LABELS} | arrays).items():
            file[name] = array
    return str(path)


def save_csv(path: Path, header: str = "") -> str:
    rows = [",".join(repr(float(value)) for value in row) for row in np.vstack([X, Y]).T]
    path.write_text("\n".join([header] * bool(header) + rows) + "\n")
    return str(path)


# Synthetic
