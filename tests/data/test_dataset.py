"""The check at every door: what it takes, what it refuses, and the cure it names."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from saved import X, Y, refusal

from benchmarks.data import DataError, check


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


def test_check_refuses_values_whose_sum_would_overflow():
    with pytest.raises(DataError, match="may be beyond float64"):
        check(HUGE, Y, "here")


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
