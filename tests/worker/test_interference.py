"""Theft and throttling between two moments, said in words: pure arithmetic on what was read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.worker.interference import Conditions, conditions

START = Conditions(1000.0, 50.0, 7, 4)


def after(seconds: float, steal_s: float = 0.0, throttles: int = 0) -> Conditions:
    return Conditions(START.at_s + seconds, START.steal_s + steal_s, START.throttles + throttles, 4)


def test_where_nothing_happened_nothing_is_said() -> None:
    assert START.since(START) == []
    assert after(10.0).since(START) == []
    assert after(10.0, steal_s=0.4).since(START) == []  # 1% of 40 processor seconds


@pytest.mark.parametrize(("steal_s", "share"), [(4.01, "10%"), (20.01, "50%"), (40.01, "100%")])
def test_theft_is_a_share_of_the_time_of_all_processors(steal_s: float, share: str) -> None:
    assert after(10.0, steal_s).since(START) == [f"stolen: {share} of the processors' time"]


@given(st.floats(0, 1), st.floats(0, 0.01))
def test_a_tick_of_the_systems_clock_is_no_theft_however_short_the_time(
    seconds: float, steal_s: float
) -> None:
    assert after(seconds, steal_s - 1e-9).since(START) == []


def test_throttling_is_said_once_however_often_and_beside_theft() -> None:
    slowed = ["throttled"]
    assert after(1.0, throttles=1).since(START) == after(1.0, throttles=99).since(START) == slowed
    both = after(1.0, steal_s=2.0, throttles=3).since(START)
    assert [odd.partition(":")[0] for odd in both] == ["stolen", "throttled"]


def test_a_counter_that_began_anew_is_no_warning() -> None:
    assert after(1.0, steal_s=-40.0, throttles=-7).since(START) == []


def test_this_machine_tells_what_it_can() -> None:
    before = conditions()
    now = conditions()
    assert now.at_s >= before.at_s
    assert now.steal_s >= before.steal_s >= 0
    assert now.throttles >= before.throttles >= 0
    assert now.processors >= 1
