"""Data on disk: written in blocks, the same however it is cut; read in blocks; refused where it is damaged."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from benchmarks.data import DataError, Synthetic, large, load, writing
from benchmarks.data.large import Stored
from benchmarks.data.stored import from_text, labels_beside, open_stored, to_text

N_X, M, SEED = 5, 2345, 3
LAYOUTS = ("x.npy", "x", "x.zarr")


def write(
    path: Path, block: int = 700, m: int = M, dtype: str = "float64", workers: int = 3
) -> Path:
    if path.suffix == ".zarr":
        pytest.importorskip("zarr", reason="zarr is not installed: make scale")
    wanted = writing.Wanted(Synthetic(N_X, m, SEED), dtype, block)
    writing.write(path, wanted, workers, lambda share: None)
    return path


def stored(path: Path) -> tuple[Any, Any]:
    data = large.read(path, hold=False)
    return data.X, data.Y


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("block", [1, 999, 1000, M, 10 * M])
def test_the_numbers_depend_on_no_block(tmp_path: Path, layout: str, block: int) -> None:
    m = M if block > 1 else 3
    X, Y = stored(write(tmp_path / layout, block, m))
    expected_X, expected_Y = writing.draw(Synthetic(N_X, m, SEED), 0, m, "float64")
    assert_array_equal(X[:, :], expected_X)
    assert_array_equal(Y[:, :], expected_Y)
    assert set(np.unique(expected_Y)) <= {0, 1}


def test_files_are_the_same_for_block_sizes_1000_and_70000(tmp_path: Path) -> None:
    one, other = (write(tmp_path / f"{b}.npy", b, 71_000, "float32") for b in (1000, 70_000))
    assert one.read_bytes() == other.read_bytes()
    assert labels_beside(one).read_bytes() == labels_beside(other).read_bytes()


def test_more_examples_begin_with_the_same(tmp_path: Path) -> None:
    few, many = (stored(write(tmp_path / f"{m}.npy", m=m))[0] for m in (1500, M))
    assert_array_equal(few[:, :], many[:, :1500])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_columns_are_read_where_they_lie(tmp_path: Path, layout: str) -> None:
    X, _ = stored(write(tmp_path / layout))
    whole = np.asarray(X)
    for i, j in ((0, 1), (699, 701), (0, M), (2100, 9999), (7, 7)):
        assert_array_equal(X[:, i:j], whole[:, i:j])
    part = from_text(to_text(X.columns(650, 1500)))
    assert part.shape == (N_X, 850) and part.nbytes == 850 * N_X * 8
    assert_array_equal(part[:, 40:60], whole[:, 690:710])
    assert [b - a for a, b in part.blocks(400)] == [400, 400, 50]


def test_a_file_of_numpys_own_is_read_in_either_order(tmp_path: Path) -> None:
    X, Y = np.arange(12.0).reshape(3, 4), np.array([[0.0, 1.0, 1.0, 0.0]])
    for order in ("C", "F"):
        path = tmp_path / f"{order}.npy"
        np.save(path, np.asarray(X, order=order))
        np.save(labels_beside(path), Y)
        assert_array_equal(open_stored(path)[0][:, 1:3], X[:, 1:3])
        data = load(str(path))  # there is room for it
        assert isinstance(data.X, np.ndarray) and data.name == order
        assert_array_equal(data.X, X)


class Stopped(Exception):
    pass


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_was_interrupted_is_refused_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    whole = write(tmp_path / f"whole-{layout}", 100)
    path, wanted = tmp_path / layout, writing.Wanted(Synthetic(N_X, M, SEED), "float64", 100)

    def stop(share: float) -> None:
        if share > 0.4:
            raise Stopped

    with pytest.raises(Stopped):
        writing.write(path, wanted, 2, stop)
    with pytest.raises(DataError, match="was not written to its end"):
        load(str(path))
    another = writing.Wanted(wanted.data, "float64", 50)
    with pytest.raises(DataError, match="was begun as"):
        writing.write(path, another, 2, lambda share: None)
    drawn, draw = [], writing.draw

    def counted(*arguments: Any) -> Any:
        drawn.append(arguments)
        return draw(*arguments)

    monkeypatch.setattr(writing, "draw", counted)
    writing.write(path, wanted, 2, lambda share: None)
    assert 0 < len(drawn) < 18  # of 24
    for mine, theirs in zip(stored(path), stored(whole), strict=True):
        assert_array_equal(mine[:, :], theirs[:, :])
    with pytest.raises(DataError, match="is there already"):
        writing.write(path, wanted, 2, lambda share: None)


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.npy")
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 8)
    with pytest.raises(DataError, match="is cut short"):
        load(str(path))
    labels_beside(path).unlink()
    path = write(tmp_path / "y.npy")
    labels_beside(path).unlink()
    with pytest.raises(DataError, match="its labels are missing"):
        load(str(path))
    shards = write(tmp_path / "shards")
    (shards / "Y-00001.npy").unlink()
    with pytest.raises(DataError, match="is not there"):
        load(str(shards))
    np.save(tmp_path / "v.npy", np.zeros(3))
    with pytest.raises(DataError, match=r"has shape \(3,\)"):
        load(str(tmp_path / "v.npy"))
    (tmp_path / "t.npy").write_text("hello")
    with pytest.raises(DataError, match=r"is no \.npy file"):
        load(str(tmp_path / "t.npy"))


@pytest.mark.parametrize("cut", [0, 8])
def test_a_chunk_that_is_missing_or_cut_short_is_not_taken_for_zeros(
    tmp_path: Path, cut: int
) -> None:
    path = write(tmp_path / "x.zarr")
    chunk = max((path / "X" / "c").rglob("*"), key=lambda file: (file.is_file(), str(file)))
    if cut:
        chunk.write_bytes(chunk.read_bytes()[:-cut])
    else:
        chunk.unlink()
    with pytest.raises(DataError, match="is missing"):
        load(str(path))


def test_a_number_that_is_not_finite_is_named_when_its_block_is_read(tmp_path: Path) -> None:
    X, Y = np.zeros((2, 50)), np.zeros((1, 50))
    X[1, 41] = np.inf
    path = tmp_path / "x.npy"
    np.save(path, np.asfortranarray(X))
    np.save(labels_beside(path), Y)
    data = large.read(path, hold=False)
    assert isinstance(data.X, Stored)
    with pytest.raises(DataError, match=r"X\[1, 41\] is inf"):
        list(large.in_blocks(data.X, data.Y))
