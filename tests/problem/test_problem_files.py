"""A problem made in files: the values of one made in memory, in one copy, which nobody can change."""

import shutil
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from peak_memory import MB, peak_bytes

from benchmarks.data import DataError, Synthetic, synthetic
from benchmarks.operations import operations
from benchmarks.problem.arguments import problem_of
from benchmarks.problem.files import NoRoom, problem_in_files

SEED = [1, 2, 3]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", operations())
def test_the_values_are_those_of_a_problem_made_in_memory(
    tmp_path: Path, name: str, dtype: str, order: str
) -> None:
    operation = operations()[name]
    for n_x, m in ((1, 1), (1, 9), (9, 1), (7, 13), (2, 100_003)):
        data, folder = synthetic(n_x, m, seed=5), tmp_path / f"{n_x}-{m}"
        expected = problem_of(operation, data.X, data.Y, SEED, dtype, order)
        drawn = problem_in_files(operation, Synthetic(n_x, m, 5), SEED, dtype, order, folder)
        real = problem_in_files(operation, data, SEED, dtype, order, folder / "real")
        for problem in (drawn, real):
            assert problem.arguments == expected.arguments
            assert list(problem.arrays) == list(expected.arrays)
            for key, array in expected.arrays.items():
                held = problem.arrays[key]
                assert (held.dtype, held.shape) == (array.dtype, array.shape)
                assert held.flags.f_contiguous == array.flags.f_contiguous
                assert not (held.ndim and held.flags.writeable)
                np.testing.assert_array_equal(held, array)


def test_a_worker_loads_what_the_conductor_maps(tmp_path: Path) -> None:
    operation = operations()["cost_gradient"]
    problem = problem_in_files(operation, Synthetic(4, 5, 0), SEED, "float32", "F", tmp_path)
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(problem.arrays)
    for key in problem.files(tmp_path)["keys"]:
        loaded = np.load(tmp_path / f"{key}.npy")
        np.testing.assert_array_equal(loaded, problem.arrays[key])
        assert loaded.flags.f_contiguous == problem.arrays[key].flags.f_contiguous


@pytest.mark.parametrize(
    ("name", "dtype", "order", "limit"),
    [
        ("cost_gradient", "float64", "C", 12 * MB),
        ("cost_gradient", "float32", "C", 12 * MB),
        ("cost_gradient", "float64", "F", 150 * MB),
        ("matvec", "float64", "C", 12 * MB),
        ("column_percentages", "float32", "C", 12 * MB),
    ],
)
def test_it_takes_little_memory_beside_its_files(
    tmp_path: Path, name: str, dtype: str, order: str, limit: int
) -> None:
    data = Synthetic(150, 250_000, 0)  # 300 MB in float64
    operation = operations()[name]
    arguments = (operation, data, SEED, dtype, order, tmp_path)
    assert peak_bytes(lambda: problem_in_files(*arguments)) < limit + 8 * 4 * data.m


def test_a_problem_without_room_is_refused_before_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1000))
    operation = operations()["cost_gradient"]
    with pytest.raises(NoRoom, match=r"10 × 20 numbers of float64 take 1.6e-06 GB"):
        problem_in_files(operation, Synthetic(10, 20, 0), SEED, "float64", "C", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_size_below_1_is_refused(tmp_path: Path) -> None:
    for name in ("cost_gradient", "dot"):
        with pytest.raises(DataError, match="n_x is 0"):
            problem_in_files(operations()[name], Synthetic(0, 3, 0), SEED, "float64", "C", tmp_path)


@pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(), reason="the system does not list open files"
)
def test_a_small_problem_keeps_no_file_open(tmp_path: Path) -> None:
    """A run of 200 small cells would have some 1,600 open, and 1,024 is the usual limit."""
    opened = len(list(Path("/proc/self/fd").iterdir()))
    operation = operations()["cost_gradient"]
    problem = problem_in_files(operation, Synthetic(9, 99, 0), SEED, "float64", "C", tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == opened
    assert problem.arrays["X"].shape == (9, 99)
