"""Problems are made once while they fit, and anew where they do not."""

from pathlib import Path

import numpy as np

from benchmarks.problem.arguments import Problem
from benchmarks.results.records import Cell
from benchmarks.schedule.problem_cache import ProblemCache


def test_what_fits_is_made_once_and_what_does_not_makes_way(tmp_path: Path) -> None:
    made: list[int] = []

    def make(cell: Cell) -> Problem:
        made.append(cell.n_x)
        return Problem(("v",), {"v": np.full((cell.n_x, 1), float(cell.n_x))})

    cache = ProblemCache(tmp_path, make, max_bytes=8 * 30)
    cells = [Cell("exp", "synthetic", n_x, 1) for n_x in (10, 20, 1000, 2000)]
    for cell in cells * 2:
        cached = cache.get(cell)
        assert np.array_equal(
            np.load(Path(cached.files["folder"]) / "v.npy"), cached.problem.arrays["v"]
        )
        assert cached.problem.arrays["v"].size == cell.n_x
    assert made == [10, 20, 1000, 2000, 1000, 2000]
