"""Cold caches: what is read before a call is larger than all of them; and who may run where stays."""

import os
from pathlib import Path

import pytest

from benchmarks.machine.describe import cache_bytes
from benchmarks.worker import eviction


@pytest.mark.parametrize("threads", [1, 2])
def test_more_is_read_than_the_caches_hold_and_nothing_else_changes(
    tmp_path: Path, threads: int
) -> None:
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    eviction.save(tmp_path / "lines", 20 << 20)
    assert (tmp_path / "lines").stat().st_size >= 2 * (20 << 20)
    eviction.evictor(str(tmp_path / "lines"), threads)()
    if allowed is not None:
        assert os.sched_getaffinity(0) == allowed


def test_the_caches_of_this_machine_are_known_or_taken_for_large() -> None:
    assert cache_bytes() >= 1 << 20
