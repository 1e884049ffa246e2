"""One run on every machine of a cluster: what travels, what comes back, and what of a machine that is lost."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest

from benchmarks.machines import cluster_run, task
from benchmarks.machines.cluster_run import machines_of, unpack
from benchmarks.registry import ROOT
from benchmarks.results import store

PYTHON = [sys.executable, "-P", "-m"]


def archive(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, text in files.items():
            file.writestr(name, text)
    return content.getvalue()


def test_a_machine_is_a_host_or_what_a_resource_tells_apart() -> None:
    workers: dict[str, dict[str, Any]] = {
        "tcp://10.0.0.1:4001": {"resources": {"machine": 1.0}},
        "tcp://10.0.0.1:4002": {"resources": {"machine": 1.0}},
        "tcp://10.0.0.2:4001": {"resources": {"machine-a": 1.0}},
        "tcp://10.0.0.2:4002": {"resources": {"machine-b": 1.0, "GPU": 1.0}},
        "tcp://10.0.0.3:4001": {"resources": {"machine-a": 1.0}},
        "tcp://10.0.0.4:4001": {},
    }
    found = [(machine.name, machine.address[-12:]) for machine in machines_of(workers)]
    assert found == [
        ("10-0-0-1", "0.0.0.1:4001"),
        ("a", "0.0.0.2:4001"),
        ("a-2", "0.0.0.3:4001"),
        ("b", "0.0.0.2:4002"),
    ]


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "a\\..\\x"])
def test_nothing_is_written_outside(tmp_path: Path, name: str) -> None:
    assert not unpack(archive(**{"ok.csv": "", name: "x"}), tmp_path / "in")
    assert not (tmp_path / "x").exists() and not (tmp_path / "in").exists()


@pytest.mark.parametrize("content", [b"", b"PK", None, "text", 7])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: Any) -> None:
    assert not unpack(content, tmp_path / "in")


def test_what_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_run, "_MAX_BYTES", 10)
    assert unpack(archive(a="0123456789"), tmp_path)
    assert not unpack(archive(a="01234567890"), tmp_path)


def test_the_task_is_sent_alone_and_imports_nothing_of_the_project() -> None:
    text = Path(task.__file__).read_text(encoding="utf-8")
    assert "from benchmarks" not in text and "from implementations" not in text


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A scheduler's address, and two workers that stand for two machines."""
    pytest.importorskip("distributed", reason="distributed is not installed: make scale")
    file = tmp_path / "scheduler.json"
    bare = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
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
        until = monotonic() + 30
        while not file.exists() and monotonic() < until:
            sleep(0.05)
        sleep(1.0)
        yield json.loads(file.read_text(encoding="utf-8"))["address"], processes[1:]
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
    mine.write_text(
        '"""Mine."""\nfrom implementations import numpy_vectorized\n'
        "cost_gradient = numpy_vectorized.cost_gradient\n"
    )
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
    address, (lost, _) = cluster

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
