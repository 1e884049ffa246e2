"""The workers of a set: what becomes of them when their fork server ends."""

import os
import signal
import time
from pathlib import Path

import pytest

from benchmarks.correctness.examination import Examination
from benchmarks.registry import FOLDER
from benchmarks.schedule.plan import Plan
from benchmarks.schedule.workers import Workers
from benchmarks.worker.start import CAN_FORK

NAME = "numpy_vectorized"


@pytest.mark.skipif(not CAN_FORK, reason="workers are forked on Linux only")
def test_a_fork_server_that_was_killed_is_replaced(tmp_path: Path) -> None:
    plan = Plan((), {NAME: FOLDER / f"{NAME}.py"}, {}, 10.0, policy=lambda _: {})
    examinations = {NAME: Examination(NAME, [], {"parallel": False})}
    workers = Workers(plan, examinations, tmp_path, 1 << 34)
    try:
        first = workers.server(1)
        os.kill(first.pid, signal.SIGKILL)
        while first.alive:
            time.sleep(0.01)
        worker = workers.start(NAME, 1)
        assert worker.alive
        assert workers.server(1).pid != first.pid
        worker.close()
    finally:
        workers.close_servers()
