"""Where X and Y come from: what the data promise, and that bad data end in one clear sentence."""

import socket
import zipfile
from itertools import combinations, product
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from benchmarks.data import ENDINGS, NAMES, DataError, check, load, synthetic
from benchmarks.data.builtin.cat import SIDE, corners

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


@given(n_x=st.integers(1, 40), m=st.integers(1, 40), seed=st.integers(0, 2**64))
def test_synthetic_depends_on_seed_and_sizes_alone(n_x, m, seed):
    first, again = synthetic(n_x, m, seed), synthetic(n_x, m, seed)
    another = synthetic(n_x, m, seed + 1)
    assert (first.n_x, first.m) == first.X.shape == (n_x, m)
    assert first.Y.shape == (1, m)
    assert first.X.dtype == first.Y.dtype == np.float64
    np.testing.assert_array_equal(first.X, again.X)
    np.testing.assert_array_equal(first.Y, again.Y)
    assert not np.array_equal(first.X, another.X)
    check(first.X, first.Y, "synthetic")


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("n_x", [1, 64, 1024])
def test_synthetic_has_both_labels_and_standard_features(n_x, seed):
    data = synthetic(n_x, 100, seed)
    assert 10 <= data.Y.sum() <= 90
    assert abs(data.X.mean()) < 6 / np.sqrt(data.X.size)
    assert abs(data.X.var() - 1) < 6 * np.sqrt(2 / data.X.size)


def test_synthetic_labels_can_be_learned_from_the_features():
    data = synthetic(8, 4000, seed=0)
    shuffled = np.random.default_rng(0).permutation(data.Y, axis=1)

    def correlation(labels):
        return np.linalg.norm(data.X @ (labels - labels.mean()).T / data.m)

    assert correlation(data.Y) > 3 * correlation(shuffled)


@pytest.mark.parametrize(
    ("n_x", "m", "seed", "expected"),
    [(0, 5, 0, "n_x is 0"), (5, -1, 0, "m is -1"), (5, 5, -1, "seed is -1")],
)
def test_synthetic_refuses_what_it_cannot_draw(n_x, m, seed, expected):
    assert expected in refusal(synthetic, n_x, m, seed)


# Real data


@pytest.mark.parametrize("name", NAMES)
def test_built_in_data_is_sound_the_same_each_time_and_off_line(name, monkeypatch):
    def no_network(*_, **__):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    data, again = load(name), load(name)
    assert data.name == name
    assert set(np.unique(data.Y)) == {0, 1}
    for array, same in ((data.X, again.X), (data.Y, again.Y)):
        assert array.dtype == np.float64
        assert array.flags.c_contiguous
        np.testing.assert_array_equal(array, same)


def test_breast_cancer_is_standardised():
    X = load("breast_cancer").X
    assert X.shape == (30, 569)
    np.testing.assert_allclose(X.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(X.std(axis=1), 1, rtol=1e-12)


def cat_sets():
    """What to train on and what to test on, each as X and Y."""
    data = load("cat")
    return (data.X, data.Y), (data.X_test, data.Y_test)


def test_cat_has_the_shapes_and_proportions_of_the_course():
    for (X, Y), m, cats in zip(cat_sets(), (209, 50), (72, 33), strict=True):
        assert X.shape == (12288, m)
        assert Y.shape == (1, m)
        assert Y.sum() == cats
        assert X.min() >= 0
        assert 0.9 < X.max() <= 1
        assert set(Y[0, :25]) == set(Y[0, -25:]) == {0, 1}, "the columns are not shuffled"


def test_cat_columns_are_the_pixels_at_their_corners():
    from skimage.data import chelsea

    for (X, Y), patches in zip(cat_sets(), corners(), strict=True):
        assert Y[0].tolist() == [patch.label for patch in patches]
        for x, (photograph, top, left, label) in zip(X.T, patches, strict=True):
            assert label == (photograph == "chelsea.png")
            if label:
                pixels = chelsea()[top : top + SIDE, left : left + SIDE]
                np.testing.assert_array_equal(x.reshape(SIDE, SIDE, 3), pixels / 255)


def overlap(first, second) -> bool:
    same = first.photograph == second.photograph
    return same and abs(first.top - second.top) < SIDE and abs(first.left - second.left) < SIDE


def test_no_cat_test_patch_overlaps_a_training_patch():
    train, test = corners()
    assert {patch.photograph for patch in train} == {patch.photograph for patch in test}
    assert any(overlap(*pair) for pair in combinations(train, 2)), "overlap() sees nothing"
    assert not any(overlap(*pair) for pair in product(train, test))


def test_no_two_cat_patches_are_identical():
    columns = [x.tobytes() for X, _ in cat_sets() for x in X.T]
    assert len(set(columns)) == len(columns) == 259


# The check


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, ">f4", np.longdouble])
def test_check_takes_every_real_dtype(dtype):
    X, Y = check(np.array([[0, 1], [1, 1], [1, 0]], dtype).T, np.array([[0, 1, 1]], dtype), "here")
    np.testing.assert_array_equal(X, [[0, 1, 1], [1, 1, 0]])
    assert X.dtype == Y.dtype == np.float64
    assert X.flags.c_contiguous


def spoiled(array, index, value):
    array = array.astype(np.result_type(array, value))
    array[index] = value
    return array


HUGE = np.full((3, 4), np.finfo(np.float64).max)


def test_check_takes_values_whose_sum_would_overflow():
    np.testing.assert_array_equal(check(HUGE, Y, "here")[0], HUGE)


@pytest.mark.parametrize(
    ("X", "Y", "expected"),
    [
        (X, Y[0], "Y has shape (4,), should be (1, 4): save Y.reshape(1, -1)"),
        (X, Y.T, "Y has shape (4, 1), should be (1, 4): save Y.reshape(1, -1)"),
        (X, np.ones((2, 4)), "Y has shape (2, 4), should be (1, m)"),
        (X, 1.0, "Y has shape (), should be (1, 1): save Y.reshape(1, -1)"),
        (X[0], Y, "X has shape (4,), should be (1, 4): save X.reshape(-1, 4)"),
        (X[:, 0], Y[:, :1], "X has shape (3,), should be (3, 1): save X.reshape(-1, 1)"),
        (X[:, 0], Y, "X has shape (3,), should be (n_x, 4): save a column"),
        (np.ones((4, 2, 3)), Y, "should be (6, 4): save X.reshape(4, -1).T"),
        (np.ones((2, 3, 4)), Y, "should be (6, 4): save X.reshape(-1, 4)"),
        (np.ones((2, 4, 3)), Y, "should be (n_x, 4): save a column"),
        (X.T, Y, "X looks transposed: it has shape (4, 3), should be (3, 4)"),
        (X[:, :2], Y, "X has shape (3, 2) and Y has (1, 4), should be (3, 4)"),
        (X[:0], Y, "X has shape (0, 4), which is empty"),
        (X[:, :0], Y[:, :0], "X has shape (3, 0), which is empty"),
        (X, Y[:, :0], "Y has shape (1, 0), which is empty"),
        (X.astype(str), Y, "X has dtype <U32"),
        (X + 0j, Y, "X has dtype complex128"),
        (X, Y.astype(object), "Y has dtype object"),
        ([[1, 2], [3]], Y, "X is ragged"),
        (spoiled(spoiled(X, (2, 1), np.nan), (2, 3), np.inf), Y, "X[2, 1] is nan"),
        (spoiled(X, (1, 3), -np.inf), Y, "X[1, 3] is -inf"),
        (X, spoiled(Y, (0, 2), np.nan), "Y[0, 2] is nan"),
        (X, spoiled(Y, (0, 3), 2), "Y[0, 3] is 2.0, should be 0 or 1"),
        (X, spoiled(Y, (0, 1), 0.9999999999), "Y[0, 1] is 0.9999999999"),
        (X, 2 * Y - 1, "Y[0, 0] is -1.0, should be 0 or 1: save (Y + 1) / 2"),
    ],
)
def test_check_says_what_is_wrong_where_and_what_to_do(X, Y, expected):
    message = refusal(check, X, Y, "mine.npz")
    assert message.startswith("mine.npz: ")
    assert expected in message


@pytest.mark.skipif(np.finfo(np.longdouble).max == np.finfo(float).max, reason="no long double")
def test_check_refuses_what_float64_cannot_hold():
    assert "X[0, 0] is inf" in refusal(check, HUGE.astype(np.longdouble) * 2, Y, "here")


@given(
    n_x=st.integers(1, 6),
    m=st.integers(2, 6),
    spoil=st.sampled_from(
        [
            lambda X, Y: (X, Y[0]),
            lambda X, Y: (X, Y.T),
            lambda X, Y: (X.T, Y),
            lambda X, Y: (X.T, Y.T),
            lambda X, Y: (X.reshape(-1), Y.reshape(1, 1, -1)),
            lambda X, Y: (X.T.reshape(Y.size, -1, 1), Y),
            lambda X, Y: (X.reshape(1, -1, Y.size), Y),
            lambda X, Y: (X, 2 * Y - 1),
        ]
    ),
)
def test_the_cure_that_check_names_cures(n_x, m, spoil):
    """Follow the advice to the letter, as often as it is given, and X and Y are back."""
    assume(n_x != m)  # a square X that is transposed looks like any other
    X = np.arange(1.0, n_x * m + 1).reshape(n_x, m)
    Y = (np.arange(m) % 2).reshape(1, m)
    arrays = dict(zip("XY", spoil(X, Y), strict=True))
    cures = 0
    while cures < 3:
        try:
            check(**arrays, where="here")
            break
        except DataError as error:
            cure = str(error).split("save ")[1]
            arrays["X" if "X" in cure else "Y"] = eval(cure, {}, arrays)
            cures += 1
    assert 1 <= cures <= 2
    np.testing.assert_array_equal(arrays["X"], X)
    np.testing.assert_array_equal(arrays["Y"], Y)


# The user's files


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
