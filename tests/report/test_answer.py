"""The first picture: what vectorizing, compiling and one pass over X bring, in the lesson's cell."""

from pathlib import Path

import pytest
from fabricated import FIVE, ONE, REAL, data_of, fabricate, figure_of, markdown_of

from benchmarks.report import scene, web
from benchmarks.report.views import answer
from benchmarks.results.records import Cell, Status

CAT = REAL[1]
COSTS = {  # a step of 12,288 × 209 takes 77, 39, 7.7 and 0.8 times the last
    "python_loops": (0.0, 0.0, 30.0),
    "numpy_per_example": (0.0, 0.0, 15.0),
    "numba_loops": (0.0, 0.0, 3.0),
    "numpy_vectorized": (0.0, 0.0, 0.3),
    "numba_fused": (0.0, 0.0, 0.1),
    "numpy_computation_graph": (0.0, 0.0, 0.4),
}


def selection(folder: Path, costs=COSTS, cells: tuple[Cell, ...] = (CAT,), **more):
    found = answer.select(scene.whole(data_of(fabricate(folder, costs, cells, **more))))
    return found.get("")


def test_the_lessons_ways_and_the_fastest_come_slowest_first(tmp_path: Path) -> None:
    found = selection(tmp_path, noise=1e-6)
    assert list(found.times.index) == [
        *("python_loops", "numpy_per_example", "numba_loops", "numpy_vectorized", "numba_fused")
    ]
    assert answer.title(found) == (
        "At 12,288 × 209 (cat), vectorizing the loop makes it 100× [100, 100] as fast; "
        "compiling it, 10× [10, 10]; one pass over X, 300× [300, 300]"
    )
    rows = answer.rows(found)
    assert rows[0]["times as fast as the loop"] == ""
    assert rows[-1]["times as fast as the loop"] == "300× [300, 300]"


def test_a_fastest_that_is_another_is_named(tmp_path: Path) -> None:
    costs = COSTS | {"mine": (0.0, 0.0, 0.05)}
    assert "; mine, 600× [" in answer.title(selection(tmp_path, costs, noise=1e-6))
    two = {name: COSTS[name] for name in ("python_loops", "numpy_vectorized")}
    found = selection(tmp_path / "two", two)
    assert answer.title(found).count("×") == 2  # its size, and one ratio


@pytest.mark.parametrize("lost", ["python_loops", "numpy_vectorized"])
def test_without_the_loop_or_the_vectorized_step_there_is_no_answer(
    tmp_path: Path, lost: str
) -> None:
    assert selection(tmp_path, failed={(lost, CAT): Status.CRASHED}) is None


def test_it_comes_first_and_what_was_not_measured_after_it(tmp_path: Path) -> None:
    folder = fabricate(tmp_path, FIVE, (CAT, ONE), {("numba_loops", ONE): Status.TIMEOUT})
    text = markdown_of(folder)
    places = [text.index(words) for words in ("On this machine", "vectorizing", "Not measured")]
    assert places == sorted(places)
    page = web.write({"": data_of(folder)})
    assert page.index('data-chart="answer"') < page.index('data-chart="map_of_winners"')
    assert figure_of("answer", data_of(folder)).axes
    bare = web.write({"": data_of(fabricate(tmp_path / "bare", {"mine": (1e3, 1.0, 1.0)}, (ONE,)))})
    assert 'data-chart="answer">' not in bare
