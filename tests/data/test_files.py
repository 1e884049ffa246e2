"""A user's own file comes back exactly, or is refused with the reason and the cure."""

import zipfile

import h5py
import numpy as np
import pytest
from saved import LABELS, PIXELS, X, Y, refusal, save_csv, save_h5, save_npz

from benchmarks.data import load


def test_npz_comes_back_exactly(tmp_path):
    data = load(save_npz(tmp_path / "mine.NPZ.npz", X_test=X[:, 1:], Y_test=Y[:, 1:]))
    assert data.name == "mine.NPZ"
    assert (data.n_x, data.m) == (3, 4)
    for array, kept in zip(
        (data.X, data.Y, data.X_test, data.Y_test), (X, Y, X[:, 1:], Y[:, 1:]), strict=True
    ):
        np.testing.assert_array_equal(array, kept)


@pytest.mark.parametrize("header", ["", "height,weight,age,label", "0,1,2,label", '"a,b",,c,y'])
def test_csv_comes_back_exactly_with_a_header_or_without(tmp_path, header):
    data = load(save_csv(tmp_path / "mine.CSV", header))
    np.testing.assert_allclose(data.X, X, rtol=1e-12)
    np.testing.assert_array_equal(data.Y, Y)
    assert data.X_test is None


@pytest.mark.parametrize(
    "text",
    [
        "1,2,0\r\n3,4,1\r\n",
        "\ufeff1,2,0\n3,4,1",
        "\n\n1,2,0\n\n3,4,1\n\n",
        ' 1,"2", 0\n3.0,4e0 ,1.',
    ],
)
def test_csv_is_read_as_other_programs_write_it(tmp_path, text):
    path = tmp_path / "mine.csv"
    path.write_bytes(text.encode())
    np.testing.assert_array_equal(load(str(path)).X, [[1, 3], [2, 4]])


@pytest.mark.parametrize("ending", [".h5", ".hdf5"])
def test_h5_pixels_are_unrolled_as_in_the_lesson_and_scaled(tmp_path, ending):
    path = tmp_path / f"mine{ending}"
    data = load(save_h5(path, test_set_x=PIXELS[:2], test_set_y=LABELS[:2]))
    assert data.X.shape == (48, 5)
    assert data.X.flags.c_contiguous
    np.testing.assert_array_equal(data.X[:, 3], PIXELS[3].reshape(-1) / 255)
    np.testing.assert_array_equal(data.Y, LABELS.reshape(1, -1))
    np.testing.assert_array_equal(data.X_test, data.X[:, :2])
    np.testing.assert_array_equal(data.Y_test, data.Y[:, :2])


def test_the_course_keeps_its_test_set_in_a_file_beside(tmp_path):
    path = save_h5(tmp_path / "train_catvnoncat.h5")
    assert load(path).X_test is None
    with h5py.File(tmp_path / "test_catvnoncat.h5", "w") as file:
        file["test_set_x"], file["test_set_y"] = PIXELS[:2], LABELS[:2]
    data = load(path)
    np.testing.assert_array_equal(data.X_test, data.X[:, :2])
    np.testing.assert_array_equal(data.Y_test, data.Y[:, :2])
    with h5py.File(tmp_path / "test_catvnoncat.h5", "a") as file:
        del file["test_set_y"]
    assert "test_catvnoncat.h5: has no test_set_y" in refusal(load, path)


def test_what_to_test_on_may_come_from_another_file(tmp_path):
    path = save_h5(tmp_path / "mine.h5")
    other = tmp_path / "test_catvnoncat.h5"
    with h5py.File(other, "w") as file:
        file["test_set_x"], file["test_set_y"] = PIXELS[:2], LABELS[:2]
    data = load(path, str(other))
    np.testing.assert_array_equal(data.X, load(path).X)
    np.testing.assert_array_equal(data.X_test, data.X[:, :2])
    np.testing.assert_array_equal(data.Y_test, data.Y[:, :2])
    small = save_npz(tmp_path / "small.npz")
    assert f"{small}: has 3 features and {path} has 48" in refusal(load, path, small)


def test_h5_floats_are_not_scaled(tmp_path):
    data = load(save_h5(tmp_path / "mine.h5", train_set_x=PIXELS.astype(float)))
    assert data.X.max() > 1


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        ({"Y": Y[0]}, "Y has shape (4,), should be (1, 4): save Y.reshape(1, -1)"),
        ({"X_test": X}, "has no Y_test, it holds X, X_test, Y"),
        ({"X_test": X[:2], "Y_test": Y}, "X_test has 2 features and X has 3"),
        ({"X_test": X, "Y_test": Y + 1}, "Y_test[0, 1] is 2.0"),
        ({"X": X.astype(object)}, "Object arrays cannot be loaded"),
    ],
)
def test_npz_refusals(tmp_path, arrays, expected):
    path = save_npz(tmp_path / "mine.npz", **arrays)
    message = refusal(load, path)
    assert message.startswith(path)
    assert expected in message


def test_npz_without_its_arrays_says_which_it_has(tmp_path):
    np.savez(tmp_path / "mine.npz", X=X, labels=Y)
    assert "has no Y, it holds X, labels" in refusal(load, str(tmp_path / "mine.npz"))
    with pytest.warns(UserWarning, match="Duplicate"):
        path = save_npz(tmp_path / "twice.npz")
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("X.npy", b"")
    assert "twice" in refusal(load, path)
    (tmp_path / "bare.npz").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "bare.npz", "w"):
        pass
    assert "it holds nothing" in refusal(load, str(tmp_path / "bare.npz"))
    with (tmp_path / "array.npz").open("wb") as file:
        np.save(file, X)
    assert "is no .npz archive" in refusal(load, str(tmp_path / "array.npz"))


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        ({"train_set_x": LABELS}, "train_set_x has shape (5,), should be (m, ...)"),
        ({"train_set_x": np.uint8(3)}, "train_set_x has shape ()"),
        ({"train_set_x": PIXELS[:0]}, "train_set_x has shape (48, 0), which is empty"),
        ({"train_set_x": h5py.Empty("f")}, "train_set_x"),
        ({"train_set_x": "a cat"}, "train_set_x"),
        ({"train_set_x": PIXELS[:4]}, "train_set_x has shape (48, 4) and train_set_y has (1, 5)"),
        ({"train_set_y": LABELS + 1}, "train_set_y[0, 1] is 2.0"),
        ({"train_set_y": LABELS.reshape(-1, 1)}, "save train_set_y.reshape(1, -1)"),
        ({"test_set_y": LABELS}, "has no test_set_x, it holds test_set_y, train_set_x"),
    ],
)
def test_h5_refusals(tmp_path, arrays, expected):
    path = save_h5(tmp_path / "mine.h5", **arrays)
    message = refusal(load, path)
    assert message.startswith(path)
    assert expected in message


def test_h5_without_its_arrays_says_so(tmp_path):
    with h5py.File(tmp_path / "mine.h5", "w") as file:
        file["train_set_x"] = PIXELS
    assert "has no train_set_y, it holds train_set_x" in refusal(load, str(tmp_path / "mine.h5"))
    with h5py.File(tmp_path / "mine.h5", "a") as file:
        file["train_set_y/deeper"] = LABELS
    assert "train_set_y is a group" in refusal(load, str(tmp_path / "mine.h5"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,2,0\n1,two,1\n", ", line 2, column 2: 'two' is not a finite number"),
        ("a,b,y\n\n1,2,0\n1,,1\n", ", line 4, column 2: '' is not"),
        ("\n1,2,0\n1,nan,1\n", ", line 3, column 2: 'nan' is not"),
        ("1,inf,0\n", ", line 1, column 2: 'inf' is not"),
        ("1,1e999,0\n", ", line 1, column 2: '1e999' is not"),
        ("1,2,0\n1,1_0,1\n", ", line 2, column 2: '1_0' is not"),
        ("1,2,0\n1,True,1\n", ", line 2, column 2: 'True' is not"),
        ("1,2,0\n1,\uff12,1\n", ", line 2, column 2"),
        ("1,2,0\n1,2\n", ", line 2: has 2 fields, the first row has 3"),
        ("1,2,0\n1,2,3,1\n", ", line 2: has 4 fields, the first row has 3"),
        ("a,y\n1,2,0\n3,4,1\n", ", line 2: has 3 fields, the first row has 2"),
        ('1,2,0\n1,"2,1\n', ", line 2: has 2 fields"),
        ("1,2,0\n1,2,3\n", ": Y[0, 1] is 3.0, should be 0 or 1"),
        ("1,2,1\n1,2,-1\n", ": Y[0, 1] is -1.0, should be 0 or 1: save (Y + 1) / 2"),
        ("a,b,y\n", ": has a header and no example"),
        ("0\n1\n", ": has one column"),
        ("1;2;0\n3;4;1\n", ": has one column"),
        (" \n\n", ": is blank"),
        ("1,2,\0\n", ": is not text"),
        ("1,2," + "0" * 200_000, ": cannot be read as .csv"),
        ("x" * 1000 + ",2,0\n" + "x" * 1000 + ",2,0\n", ", line 2, column 1: 'xxx"),
    ],
)
def test_csv_refusals(tmp_path, text, expected):
    path = tmp_path / "mine.csv"
    path.write_bytes(text.encode())
    message = refusal(load, str(path))
    assert message.startswith(f"{path}{expected}")
