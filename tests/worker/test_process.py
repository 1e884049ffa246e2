"""The conductor and its workers: frozen, told their threads, ended, never trusted."""

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.registry import implementations
from benchmarks.results.records import Status
from benchmarks.worker.environment import environment, scratch_folder
from benchmarks.worker.orphans import OrphanGuard
from benchmarks.worker.process import WorkerFailed, WorkerProcess

MEMORY = 4 << 30


def _write(folder: Path, body: str, name: str = "mine") -> Path:
    path = folder / f"{name}.py"
    path.write_text(body)
    return path


@pytest.fixture
def start(tmp_path: Path) -> Iterator:
    workers = []

    def start(path: Path, threads: int = 1) -> WorkerProcess:
        variables = environment(threads, None, MEMORY)
        workers.append(WorkerProcess(path.stem, path, tmp_path, variables, 30))
        return workers[-1]

    yield start
    for worker in workers:
        worker.close()


def test_the_handshake_says_what_the_worker_offers(start):
    handshake = start(implementations()["numpy_vectorized"]).handshake
    assert "cost_gradient" in handshake["operations"]
    assert handshake["parallel"] is True
    assert handshake["import_ns"] > 0
    assert start(implementations()["python_loops"]).handshake["parallel"] is False


@pytest.mark.parametrize("threads", [1, 2])
def test_the_thread_count_is_in_place_before_anything_is_imported(start, threads):
    pools = start(implementations()["numpy_vectorized"], threads).handshake["threadpools"]
    assert pools
    assert {pool["num_threads"] for pool in pools} == {threads}


def test_a_worker_is_frozen_while_it_is_asked_nothing_and_its_threads_with_it(start, tmp_path):
    spinning = "import threading\nthreading.Thread(target=lambda: [0 for _ in iter(int, 1)], daemon=True).start()\n"
    process = psutil.Process(start(_write(tmp_path, spinning)).pid)
    deadline = time.monotonic() + 5
    while process.status() != psutil.STATUS_STOPPED and time.monotonic() < deadline:
        time.sleep(0.01)
    assert process.status() == psutil.STATUS_STOPPED
    before = process.cpu_times()
    time.sleep(0.2)
    assert process.cpu_times() == before


def test_an_implementation_is_imported_before_numpy_is(start, tmp_path):
    body = "import sys\nNUMPY = 'numpy' in sys.modules\n"
    body += "def dot(w, x):\n    return 0.0\nassert not NUMPY\n"
    assert start(_write(tmp_path, body)).handshake["operations"] == ["dot"]


def test_a_missing_library_is_unavailable_with_the_command_that_installs_it(start, tmp_path):
    with pytest.raises(WorkerFailed, match="pip install nosuchlibrary") as failed:
        start(_write(tmp_path, "import nosuchlibrary\n"))
    assert failed.value.status is Status.UNAVAILABLE


def test_closing_ends_what_has_left_the_group(start, tmp_path):
    body = "import subprocess\nsubprocess.Popen(['sleep', '61.25'], start_new_session=True)\n"
    guard = OrphanGuard()
    worker = start(_write(tmp_path, body))
    orphans = [p for p in psutil.process_iter(["cmdline"]) if "61.25" in (p.info["cmdline"] or [])]
    assert len(orphans) == 1
    assert guard.end_new({"mine": worker}) == {"mine"}
    assert guard.end_new({"mine": worker}) == set()
    worker.close()
    _, alive = psutil.wait_procs(orphans, timeout=5)
    assert all(process.status() == psutil.STATUS_ZOMBIE for process in alive)


def test_a_worker_that_ended_says_how(start, tmp_path):
    body = "import os\ndef dot(w, x):\n    os._exit(7)\n"
    worker = start(_write(tmp_path, body))
    with pytest.raises(WorkerFailed, match="while asking"):
        worker.ask("asking", "call", 5, operation="dot", j=0)


def test_closing_one_worker_leaves_another_whose_name_begins_with_its_name(start, tmp_path):
    body = "def dot(w, x):\n    return 0.0\n"
    short, long = (start(_write(tmp_path, body, name)) for name in ("num", "num_py"))
    short.close()
    time.sleep(0.2)
    assert long.alive


def test_hostile_text_is_safe_to_print_and_to_store(start, tmp_path):
    body = "raise ValueError('\\ud800 \\x1b[31m' + chr(13))\n"
    with pytest.raises(WorkerFailed) as failed:
        start(_write(tmp_path, body))
    assert failed.value.reason.isprintable()
    assert failed.value.reason.encode()


def test_the_scratch_folder_of_a_killed_run_is_removed():
    mine = scratch_folder()
    dead = mine.parent / "benchmarks-run-999999999-x"
    dead.mkdir(exist_ok=True)
    (dead / "X.npy").write_bytes(b"0")
    scratch_folder().rmdir()
    assert not dead.exists()
    assert mine.exists()
    mine.rmdir()
