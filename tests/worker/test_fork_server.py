"""Workers that are forked of a server: as separate as fresh ones, and with what it holds."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from benchmarks.registry import implementations
from benchmarks.results.records import Status
from benchmarks.worker.environment import environment
from benchmarks.worker.orphans import MARK, OrphanGuard
from benchmarks.worker.process import WorkerFailed, WorkerProcess
from benchmarks.worker.start import CAN_FORK, FORK_SAFE, ForkServer

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="workers are forked on Linux only")
THREADS, MEMORY = 2, 4 << 30
FOUR_BUSY_THREADS = """
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
POOL, TEXT = ThreadPoolExecutor(4), bytes(4_000_000)
def dot(w, x):
    return float(len(list(POOL.map(lambda _: sha256(TEXT).digest(), range(8)))))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    folder = tmp_path_factory.mktemp("server")
    server = ForkServer(FORK_SAFE, environment(THREADS, None, MEMORY), folder)
    yield server
    server.close()


@pytest.fixture
def start(server: ForkServer, tmp_path: Path) -> Iterator:
    workers = []

    def start(path: Path, threads: int = THREADS) -> WorkerProcess:
        variables = environment(threads, tmp_path / "numba", MEMORY)
        workers.append(WorkerProcess(path.stem, path, tmp_path, variables, 30, server=server))
        return workers[-1]

    yield start
    for worker in workers:
        worker.close()


def written(folder: Path, body: str) -> Path:
    path = folder / "mine.py"
    path.write_text(body)
    return path


def saved(folder: Path, n: int = 5) -> dict:
    folder.mkdir(exist_ok=True)
    for key in ("w", "x"):
        np.save(folder / f"{key}.npy", np.arange(1.0, n + 1).reshape(n, 1))
    return {"folder": str(folder), "arguments": ["w", "x"], "keys": ["w", "x"]}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", ["numpy_vectorized", "numba_fused"])
def test_a_forked_worker_has_the_threads_that_it_was_granted(start, name, threads):
    handshake = start(implementations()[name], threads).handshake
    assert {pool["num_threads"] for pool in handshake["threadpools"]} == {threads}


def test_a_forked_worker_has_a_folder_a_group_and_a_mark_of_its_own(start, tmp_path):
    worker = start(written(tmp_path, "def dot(w, x):\n    return 0.0\n"))
    process = psutil.Process(worker.pid)
    assert Path(process.cwd()) == tmp_path
    assert process.environ()[MARK].rstrip() == worker.mark
    assert worker.alive
    worker.close()
    assert not worker.alive


def test_a_forked_worker_that_ended_says_how(start, tmp_path):
    worker = start(written(tmp_path, "import os\ndef dot(w, x):\n    os._exit(7)\n"))
    worker.ask("loading", "load", **saved(tmp_path / "p"))
    with pytest.raises(WorkerFailed, match="exited with status 7 while asking"):
        worker.ask("asking", "call", 5, operation="dot", j=0)


def test_what_leaves_the_group_of_a_forked_worker_is_its_orphan(start, tmp_path):
    body = "import subprocess\nsubprocess.Popen(['sleep', '61.75'], start_new_session=True)\n"
    guard = OrphanGuard()
    worker = start(written(tmp_path, body))
    assert guard.end_new({"mine": worker}) == {"mine"}


def test_an_import_that_fails_fails_the_worker_and_not_the_server(start, tmp_path):
    with pytest.raises(WorkerFailed, match="ZeroDivisionError") as failed:
        start(written(tmp_path, "1 / 0\n"))
    assert failed.value.status is Status.CRASHED
    assert start(implementations()["numpy_vectorized"]).alive


def test_arrays_that_the_server_holds_are_shared_until_somebody_writes(server, start, tmp_path):
    body = "def dot(w, x):\n    x[0] = 100.0\n    return (w.T @ x).item()\n"
    files = saved(tmp_path / "p", 1_000_000)
    server.load(files)
    before = psutil.virtual_memory().available
    workers = [start(written(tmp_path, body)) for _ in range(2)]
    for path in (tmp_path / "p").iterdir():
        path.unlink()  # what is in memory needs no file
    answers = []
    for worker in workers:
        worker.ask("loading", "load", **files)
        _, parts = worker.ask("calling", "call", operation="dot", j=0)
        answers.append(float(parts[0]))
    assert answers[0] == answers[1]  # what one wrote, the other does not see
    assert before - psutil.virtual_memory().available < 400e6
    server.load(None)


def test_a_killed_conductor_leaves_no_server_and_no_worker(tmp_path):
    code = f"""
from pathlib import Path
from benchmarks.worker.environment import environment
from benchmarks.worker.process import WorkerProcess
from benchmarks.worker.start import ForkServer
import os, signal
variables = environment(1, None, {MEMORY})
server = ForkServer(["numpy"], variables, Path("."))
path = Path({str(implementations()["numpy_vectorized"])!r})
worker = WorkerProcess("x", path, Path("."), variables, 30, server=server)
print(worker.pid, server.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    from benchmarks.registry import ROOT

    command = [sys.executable, "-c", code]
    process = psutil.Popen(
        command, stdout=-1, cwd=tmp_path, env={**environment(1, None, 0), "PYTHONPATH": str(ROOT)}
    )
    pids = list(map(int, process.communicate(timeout=60)[0].split()))
    assert len(pids) == 2
    deadline = time.monotonic() + 10
    while any(map(running, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(running, pids))


def running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_threads_that_wait_for_their_own_kind_are_not_disturbed(start, tmp_path):
    """Four busy threads on two processors wait all the time; that is their own doing."""
    from benchmarks.machine.describe import cores
    from benchmarks.worker.interference import disturbed

    worker = start(written(tmp_path, FOUR_BUSY_THREADS))
    worker.ask("loading", "load", **saved(tmp_path / "p"))
    alone = []
    for _ in range(10):
        request: dict[str, Any] = {
            "operation": "dot",
            "j": 0,
            "loops": 1,
            "samples": 5,
            "untimed": 1,
        }
        request["fast_ns"] = 10**9
        reply, _ = worker.ask("timing", "turn", **request)
        for elapsed_ns, cpu_ns, *waited, _ in reply["taken"]:
            if cpu_ns > 0.995 * cores() * elapsed_ns:  # it had the whole machine
                threads_ns, machine_ns, _ = waited
                verdict = disturbed(elapsed_ns, cpu_ns, cores(), threads_ns, machine_ns, 0)
                alone.append((threads_ns, verdict))
    if cores() > 3 or not alone:
        pytest.skip("others had a processor all the time, or there are more than four threads need")
    assert max(waited_ns for waited_ns, _ in alone) > 0
    assert not any(is_disturbed for _, is_disturbed in alone)
