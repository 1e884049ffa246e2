"""A file that is cut short, damaged or no file at all: read or refused, and nothing else."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from saved import X, Y, refusal, save_csv, save_h5, save_npz

from benchmarks.data import ENDINGS, NAMES, DataError, check, load


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_csv_in_another_encoding_is_refused(tmp_path, encoding):
    path = tmp_path / "mine.csv"
    path.write_bytes("1,2,0\n3,4,1\n".encode(encoding))
    assert "save it as CSV UTF-8" in refusal(load, str(path))


def test_a_file_cut_short_is_refused_at_every_length(tmp_path):
    for save, name in ((save_npz, "whole.npz"), (save_h5, "whole.h5")):
        whole = Path(save(tmp_path / name)).read_bytes()
        cut = tmp_path / f"cut{Path(name).suffix}"
        for length in [*range(40), *range(40, len(whole), 41), len(whole) - 1]:
            cut.write_bytes(whole[:length])
            refusal(load, str(cut))


def test_a_csv_cut_short_is_refused_unless_it_is_cut_after_a_label(tmp_path):
    path = Path(save_csv(tmp_path / "mine.csv", "a,b,c,label"))
    whole = path.read_text()
    outcomes = set()
    for length in range(len(whole)):
        path.write_text(whole[:length])
        rows = whole[:length].split("\n")[1:]
        ends_in_a_label = any(rows) and [row for row in rows if row][-1].count(",") == 3
        try:
            data = load(str(path))
            outcomes.add("read")
            assert ends_in_a_label
            np.testing.assert_allclose(data.X, X[:, : data.m], rtol=1e-12)
            np.testing.assert_array_equal(data.Y[:, :-1], Y[:, : data.m - 1])
        except DataError:
            outcomes.add("refused")
            assert not ends_in_a_label or whole[length - 1] == ","
    assert outcomes == {"read", "refused"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_junk_is_refused(tmp_path, ending):
    random = np.random.default_rng(0)
    heads = (
        b"",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\x93NUMPY",
        b"\x89HDF\r\n\x1a\n",
        b"\x80\x04",
        b"1,2,0\n",
    )
    path = tmp_path / f"junk{ending}"
    for head, size in product(heads, (1, 10, 1000, 1_000_000)):
        path.write_bytes(head + b"\xff" + random.bytes(size))
        assert refusal(load, str(path)).startswith(str(path))


@pytest.mark.parametrize(("save", "ending"), [(save_npz, ".npz"), (save_h5, ".h5")])
def test_a_damaged_file_is_read_or_refused_and_nothing_else(tmp_path, save, ending):
    whole = np.frombuffer(Path(save(tmp_path / f"whole{ending}")).read_bytes(), np.uint8)
    random = np.random.default_rng(0)
    path = tmp_path / f"damaged{ending}"
    refused = 0
    for _ in range(200):
        damaged = whole.copy()
        damaged[random.integers(whole.size, size=3)] ^= random.integers(1, 256, 3, np.uint8)
        path.write_bytes(damaged.tobytes())
        try:
            data = load(str(path))
            check(data.X, data.Y, "damaged")
        except DataError:
            refused += 1
    assert refused > 0


# The source


@pytest.mark.parametrize(
    "source", ["catz", "", "no/such.npz", "a" * 5000, "nul\0byte", "two\nlines"]
)
def test_an_unknown_source_is_told_what_there_is(source):
    message = refusal(load, source)
    assert all(name in message for name in (*NAMES, *ENDINGS))


def test_what_is_no_file_to_read_is_refused(tmp_path, monkeypatch):
    assert "n_x and m" in refusal(load, "synthetic")
    assert "not a file" in refusal(load, str(tmp_path))
    for name, expected in (("mine.txt", "ends in none of .npz, .csv"), ("npz", "ends in none of")):
        (tmp_path / name).write_text("1,2,0\n")
        assert expected in refusal(load, str(tmp_path / name))
    for ending in ENDINGS:
        (tmp_path / f"empty{ending}").touch()
        assert "is empty" in refusal(load, str(tmp_path / f"empty{ending}"))

    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    path = save_npz(tmp_path / "mine.npz")
    load(path)
    monkeypatch.setattr(Path, "open", forbidden)
    assert "may not be read" in refusal(load, path)
