"""A worker's clock against the conductor's: what may differ, and what is a false clock."""

import pytest

from benchmarks.schedule.clock_check import ClockCheck


def sums(asked_ns: int, elapsed_ns: int, cpu_ns: int = 0, untimed_ns: int = 0) -> ClockCheck:
    check = ClockCheck()
    for part in (1, 3):
        parts = (part * ns // 4 for ns in (asked_ns, elapsed_ns, untimed_ns, cpu_ns))
        check.add(*parts)
    return check


@pytest.mark.parametrize("elapsed_ns", [0, 60_000_000, 99_000_000, 100_000_000])
def test_the_conductor_may_wait_longer_than_the_worker_says(elapsed_ns: int) -> None:
    assert sums(100_000_000, elapsed_ns).disagreement(workers=1) == ""


@pytest.mark.parametrize(("asked_ns", "elapsed_ns"), [(10**9, 10**8), (10**9, 2 * 10**9)])
def test_a_clock_that_is_slow_or_fast_is_refused(asked_ns: int, elapsed_ns: int) -> None:
    message = sums(asked_ns, elapsed_ns).disagreement(workers=1)
    assert message == f"its clock says {elapsed_ns / 1e6:.4g} ms, the conductor's 1000 ms"


@pytest.mark.parametrize("turns", [2, 3, 40])
def test_one_turn_may_span_a_pause_that_nothing_tells_of(turns: int) -> None:
    """A container that is frozen stops both processes, and no clock stands still."""
    check = ClockCheck()
    for turn in range(turns):
        check.add(10**7 + 10**10 * (turn == 1), 9 * 10**6, 0, 0)
    assert check.disagreement(workers=1) == ""


@pytest.mark.parametrize("turns", [1, 2, 3, 40])
def test_a_clock_that_is_slow_in_every_turn_is_no_pause(turns: int) -> None:
    check = ClockCheck()
    for _ in range(turns):
        check.add(10**9, 10**8, 0, 0)
    assert check.disagreement(workers=1)


def test_more_processors_than_threads_is_told_beyond_a_half() -> None:
    assert sums(10**9, 10**9, 14 * 10**8).excess_threads(1) == ""
    assert sums(10**9, 10**9, 2 * 10**9).excess_threads(1) == "2.0 processors busy, 1 granted"
    assert sums(10**7, 10**7, 2 * 10**7).excess_threads(1) == ""  # too short to tell


def test_calls_that_are_not_timed_count_for_the_clock_and_not_for_the_processors() -> None:
    assert sums(10**9, 10**8, untimed_ns=8 * 10**8).disagreement(workers=1) == ""
    assert (
        sums(10**9, 10**8, 2 * 10**8, 8 * 10**8).excess_threads(1)
        == "2.0 processors busy, 1 granted"
    )
