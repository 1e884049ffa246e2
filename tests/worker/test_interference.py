"""Steal time and throttling between two moments, as warnings: arithmetic on what was read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.worker.interference import SystemCounters, disturbed, read

START = SystemCounters(1000.0, 50.0, 7, 4)


def after(seconds: float, steal_s: float = 0.0, throttles: int = 0) -> SystemCounters:
    return SystemCounters(
        START.at_s + seconds, START.steal_s + steal_s, START.throttles + throttles, 4
    )


def test_no_interference_no_warning() -> None:
    assert START.diff(START) == []
    assert after(10.0).diff(START) == []
    assert after(10.0, steal_s=0.4).diff(START) == []  # 1% of 40 processor seconds


@pytest.mark.parametrize(("steal_s", "share"), [(4.01, "10%"), (20.01, "50%"), (40.01, "100%")])
def test_steal_time_is_a_share_of_the_time_of_all_processors(steal_s: float, share: str) -> None:
    assert after(10.0, steal_s).diff(START) == [f"stolen: {share} of the processors' time"]


@given(st.floats(0, 1), st.floats(0, 0.01))
def test_one_tick_of_the_systems_clock_is_no_steal_time(seconds: float, steal_s: float) -> None:
    assert after(seconds, steal_s - 1e-9).diff(START) == []


def test_throttling_is_one_warning_however_often_beside_steal_time() -> None:
    slowed = ["throttled"]
    assert after(1.0, throttles=1).diff(START) == after(1.0, throttles=99).diff(START) == slowed
    both = after(1.0, steal_s=2.0, throttles=3).diff(START)
    assert [warning.partition(":")[0] for warning in both] == ["stolen", "throttled"]


def test_a_counter_that_began_anew_is_no_warning() -> None:
    assert after(1.0, steal_s=-40.0, throttles=-7).diff(START) == []


def test_this_machine_tells_what_it_can() -> None:
    before = read()
    now = read()
    assert now.at_s >= before.at_s
    assert now.steal_s >= before.steal_s >= 0
    assert now.throttles >= before.throttles >= 0
    assert now.processors >= 1


MS = 1_000_000


@pytest.mark.parametrize(
    ("cpu_ns", "waited", "is_disturbed"),
    [
        (10 * MS, (0, 0, 0), False),  # one thread, nobody else
        (10 * MS, (None, None, None), False),  # the system does not tell
        (8 * MS, (2 * MS, 2 * MS, 0), True),  # one thread that waited
        (10 * MS, (50_000, 50_000, 0), False),  # for half a percent of the time
        (15 * MS, (4 * MS, 5 * MS, 0), True),  # two threads; another process had a processor
        (15 * MS, (0, 5 * MS, 0), True),  # the thread that waited has ended since
        (20 * MS, (19 * MS, 10 * MS, 0), False),  # four threads on two processors: its own kind
        (10 * MS, (0, 0, 10 * MS), True),  # the hypervisor took a tick
    ],
)
def test_a_sample_is_disturbed_if_others_had_what_it_waited_for(
    cpu_ns, waited, is_disturbed
) -> None:
    assert disturbed(10 * MS, cpu_ns, 2, *waited) is is_disturbed


@given(st.integers(1, 10**9), st.floats(0, 1), st.floats(0, 1), st.integers(2, 50))
def test_it_does_not_depend_on_how_long_the_sample_took(elapsed_ns, used, waited, times) -> None:
    """The same shares of a time many times as long are judged alike, but for a rounded nanosecond."""

    def judged(ns: int) -> bool:
        cpu_ns, waited_ns = int(2 * used * ns), int(waited * ns)
        return disturbed(ns, cpu_ns, 2, waited_ns, waited_ns, 0)

    if abs(min(waited, 2 - 2 * used) - 0.01) > 10 / elapsed_ns:
        assert judged(elapsed_ns) == judged(times * elapsed_ns)
