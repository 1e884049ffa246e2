"""Memory is planned: who is measured together, who is not at all, and why."""

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.results.records import Cell, Outcome, Status
from benchmarks.schedule import memory_plan as memory

GIB = 1 << 30
SMALL, LARGE = (Cell("cost_gradient", "synthetic", 1000, m) for m in (1000, 1_000_000))
BASE = "base"


def test_all_who_fit_are_measured_together_and_the_rest_with_their_partner() -> None:
    needed = {BASE: GIB, "a": 2 * GIB, "b": 3 * GIB, "c": 4 * GIB}
    partners = dict.fromkeys("abc", BASE)
    assert memory.groups(needed, partners, 10 * GIB) == ([[BASE, "a", "b", "c"]], {})
    grouped, refused = memory.groups(needed, partners, 6 * GIB)
    assert grouped == [[BASE, "a", "b"], [BASE, "c"]]
    assert refused == {}


def test_who_does_not_fit_beside_its_partner_is_refused_with_the_bytes() -> None:
    grouped, refused = memory.groups({BASE: GIB, "a": 8 * GIB}, {"a": BASE}, 6 * GIB)
    assert grouped == [[BASE]]
    assert str(9 * GIB) in refused["a"] and str(6 * GIB) in refused["a"]


@given(
    st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 20), min_size=1), st.integers(1, 40)
)
def test_no_group_takes_more_than_there_is_and_nobody_is_forgotten(needed, available) -> None:
    partners = {name: "a" for name in needed if name != "a"}
    grouped, refused = memory.groups(needed, partners, available)
    assert all(sum(needed[name] for name in group) <= available for group in grouped)
    assert {name for group in grouped for name in group} | refused.keys() == needed.keys()
    assert all("a" in group for group in grouped if "a" in needed)


def test_extra_memory_is_told_by_the_largest_cell_of_the_implementation() -> None:
    taken = [
        Outcome("x", cell, Status.OK, extra_bytes=ratio * memory.data_bytes(cell))
        for cell, ratio in ((SMALL._replace(m=500), 9), (SMALL, 3))
    ]
    assert memory.known_ratio("x", LARGE._replace(operation="dot"), taken) is None
    # Nobody knows: more than the data once more.
    assert memory.extra_bytes(None, LARGE) > memory.data_bytes(LARGE)
    ratio = memory.known_ratio("x", LARGE, taken)
    assert ratio == 3
    known = memory.extra_bytes(ratio, LARGE)
    assert 3 * memory.data_bytes(LARGE) < known < 3.1 * memory.data_bytes(LARGE)
    nothing = [Outcome("x", SMALL, Status.OK, extra_bytes=0)]
    assert memory.known_ratio("x", LARGE, nothing) == 0


def test_a_machine_has_less_free_than_it_says_so_that_the_conductor_lives() -> None:
    import psutil

    assert memory.free_bytes() < psutil.virtual_memory().available
