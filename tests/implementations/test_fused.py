"""The fused kernels: right at every edge of their blocks, in both layouts and dtypes, and repeatable."""

import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import numba
import numpy as np
import pytest

from benchmarks.correctness.check import check, reference
from benchmarks.operations import operations
from benchmarks.registry import FOLDER
from implementations import _fused_sizes as sizes
from implementations import numba_fused, numba_prepared
from implementations._exponential import exponential
from implementations._fused_activation import log_of_product

# On both sides of every bound in the kernels: fours, few features, a block, a tile, two threads.
FEATURES = (1, 2, 3, 4, 5, 15, 16, 17, 130)
EXAMPLES = (1, 2, 3, 4, 15, 16, 17, 63, 65, 959, 960, 961, 1921)
LARGE = ((2, 100_003), (64, 4097), (257, 3001), (1500, 700), (70_001, 3), (300, 5000))


def asked(n_x: int, m: int, dtype: str, order: str, spread: float = 1.0) -> tuple:
    rng = np.random.default_rng([n_x, m])
    w = (spread * rng.standard_normal((n_x, 1)) / np.sqrt(n_x)).astype(dtype)
    X = np.array(rng.standard_normal((n_x, m)), dtype, order=order)  # type: ignore[call-overload]
    Y = (rng.random((1, m)) < 0.5).astype(dtype)
    return w, -0.25, X, Y


def complaints(arguments: tuple, *modules) -> list[str]:
    """What is wrong with the answer of each; "" where nothing is."""
    w, b, X, Y = arguments
    exact = reference(operations()["cost_gradient"], arguments)
    found = []
    for module in modules:
        answer = module.cost_gradient(w, b, *map(getattr(module, "prepare", np.asarray), (X, Y)))
        assert answer.dw.dtype == X.dtype
        found.append(check(exact, [np.asarray(part) for part in answer]).complaint)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_it_is_right_at_every_edge(order: str, dtype: str) -> None:
    for n_x, m in product(FEATURES, EXAMPLES):
        found = complaints(asked(n_x, m, dtype, order), numba_fused, numba_prepared)
        assert found == ["", ""], (n_x, m)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("size", LARGE, ids=str)
def test_it_is_right_where_several_threads_share_the_work(
    size: tuple[int, int], order: str, dtype: str
) -> None:
    both = numba_fused, numba_prepared
    assert complaints(asked(*size, dtype, order), *both) == ["", ""]
    assert complaints(asked(*size, dtype, order, 3000.0), numba_fused) == [""]  # margins up to 1e4


@pytest.mark.parametrize("threads", range(1, numba.get_num_threads() + 1))
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_same_threads_give_the_same_bits(order: str, threads: int) -> None:
    before = numba.get_num_threads()
    numba.set_num_threads(threads)
    try:
        for size in (*LARGE, (2, 3), (64, 209)):
            arguments = asked(*size, "float64", order)
            first = numba_fused.cost_gradient(*arguments)
            for _ in range(20):
                again = numba_fused.cost_gradient(*arguments)
                assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    finally:
        numba.set_num_threads(before)


def test_an_X_that_lies_in_neither_order_is_taken_too() -> None:
    w, b, X, Y = asked(6, 40, "float64", "C")
    every_other = np.repeat(X, 2, axis=1)[:, ::2]
    assert not (every_other.flags.c_contiguous or every_other.flags.f_contiguous)
    assert complaints((w, b, every_other, Y), numba_fused) == [""]


@numba.njit
def _exponentials(x):
    y = np.empty_like(x)
    for i in range(len(x)):
        y[i] = exponential(x[i])
    return y


@pytest.mark.parametrize(("dtype", "least"), [("float64", -708.0), ("float32", -87.0)])
def test_the_exponential_is_off_by_two_units_at_most(dtype: str, least: float) -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([np.linspace(least, 0, 200_001), -rng.exponential(size=100_000), [-0.0]])
    x = np.maximum(x, least).astype(dtype)
    exact = np.exp(x.astype(np.longdouble))
    unit = np.spacing(exact.astype(dtype)).astype(np.longdouble)
    assert np.max(np.abs(_exponentials(x) - exact) / unit) <= 2
    assert _exponentials(np.array([-1e4, -np.inf], dtype)).max() < 1e-37


@pytest.mark.parametrize("n", [1, 2, 3, 7, 64, 959, 960])
@pytest.mark.parametrize("size", [1e-300, 1e-17, 1e-9, 0.1, 1.0])
def test_one_logarithm_of_the_product_is_the_sum_of_the_logarithms(n: int, size: float) -> None:
    e = size * np.random.default_rng(n).uniform(0.2, 1.0, n)
    exact = np.sum(np.log1p(e.astype(np.longdouble)))
    assert abs(log_of_product(e.copy()) - exact) <= 30 * 2.0**-53 * exact


def test_prepare_lays_X_out_as_a_step_is_fastest() -> None:
    fits = sizes.CACHES.second // 320  # features of a tile and its sums, five lines each
    assert sizes.fits_a_tile(fits) and not sizes.fits_a_tile(fits + 1)
    assert numba_prepared.prepare(np.zeros((fits, fits))).ndim == 3
    # Too many features for the cache, and for the examples.
    for too_many in ((fits + 1, fits + 1), (200, 100)):
        assert numba_prepared.prepare(np.zeros(too_many)).flags.f_contiguous
    assert numba_prepared.prepare(np.zeros((31, 400), order="F")).flags.c_contiguous


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("size", [(32, 64), (64, 209), (300, 1001)], ids=str)
def test_prepare_packs_X_in_tiles_of_whole_lines(
    size: tuple[int, int], order: str, dtype: str
) -> None:
    w, _, X, Y = asked(*size, dtype, order)
    tiles = numba_prepared.prepare(X)
    assert tiles.dtype == X.dtype and tiles.flags.c_contiguous
    assert tiles.ctypes.data % 64 == 0 and tiles.strides[1] == 256
    unpacked = np.concatenate(list(tiles), axis=1)
    assert np.array_equal(unpacked[:, : size[1]], X)
    assert not unpacked[:, size[1] :].any()
    for vector in (w, Y):
        assert numba_prepared.prepare(vector).shape == vector.shape


def caches_of(folder: Path, **files: tuple[str, str, str]) -> sizes.Caches:
    """The caches of a system that tells these levels, types and sizes."""
    for name, texts in files.items():
        (folder / name).mkdir()
        for part, text in zip(("level", "type", "size"), texts, strict=True):
            (folder / name / part).write_text(f"{text}\n")
    return sizes.caches(folder)


def test_the_caches_are_those_that_the_system_tells(tmp_path: Path) -> None:
    code, data = ("1", "Instruction", "64K"), ("1", "Data", "48K")
    levels = {"index0": data, "index1": code, "index2": ("2", "Unified", "2048K")}
    assert caches_of(tmp_path, **levels) == (48 << 10, 2 << 20, 2 << 20)  # no third one
    third = {"index3": ("3", "Unified", "36M"), "index4": ("much", "Unified", "36M")}
    assert caches_of(tmp_path, **third) == (48 << 10, 2 << 20, 36 << 20)
    assert sizes.caches(tmp_path / "nothing") == sizes.USUAL


OTHER_CACHES = """
import sys
sys.path[:0] = [{root!r}, {here!r}]
from implementations import _fused_sizes as sizes
sizes.CACHES = sizes.Caches(*{caches})
sizes._L1_BYTES, sizes._L2_BYTES, sizes._L3_BYTES = (size // 2 for size in sizes.CACHES)
sizes.PARALLEL_FROM, sizes.SUM = 1000, 0
from test_fused import asked, complaints, numba_fused, numba_prepared
for order in "CF":
    for size in ((2, 3001), (16, 209), (33, 1000), (130, 961), (900, 300), (20_001, 5)):
        found = complaints(asked(*size, "float64", order), numba_fused, numba_prepared)
        assert found == ["", ""], (order, size, found)
"""


@pytest.mark.long
@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("caches", [(8 << 10, 64 << 10, 1 << 20), (1 << 20, 16 << 20, 16 << 20)])
def test_it_is_right_with_other_caches_and_any_number_of_threads(
    caches: tuple[int, int, int], threads: int, tmp_path: Path
) -> None:
    places = {"root": str(FOLDER.parent), "here": str(Path(__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-c", OTHER_CACHES.format(caches=caches, **places)],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "NUMBA_NUM_THREADS": str(threads),
            "OMP_NUM_THREADS": str(threads),
            "NUMBA_CACHE_DIR": str(tmp_path),  # compiled with those caches
        },
    )
    assert done.returncode == 0, done.stderr


BITS = """
import sys
sys.path[:0] = [{root!r}, {here!r}]
from test_fused import asked, numba_fused, numba_prepared
for size in ((50, 50_000), (3, 900)):
    w, b, X, Y = asked(*size, "float64", "C")
    for laid_out in (X, numba_prepared.prepare(X)):
        J, dw, db = numba_fused.cost_gradient(w, b, laid_out, Y)
        print(float(J).hex(), float(db).hex(), [float(part).hex() for part in dw[:, 0]])
"""


@pytest.mark.slow
def test_code_that_was_just_compiled_gives_the_bits_of_code_that_was_kept(tmp_path: Path) -> None:
    """Functions that are not inlined have a copy in each library; which one is called then depends on
    which library was loaded first, and their sums differed in the last bit."""
    places = {"root": str(FOLDER.parent), "here": str(Path(__file__).parent)}
    variables = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_NUM_THREADS": "1"}
    command = [sys.executable, "-c", BITS.format(**places)]
    fresh, kept = (
        subprocess.run(command, capture_output=True, text=True, env=variables) for _ in range(2)
    )
    assert fresh.returncode == 0, fresh.stderr
    assert fresh.stdout == kept.stdout
