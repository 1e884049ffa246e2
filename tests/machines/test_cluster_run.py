"""One run on every machine of a cluster: what travels, what comes back, and what of a machine that is lost."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import psutil
import pytest
from parcels import MINE, archive

from benchmarks.machines import cluster_run, task
from benchmarks.machines.cluster_run import machines_of
from benchmarks.registry import ROOT
from benchmarks.results import store

PYTHON = [sys.executable, "-P", "-m"]
# In the place of the benchmark: it says who it is, and sleeps.
SLEEPER = """import json, os, sys, time
out = sys.argv[sys.argv.index("--out") + 1]
os.makedirs(out)
malloc = os.environ.get("MALLOC_TRIM_THRESHOLD_")
about = {"schema": 1, "state": "running", "pid": os.getpid(), "malloc": malloc}
with open(f"{out}/run.json", "w") as file:
    json.dump(about, file)
time.sleep(60)
"""


def test_a_machine_is_a_host_or_what_a_resource_tells_apart() -> None:
    workers: dict[str, dict[str, Any]] = {
        "tcp://10.0.0.1:4001": {"resources": {"machine": 1.0}},
        "tcp://10.0.0.1:4002": {"resources": {"machine": 1.0}},
        "tcp://10.0.0.2:4001": {"resources": {"machine-a": 1.0}},
        "tcp://10.0.0.2:4002": {"resources": {"machine-b": 1.0, "GPU": 1.0}},
        "tcp://10.0.0.3:4001": {"resources": {"machine-a": 1.0}},
        "tcp://10.0.0.4:4001": {},
        "tcp://10.0.0.5:4001": {"resources": {"machine-a-2": 1.0}},
    }
    found = [(machine.name, machine.address[-12:]) for machine in machines_of(workers)]
    assert found == [
        ("10-0-0-1", "0.0.0.1:4001"),
        ("a", "0.0.0.2:4001"),
        ("a-2", "0.0.0.3:4001"),
        ("a-2-2", "0.0.0.5:4001"),
        ("b", "0.0.0.2:4002"),
    ]


@pytest.mark.parametrize(
    "address",
    ["nonsense", "", "tcp://", "tcp://h", "tcp://:1", "h:1", "tcp://h:0", "tcp://h:65536"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(cluster_run.ClusterError, match="tcp://"):
        cluster_run.run_on(address, [], {}, {}, Path(), lambda *_: None)


def test_the_task_is_sent_alone_and_imports_nothing_of_the_project() -> None:
    text = Path(task.__file__).read_text(encoding="utf-8")
    assert "from benchmarks" not in text and "from implementations" not in text


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A scheduler's address, and two workers that stand for two machines."""
    pytest.importorskip("distributed", reason="distributed is not installed: make scale")
    file = tmp_path / "scheduler.json"
    bare = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    bare["MALLOC_TRIM_THRESHOLD_"] = "65536"  # as a nanny does
    bare["TMPDIR"] = str(tmp_path)  # a worker that is killed leaves its folder behind
    common: dict[str, Any] = {"cwd": tmp_path, "env": bare}
    common |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    local = ["--host", "127.0.0.1", "--scheduler-file", str(file)]
    scheduler = [*PYTHON, "distributed.cli.dask_scheduler", *local, "--port", "0", "--no-dashboard"]
    worker = [*PYTHON, "distributed.cli.dask_worker", "--scheduler-file", str(file)]
    worker += ["--no-nanny", "--no-dashboard", "--nthreads", "1", "--host", "127.0.0.1"]
    processes = [subprocess.Popen(scheduler, **common)]
    for name in ("one", "other"):
        processes.append(subprocess.Popen([*worker, "--resources", f"machine-{name}=1"], **common))
    try:
        from distributed import Client

        with Client(scheduler_file=str(file), timeout=30) as client:
            client.wait_for_workers(2, timeout=30)
        yield json.loads(file.read_text(encoding="utf-8"))["address"], processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def run(address: str, out: Path, *more: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "benchmarks", "run", "--on", address, "--out", str(out)]
    command += ["--n-x", "3", "--m", "50", "--quiet", *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110)


@pytest.mark.slow
def test_both_machines_run_it_and_one_page_has_both(cluster: Any, tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text(MINE)
    ended = run(
        cluster[0], tmp_path / "out", "-i", "numpy_vectorized", "--add", str(mine), "--budget", "4"
    )
    assert ended.returncode == 0, ended.stderr
    assert "one, other share a machine" in ended.stderr
    for name in ("one", "other"):
        run_of = store.read(tmp_path / "out" / name)
        assert run_of.about["state"] == "complete"
        assert {"numpy_vectorized", "mine", "numpy_vectorized@twin"} == set(
            run_of.cells["implementation"]
        )
        assert len(run_of.samples)
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "Which is fastest where?" in page


@pytest.mark.long
def test_a_machine_that_is_lost_leaves_its_part(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, (_, lost, _) = cluster

    def lose() -> None:
        sleep(6)
        lost.kill()

    thread = Thread(target=lose)
    thread.start()
    ended = run(address, tmp_path / "out", "-i", "numpy_vectorized", "--budget", "9")
    thread.join()
    assert ended.returncode == 1
    assert "was lost" in ended.stderr and "Traceback" not in ended.stderr
    done = [
        path
        for path in (tmp_path / "out").glob("*/run.json")
        if json.loads(path.read_text())["state"] == "complete"
    ]
    assert len(done) == 1


def sleepers(folder: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in folder.glob("*/run.json")]


def held(address: str) -> int:
    """The events with folders that the scheduler has in memory."""
    from distributed import get_client

    client = get_client(address)
    return sum(len(events) for name, events in client.get_events().items() if "benchmarks-" in name)


@pytest.mark.slow
@pytest.mark.parametrize(
    "end", ["interrupted", "machines lost", pytest.param("scheduler lost", marks=pytest.mark.long)]
)
def test_whatever_ends_it_keeps_what_was_sent_and_leaves_nothing_running(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    address, (scheduler, *workers) = cluster
    out = tmp_path / "out"
    files = archive(**{"benchmarks/__init__.py": "", "benchmarks/__main__.py": SLEEPER})
    monkeypatch.setattr(cluster_run, "bundle", lambda _: files)
    monkeypatch.setattr(cluster_run, "_LOOK_EVERY_S", 0.2)
    monkeypatch.setattr(task, "_SEND_EVERY_S", 0.5)
    looks: list[int] = []
    killed = {"interrupted": [], "machines lost": workers, "scheduler lost": [scheduler]}[end]

    def watch(*_: Any) -> None:
        if len(looks) < 15 or len(sleepers(out)) < 2:
            looks.append(held(address))
            return
        for process in killed:
            process.kill()
        if not killed:
            raise KeyboardInterrupt

    if killed:
        parts = cluster_run.run_on(address, [], {}, {}, out, watch)
        assert [(part.status, part.words) for part in parts] == [(None, "was lost")] * 2
    else:
        with pytest.raises(KeyboardInterrupt):
            cluster_run.run_on(address, [], {}, {}, out, watch)
    assert max(looks) <= 4  # of what is kept here the scheduler keeps nothing
    assert [about["state"] for about in sleepers(out)] == ["interrupted"] * 2
    # What a nanny sets for its worker does not reach what is measured.
    assert [about["malloc"] for about in sleepers(out)] == [None] * 2
    if end != "scheduler lost":  # then it waits for the scheduler, and ends with the worker
        left = [about["pid"] for about in sleepers(out)]
        until = monotonic() + 20
        while any(map(psutil.pid_exists, left)) and monotonic() < until:
            sleep(0.1)
        assert not any(map(psutil.pid_exists, left))


def test_workers_that_stand_for_no_machine_are_told_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Client:
        def scheduler_info(self, n_workers: int) -> dict:
            return {"workers": {"tcp://10.0.0.1:1": {"resources": {"GPU": 1.0}}}}

        def close(self) -> None: ...

    monkeypatch.setattr(cluster_run, "_client", lambda address: Client())
    with pytest.raises(cluster_run.ClusterError, match="--resources") as error:
        cluster_run.run_on("tcp://h:1", [], {}, {}, tmp_path, lambda *_: None)
    assert "dask worker tcp://h:1" in str(error.value)
