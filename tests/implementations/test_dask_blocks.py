"""dask_blocks: one answer, whatever the blocks, the scheduler and the number of workers, and who died."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from benchmarks.cli._dask import PREFIX as DASK_SETTINGS
from benchmarks.correctness.check import check, reference
from benchmarks.correctness.gate import examine
from benchmarks.data import Synthetic, writing
from benchmarks.operations import operations
from benchmarks.registry import FOLDER
from benchmarks.results.records import Status

pytest.importorskip("distributed", reason="distributed is not installed: make scale")

OPERATION = operations()["cost_gradient"]
SIZES = ((1, 1), (3, 2), (7, 23), (31, 17), (2, 3001))
MEMBER = "DASK_BLOCKS_IMPLEMENTATION"
BLOCKS = ("1", "7", "1000", "")  # examples; "" is one block for each worker


def asked(n_x: int, m: int, dtype: str = "float64", order: Any = "C", seed: int = 0) -> tuple:
    rng = np.random.default_rng([seed, n_x, m])
    X = np.asarray(rng.standard_normal((n_x, m)), dtype, order=order)
    Y = (rng.random((1, m)) < 0.5).astype(dtype)
    return (rng.standard_normal((n_x, 1)) / n_x).astype(dtype), -0.25, X, Y


def answer(module: ModuleType, w: Any, b: float, X: Any, Y: Any) -> list[np.ndarray]:
    gradient = module.cost_gradient(module.prepare(w), b, module.prepare(X), module.prepare(Y))
    return [np.asarray(part) for part in gradient]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster of one worker that has nothing of this project."""
    folder = tmp_path_factory.mktemp("cluster")
    file = folder / "scheduler.json"
    bare = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    bare[MEMBER] = "numpy_vectorized"  # the other would be compiled there first, for half a minute
    common = {
        "cwd": folder,
        "env": bare,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    python = [sys.executable, "-P", "-m"]
    local = ["--host", "127.0.0.1", "--scheduler-file", str(file)]
    scheduler = [*python, "distributed.cli.dask_scheduler", *local, "--port", "0", "--no-dashboard"]
    worker = [*python, "distributed.cli.dask_worker", "--scheduler-file", str(file)]
    worker += ["--no-nanny", "--no-dashboard", "--nthreads", "1", "--host", "127.0.0.1"]
    processes = [subprocess.Popen(command, **common) for command in (scheduler, worker)]  # type: ignore[call-overload]
    try:
        from distributed import Client

        with Client(scheduler_file=str(file), timeout=30) as client:
            client.wait_for_workers(1, timeout=30)
            yield client.scheduler.address
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.fixture(params=["threads", "local", "elsewhere"])
def blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """dask_blocks on one scheduler, with two workers."""
    from implementations import dask_blocks

    kind = request.param
    address = request.getfixturevalue("elsewhere") if kind == "elsewhere" else kind
    monkeypatch.setenv(dask_blocks.SCHEDULER, address)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    monkeypatch.delenv("DASK_BLOCKS_EXAMPLES", raising=False)
    dask_blocks.scheduler.cache_clear()
    yield dask_blocks
    if kind != "threads" and dask_blocks.scheduler.cache_info().currsize:
        dask_blocks.scheduler().cluster.close()
    dask_blocks.scheduler.cache_clear()


def test_the_command_line_names_the_variables_that_are_read() -> None:
    from implementations import _blocks, dask_blocks

    assert _blocks.MEMBER == MEMBER
    for name in (_blocks.EXAMPLES, _blocks.MEMBER, dask_blocks.SCHEDULER):
        assert name.startswith(DASK_SETTINGS)
    assert f"{DASK_SETTINGS}SCHEDULER" == dask_blocks.SCHEDULER
    assert f"{DASK_SETTINGS}EXAMPLES" == _blocks.EXAMPLES


@pytest.mark.slow
def test_every_block_size_layout_and_type_is_within_the_bound(
    blocks: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in BLOCKS:
        monkeypatch.setenv("DASK_BLOCKS_EXAMPLES", size)
        for n_x, m in SIZES[: 5 if size in ("1000", "") else 4]:
            for dtype, order in (
                ("float64", "C"),
                ("float64", "F"),
                ("float32", "C"),
                ("float32", "F"),
            ):
                arguments = asked(n_x, m, dtype, order)
                found = check(reference(OPERATION, arguments), answer(blocks, *arguments))
                assert found.complaint == "", (size, n_x, m, dtype, order)


@pytest.mark.slow
def test_the_answer_is_the_same_to_the_last_bit_on_every_scheduler_and_any_number_of_workers(
    elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from implementations import _blocks, dask_blocks
    from implementations._blocks import Threads
    from implementations._processes import Processes

    class AsTasks(Processes):
        """As a step with many features is made, and one that a worker did not answer."""

        step = Processes._step_as_tasks

    monkeypatch.setenv("DASK_BLOCKS_EXAMPLES", "100")
    monkeypatch.setenv(MEMBER, "numpy_vectorized")
    _blocks._imported.cache_clear()
    arguments = asked(20, 1234)
    answers = []
    here = Threads(1), Threads(3), AsTasks("local", 2), Processes("local", 2)
    for scheduler in (*here, Processes(elsewhere, 0)):
        monkeypatch.setattr(dask_blocks, "scheduler", lambda scheduler=scheduler: scheduler)
        answers.append(answer(dask_blocks, *arguments))
        if isinstance(scheduler, Processes):
            scheduler.cluster.close()
    _blocks._imported.cache_clear()
    for other in answers[1:]:
        for part, same in zip(answers[0], other, strict=True):
            np.testing.assert_array_equal(part, same)


@pytest.mark.long
@pytest.mark.parametrize("size", BLOCKS)
@pytest.mark.parametrize("kind", ["threads", "local", "elsewhere"])
def test_it_passes_the_gate_at_every_block_size_on_every_scheduler(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    kind: str,
    size: str,
) -> None:
    address = request.getfixturevalue("elsewhere") if kind == "elsewhere" else kind
    monkeypatch.setenv("DASK_BLOCKS_SCHEDULER", address)
    monkeypatch.setenv("DASK_BLOCKS_EXAMPLES", size)
    path = FOLDER / "dask_blocks.py"
    found = examine("dask_blocks", path, ["cost_gradient"], tmp_path, 0)
    assert [f.status for f in found.findings] == [Status.OK], found.findings


@pytest.mark.slow
def test_threads_that_begin_together_have_the_same_implementation() -> None:
    """The first ones import it: half imported, it was once taken for missing."""
    code = f"""
import sys
sys.path.insert(0, {str(FOLDER.parent)!r})
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from implementations import _blocks
barrier = Barrier(8)
def one(k):
    barrier.wait()
    return _blocks.local().__name__
print(*set(ThreadPoolExecutor(8).map(one, range(8))))
"""
    environment = {name: text for name, text in os.environ.items() if name != MEMBER}
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )
    assert ended.stdout.split() == ["implementations._fused_unlocked"], ended.stderr


def test_memory_is_bounded_by_a_few_blocks_whatever_m_is(tmp_path: Path) -> None:
    """1 GB on disk, 128 MB above what the libraries and a small problem take."""
    wanted = writing.Wanted(Synthetic(100, 1_250_000, 0), "float64", 10_000)
    writing.write(tmp_path / "x.npy", wanted, 2, lambda share: None)
    code = f"""
import sys
sys.path.insert(0, {str(FOLDER.parent)!r})
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
import numpy as np
from benchmarks.data.stored import open_stored
from implementations import dask_blocks as d, _blocks
_blocks._HELD_SHARE = 0.0
X, Y = open_stored(Path({str(tmp_path / "x.npy")!r}))
peaks = []
for m in (1000, X.shape[1]):
    J = d.cost_gradient(np.zeros((100, 1)), 0.0, d.prepare(X.columns(0, m)), d.prepare(Y.columns(0, m))).J
    peaks.append(getrusage(RUSAGE_SELF).ru_maxrss)
print(J, peaks[1] - peaks[0])
"""
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, MEMBER: "numpy_vectorized"},  # the other is compiled first, for long
    )
    assert ended.returncode == 0, ended.stderr
    J, grown_kib = ended.stdout.split()
    assert abs(float(J) - np.log(2)) < 1e-10
    assert int(grown_kib) * 1024 < 128e6
