"""Problems are made once while they fit; the one asked for longest ago makes way."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.correctness import check
from benchmarks.correctness.check import Reference
from benchmarks.data import Dataset
from benchmarks.problem.arguments import Problem, digest
from benchmarks.results.records import Cell
from benchmarks.schedule import problem_cache
from benchmarks.schedule.allocation import to_precision
from benchmarks.schedule.kept_references import KeptReferences
from benchmarks.schedule.plan import Plan
from benchmarks.schedule.problem_cache import ProblemCache

LARGE = Cell("cost_gradient", "synthetic", 40, 500)


def plan(seed: int = 0, **datasets: Dataset) -> Plan:
    return Plan((LARGE,), {}, datasets, 1.0, to_precision("none"), seed=seed)


def cells(*sizes: int) -> list[Cell]:
    return [Cell("exp", "synthetic", n_x, 1) for n_x in sizes]


class Made(list):
    """The sizes of the problems made, in order; make(cell, folder) makes one."""

    def make(self, cell: Cell, folder: Path) -> Problem:
        self.append(cell.n_x)
        problem = Problem(("v",), {"v": np.full((cell.n_x, 1), float(cell.n_x))})
        problem.save(folder)
        return problem


def test_what_fits_is_made_once_and_what_does_not_lasts_until_the_next(tmp_path: Path) -> None:
    made = Made()
    cache = ProblemCache(tmp_path, made.make, max_bytes=8 * 30)
    for cell in cells(10, 20, 1000, 1000, 2000) * 2:
        cached = cache.get(cell)
        file = Path(cached.files["folder"]) / "v.npy"
        assert np.array_equal(np.load(file), cached.problem.arrays["v"])
        assert cached.nbytes == 8 * cell.n_x
    assert made == [10, 20, 1000, 2000, 1000, 2000]
    cache.get(cells(10)[0])
    assert sum(np.load(file).size for file in tmp_path.rglob("v.npy")) == 30


def test_the_one_asked_for_longest_ago_makes_way(tmp_path: Path) -> None:
    made = Made()
    cache = ProblemCache(tmp_path, made.make, max_bytes=8 * 30)
    for cell in cells(10, 20, 10, 15, 10, 20):
        cache.get(cell)
    assert made == [10, 20, 15, 20]
    assert len(list(tmp_path.iterdir())) == 2


def test_the_threads_of_a_cell_do_not_matter_to_its_problem(tmp_path: Path) -> None:
    cache = ProblemCache(tmp_path, plan().problem, max_bytes=10**9)
    assert cache.get(LARGE) is cache.get(LARGE._replace(threads=2, cache="cold"))
    assert cache.get(LARGE) is not cache.get(LARGE._replace(order="F"))


def test_a_problem_that_cannot_be_made_leaves_no_files(tmp_path: Path) -> None:
    def make(cell: Cell, folder: Path) -> Problem:
        Made().make(cell, folder)
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        ProblemCache(tmp_path, make, max_bytes=100).get(LARGE)
    assert list(tmp_path.iterdir()) == []


def test_the_digests_are_those_that_a_worker_finds(tmp_path: Path) -> None:
    for order in "CF":
        cached = ProblemCache(tmp_path / order, plan().problem, 0).get(LARGE._replace(order=order))
        for key, text in cached.digests.items():
            assert digest(np.load(Path(cached.files["folder"]) / f"{key}.npy")) == text


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Counter:
    """Counts the references that are computed, and has each take long enough to be kept."""
    counts: Counter = Counter()

    def reference(operation, arguments) -> Reference:
        counts[operation.__name__.rpartition(".")[2]] += 1
        return check.reference(operation, arguments)

    monkeypatch.setattr(problem_cache, "reference", reference)
    monkeypatch.setattr(problem_cache, "_KEPT_FROM_S", -1.0)
    return counts


def test_both_memory_orders_and_all_threads_share_the_references(
    tmp_path: Path, computed: Counter
) -> None:
    cache = ProblemCache(tmp_path, plan().problem, max_bytes=0)
    layouts = [LARGE._replace(order=order, threads=n) for order in "CF" for n in (1, 2)]
    found = {id(cache.get(cell).reference(j)) for cell in layouts for j in (0, 7)}
    assert len(found) == computed["cost_gradient"] == 2
    cache.get(LARGE._replace(dtype="float32")).reference(0)
    assert computed["cost_gradient"] == 3


def test_arguments_that_do_not_vary_have_one_reference(tmp_path: Path, computed: Counter) -> None:
    cached = ProblemCache(tmp_path, plan().problem, 10**9).get(cells(1000)[0])
    assert cached.reference(0) is cached.reference(7)
    assert computed["exp"] == 1


def test_a_reference_is_dropped_where_all_take_too_much(
    tmp_path: Path, computed: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(problem_cache, "_MAX_REFERENCES_BYTES", 1)
    cached = ProblemCache(tmp_path, plan().problem, 10**9).get(LARGE)
    for j in (0, 0, 7, 7, 0):
        cached.reference(j)
    assert computed["cost_gradient"] == 3


def caches(tmp_path: Path, kept: KeptReferences | None, of: Plan):
    return ProblemCache(tmp_path / "problems", of.problem, 10**9, kept)


def test_a_kept_reference_is_the_same_to_the_bit_and_not_computed_again(
    tmp_path: Path, computed: Counter
) -> None:
    kept = KeptReferences(tmp_path / "kept", plan().values_of)
    first, again = (caches(tmp_path, kept, plan()).get(LARGE).reference(7) for _ in range(2))
    assert computed["cost_gradient"] == 1
    assert again.arithmetic is first.arithmetic
    for own, other in ((first.exact, again.exact), (first.bound, again.bound)):
        assert list(own) == list(other) == ["J", "dw", "db"]
        for name in own:
            assert own[name].dtype == other[name].dtype
            np.testing.assert_array_equal(own[name], other[name])
    caches(tmp_path, None, plan()).get(LARGE).reference(7)
    assert computed["cost_gradient"] == 2


def test_whatever_decides_a_reference_decides_its_file(tmp_path: Path) -> None:
    data = Dataset("mine", np.ones((2, 3)), np.ones((1, 3)))
    other = Dataset("mine", np.zeros((2, 3)), np.ones((1, 3)))
    mine = LARGE._replace(data="mine")
    paths = [
        KeptReferences(tmp_path, of.values_of).path(cell, j)
        for of, cell, j in (
            (plan(), LARGE, 0),
            (plan(), LARGE, 7),
            (plan(seed=1), LARGE, 0),
            (plan(), LARGE._replace(dtype="float32"), 0),
            (plan(), LARGE._replace(m=501), 0),
            (plan(mine=data), mine, 0),
            (plan(mine=other), mine, 0),
        )
    ]
    assert len(set(paths)) == len(paths)
    kept = KeptReferences(tmp_path, plan().values_of)
    assert kept.path(LARGE._replace(order="F", threads=2), 0) == paths[0]
    assert KeptReferences(tmp_path, plan(mine=data).values_of).path(mine, 0) == paths[5]


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", None])
def test_a_damaged_file_is_made_anew(
    tmp_path: Path, computed: Counter, damage: bytes | None
) -> None:
    kept = KeptReferences(tmp_path / "kept", plan().values_of)
    expected = caches(tmp_path, kept, plan()).get(LARGE).reference(0)
    path = kept.path(LARGE, 0)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    again = caches(tmp_path, kept, plan()).get(LARGE).reference(0)
    np.testing.assert_array_equal(again.exact["dw"], expected.exact["dw"])
    assert kept.load(LARGE, 0)
    assert computed["cost_gradient"] == 2
    np.savez(path, wrong=np.ones(3))
    assert kept.load(LARGE, 0) is None


def test_no_pickle_is_read_and_small_references_are_not_kept(tmp_path: Path) -> None:
    kept = KeptReferences(tmp_path, plan().values_of)
    names = [f"{kind}.{name}" for kind in ("exact", "bound") for name in ("J", "dw", "db")]
    np.savez(kept.path(LARGE, 0), **{name: np.array([None]) for name in names})  # type: ignore[arg-type]
    assert kept.load(LARGE, 0) is None
    few = Cell("cost_gradient", "synthetic", 2, 3)
    expected = caches(tmp_path, None, plan()).get(few).reference(0)
    kept.save(few, 0, expected)
    assert not kept.path(few, 0).exists()


def test_the_files_used_longest_ago_make_way(tmp_path: Path, computed: Counter) -> None:
    cached = caches(tmp_path, None, plan()).get(LARGE)
    nbytes = cached.reference(0).nbytes
    kept = KeptReferences(tmp_path / "kept", plan().values_of, max_bytes=4 * nbytes + 4000)
    for j in range(12):
        kept.save(LARGE, j, cached.reference(j))
        assert kept.load(LARGE, 0)  # used again and again
    sizes = [file.stat().st_size for file in kept.folder.iterdir()]
    assert 1 < len(sizes) < 12
    assert sum(sizes) <= kept.max_bytes
    KeptReferences(kept.folder, plan().values_of, max_bytes=nbytes).save(
        LARGE, 99, cached.reference(0)
    )
    assert not kept.path(LARGE, 99).exists(), "larger than a quarter of the room"


def test_where_nothing_can_be_kept_the_run_goes_on(tmp_path: Path, computed: Counter) -> None:
    (tmp_path / "file").touch()
    kept = KeptReferences(tmp_path / "file" / "kept", plan().values_of)
    assert caches(tmp_path, kept, plan()).get(LARGE).reference(0)
