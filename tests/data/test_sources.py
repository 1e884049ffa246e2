"""Data from a seed and from packages: sound, the same each time, and off line."""

import socket
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from saved import refusal

from benchmarks.data import NAMES, check, load, synthetic
from benchmarks.data.builtin.cat import SIDE, corners


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
