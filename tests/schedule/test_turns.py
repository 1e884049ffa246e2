"""A turn: what is done while a worker is thawed, from the length of its calls alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.schedule.turns import LONG_NS, SAMPLE_NS, SLOW_NS, loops_for, rounds_of, turn_of


@given(st.floats(10.0, 1e10))
def test_a_sample_is_long_enough_to_be_timed_and_a_turn_short_enough_to_be_paired(
    call_ns: float,
) -> None:
    turn = turn_of(call_ns, loops_for(call_ns))
    sample_ns = turn.loops * call_ns
    assert sample_ns >= SAMPLE_NS or sample_ns == pytest.approx(SAMPLE_NS)
    assert turn.loops == 1 or sample_ns < SAMPLE_NS + call_ns
    assert 1 <= turn.samples <= 8
    assert turn.ns <= 30e6 or call_ns >= 5e6


@pytest.mark.parametrize(
    ("call_ns", "samples", "untimed", "rounds"),
    [(1e3, 8, 2, 4), (1.5e6, 5, 1, 4), (9e6, 3, 1, 4), (5e7, 3, 0, 1), (5e8, 1, 0, 1)],
)
def test_long_calls_are_few_and_need_no_discarded_ones(call_ns, samples, untimed, rounds) -> None:
    turn = turn_of(call_ns, loops_for(call_ns))
    assert (turn.samples, turn.untimed, rounds_of(call_ns, 4)) == (samples, untimed, rounds)


def test_the_bounds_are_in_order() -> None:
    assert SAMPLE_NS < LONG_NS < SLOW_NS
