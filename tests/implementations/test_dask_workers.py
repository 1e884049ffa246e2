"""The worker processes of dask_blocks: one that dies changes no answer, and none outlives the others."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Timer

import numpy as np
import pytest
from test_dask_blocks import asked

from benchmarks.registry import FOLDER


def kill_workers(times: int, seed: int) -> None:
    """Kill a worker at a random moment, so many times; every answer is the one that nobody disturbed."""
    from implementations import dask_blocks
    from implementations._processes import Processes

    rng = np.random.default_rng(seed)
    scheduler = Processes("local", 2)
    w, b, X, Y = asked(50, 100_000)
    X, Y = dask_blocks.prepare(X), dask_blocks.prepare(Y)

    def step() -> list[np.ndarray]:
        means, counts = scheduler.step(w, b, X.placed_with(Y, scheduler))
        return [means, counts]

    try:
        expected = step()
        for _ in range(times):
            process = scheduler.cluster.processes[rng.integers(2)]
            timer = Timer(rng.uniform(0, 0.02), process.kill)
            timer.start()
            for _ in range(3):
                for part, same in zip(step(), expected, strict=True):
                    np.testing.assert_array_equal(part, same)
            timer.join()
            process.wait()
    finally:
        scheduler.cluster.close()


@pytest.mark.slow
def test_a_worker_that_dies_changes_no_answer() -> None:
    kill_workers(2, seed=1)


@pytest.mark.long
def test_twenty_workers_that_die_change_no_answer() -> None:
    kill_workers(20, seed=2)


@pytest.mark.slow
def test_its_workers_and_their_files_end_with_it(tmp_path: Path) -> None:
    """Also where it is killed: they lose their scheduler, and what was in its folder goes with that."""
    code = f"""
import sys
sys.path.insert(0, {str(FOLDER.parent)!r})
import numpy as np
from implementations import dask_blocks as d
d.cost_gradient(np.zeros((2, 1)), 0.0, d.prepare(np.ones((2, 9))), d.prepare(np.ones((1, 9))))
print(*(p.pid for p in d.scheduler().cluster.processes), flush=True)
"""
    variables = {**os.environ, "DASK_BLOCKS_SCHEDULER": "local", "TMPDIR": str(tmp_path)}
    process = subprocess.run(
        [sys.executable, "-c", code], env=variables, capture_output=True, text=True, timeout=60
    )
    pids = [int(pid) for pid in process.stdout.split()]
    assert pids, process.stderr
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    assert list(tmp_path.iterdir()) == []
