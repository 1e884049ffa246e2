"""Any content of a data file is read or refused in a line, by Hypothesis: structure first, then bytes."""

import sys
from pathlib import Path
from typing import Any

import fuzz_readers
import h5py
import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from saved import refusal

from benchmarks.data import DataError, check, load
from benchmarks.data import files as module

FIELDS = [
    "",
    " ",
    "0",
    "1",
    "1.5",
    "-2",
    "nan",
    "inf",
    "1e999",
    "9" * 400,
    "1_0",
    "0x1p3",
    "١",
    "?",
]
FIELDS += ["NA", "label", '"', '"a"', '"1"', "'", "é", "\0", "=1+1", "1;2", "True", "\ufeff", "\r"]
ROWS = st.lists(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=4), max_size=4)
DTYPES = ["f8", "f4", "f2", ">f8", "i8", "u1", "?", "c16", "U3", "S2", "M8[s]", "m8[s]", "O", "g"]
SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)


def is_read(path: Path) -> bool:
    """Loaded, and sound; or refused as it should be."""
    try:
        data = load(str(path))
    except DataError as error:
        assert str(error).count("\n") <= 1
        assert len(str(error)) <= fuzz_readers.MAX_MESSAGE + len(str(path))
        return False
    check(data.X, data.Y, "what was loaded")
    return True


@settings(max_examples=80)
@given(
    rows=ROWS,
    encoding=st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32-le"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_csv_file(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], encoding: str, end: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(end.join(",".join(row) for row in rows).encode(encoding))
    if is_read(path):
        assert load(str(path)).m <= len(rows)  # and no example was made up


def any_array(draw: Any) -> Any:
    dtype, shape = draw(st.sampled_from(DTYPES)), draw(SHAPES)
    values = draw(st.sampled_from([0, 1, 2, -1, 0.5, np.nan, np.inf]))
    with np.errstate(all="ignore"):
        kinds = {"U": "x", "S": b"x", "M": 0, "m": 0}
        return np.full(shape, kinds.get(np.dtype(dtype).kind, values)).astype(dtype)


@settings(max_examples=60)
@given(st.data())
def test_any_arrays_in_npz_and_h5(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    folder = tmp_path_factory.getbasetemp()
    values = [any_array(data.draw) for _ in range(data.draw(st.integers(0, 4)))]
    names = ["X", "Y", "X_test", "Y_test"]
    np.savez(folder / "any.npz", **dict(zip(names, values, strict=False)))
    is_read(folder / "any.npz")
    layout = ["train_set_x", "train_set_y", "test_set_x", "test_set_y"]
    with h5py.File(folder / "any.h5", "w") as file:
        for name, array in zip(layout, values, strict=False):
            if array.dtype.kind not in "UMmO":  # HDF5 has none of these
                file[name] = array
    is_read(folder / "any.h5")


@settings(max_examples=80)
@given(st.data())
def test_any_damage_of_a_sound_file(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    name = data.draw(st.sampled_from(["mine.csv", "mine.npz", "mine.h5", "array", "mine.py"]))
    content = bytearray(fuzz_readers.seeds()[name])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))]
    fuzz_readers.is_read(name, bytes(content), tmp_path_factory.getbasetemp())


def test_a_table_of_very_many_columns_is_read(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(["1"] * 30_000) + "\n")
    assert load(str(path)).n_x == 29_999


def test_a_small_file_that_declares_more_than_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = psutil.virtual_memory().total // 8 // 1000 + 1
    with h5py.File(tmp_path / "huge.h5", "w") as file:
        file.create_dataset("train_set_x", (many, 1000), chunks=(1000, 1000), dtype="f8")
        file["train_set_y"] = [0, 1]
    assert (tmp_path / "huge.h5").stat().st_size < 1e8
    message = refusal(load, str(tmp_path / "huge.h5"))
    assert "train_set_x takes" in message
    assert "save fewer examples" in message
    monkeypatch.setattr(module.psutil, "virtual_memory", lambda: type("", (), {"total": 100}))
    np.savez(tmp_path / "small.npz", X=np.zeros((2, 50)), Y=np.zeros((1, 50)))
    assert "X takes" in refusal(load, str(tmp_path / "small.npz"))


def test_make_fuzz_says_what_it_lacks(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "atheris", None)
    assert fuzz_readers.fuzz(1) == 2
    printed = capsys.readouterr().err
    assert "atheris, which is not installed" in printed
    assert printed.count("\n") == 2
