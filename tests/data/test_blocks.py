"""Blocks: every element once, in order, and drawn as if all were drawn at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.data import blocks as module
from benchmarks.data import synthetic
from benchmarks.data.blocks import blocks, blocks_in_memory, each, fill
from benchmarks.data.synthetic import draw_examples

LAYOUTS = [(dtype, order) for dtype in ("float64", "float32") for order in "CF"]


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 50))
def test_blocks_visit_every_element_once_in_row_major_order(p, n, elements):
    numbers = np.arange(p * n).reshape(p, n)
    visited = [numbers[block] for block in blocks((p, n), elements)]
    assert max(block.size for block in visited) <= elements
    np.testing.assert_array_equal(np.concatenate([b.ravel() for b in visited]), numbers.ravel())


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 50), st.sampled_from("CF"))
def test_blocks_in_memory_follow_the_order_of_the_array(p, n, elements, order):
    numbers = np.arange(p * n).reshape((p, n), order=order)
    visited = [numbers[block].ravel(order=order) for block in blocks_in_memory(numbers, elements)]
    np.testing.assert_array_equal(np.concatenate(visited), np.arange(p * n))


def test_what_is_no_matrix_is_one_block():
    assert blocks_in_memory(np.array(1.0), 1) == [...]


@pytest.mark.parametrize("tasks", [0, 1, 5])
def test_each_gives_results_in_order(tasks):
    assert each(lambda k: k * k, range(tasks)) == [k * k for k in range(tasks)]


@pytest.mark.parametrize(("dtype", "order"), LAYOUTS)
@pytest.mark.parametrize("shape", [(1, 50), (50, 1), (7, 13), (3, 40)])
def test_filled_in_blocks_are_the_values_that_one_draw_gives(monkeypatch, shape, dtype, order):
    monkeypatch.setattr(module, "_DRAWN", 16)
    monkeypatch.setattr(module, "_SCATTERED", 30)
    matrix = np.empty(shape, dtype, order=order)
    fill(matrix, np.random.default_rng(1).standard_normal)
    expected = np.random.default_rng(1).standard_normal(shape)
    np.testing.assert_array_equal(matrix, expected.astype(dtype))


@pytest.mark.parametrize(("dtype", "order"), LAYOUTS)
@pytest.mark.parametrize(("n_x", "m"), [(5, 400), (300, 700), (2, 200_000)])
def test_examples_are_the_same_in_every_precision_and_memory_order(n_x, m, dtype, order):
    data, X = synthetic(n_x, m, seed=4), np.empty((n_x, m), dtype, order=order)
    np.testing.assert_array_equal(draw_examples(X, seed=4), data.Y)
    np.testing.assert_array_equal(X, data.X.astype(dtype))


def test_the_values_of_synthetic_data_stay_from_version_to_version():
    data = synthetic(3, 4, seed=1)
    random = np.random.default_rng(1)
    X, w = random.standard_normal((3, 4)), random.standard_normal((3, 1)) / np.sqrt(3)
    b = random.uniform(-0.5, 0.5)
    np.testing.assert_array_equal(data.X, X)
    np.testing.assert_array_equal(data.Y, random.logistic(size=(1, 4)) < w.T @ X + b)
