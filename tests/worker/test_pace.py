"""The pace of a processor: slow beside the fastest tenth of the last ones; a turn begins on a fast one."""

import os

import pytest

from benchmarks.worker.interference import PaceRecord
from benchmarks.worker.pace import pace_ns, seek


def test_a_pace_is_slow_beside_the_fastest_tenth() -> None:
    paces = PaceRecord()
    assert not any(paces.is_slow(ns) for ns in [10_000] * 10 + [16_000] * 9)  # nobody knows yet
    paces.is_slow(10_000)
    assert paces.is_slow(16_000)
    assert not paces.is_slow(11_500)
    assert not paces.is_slow(10_000)


def test_one_pace_that_was_fast_by_chance_makes_nothing_slow() -> None:
    paces = PaceRecord()
    for ns in [10_000] * 39 + [1_000]:
        paces.is_slow(ns)
    assert not paces.is_slow(10_500)


def test_a_machine_that_gets_slower_as_a_whole_is_not_slow_for_ever() -> None:
    paces = PaceRecord()
    for _ in range(200):
        paces.is_slow(10_000)
    slow = [paces.is_slow(14_000) for _ in range(4000)]
    assert slow[0]
    assert not slow[-1]


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no such call on this system")
@pytest.mark.parametrize("limit_ns", [0, 10**12])
def test_seeking_a_fast_processor_leaves_all_of_them_allowed(limit_ns: int) -> None:
    allowed = os.sched_getaffinity(0)
    seek(limit_ns)
    assert os.sched_getaffinity(0) == allowed


def test_the_work_is_measured_and_short() -> None:
    assert 0 < min(pace_ns() for _ in range(20)) < 1_000_000
