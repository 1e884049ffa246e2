"""A client of Dask's distributed scheduler: with workers that it starts here, or of a running cluster."""

import atexit
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import dask
from distributed import Client, Scheduler, SpecCluster

# Workers that are frozen for minutes, while others are timed, are not dead.
_SETTINGS = {
    "distributed.scheduler.worker-ttl": None,
    "distributed.scheduler.work-stealing": False,  # a part stays where its blocks are
    "distributed.scheduler.allowed-failures": 10,
    "distributed.comm.timeouts.connect": "3s",  # of a worker that has just died, in a step
    "distributed.comm.timeouts.tcp": "600s",
    "distributed.admin.low-level-log-length": 0,
}
_START_S, _LOOK_AGAIN_S = 60.0, 2.0
_WORKER = (
    *("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0"),
    *("--host", "127.0.0.1"),
)


@dataclass(eq=False)
class Cluster:
    """A client, and the worker processes that were started here: none of a cluster that runs elsewhere."""

    client: Any
    wanted: int = 0
    folder: str = ""
    address: str = ""
    processes: list[subprocess.Popen] = field(default_factory=list)
    generation: int = 0

    def revive(self) -> bool:
        """Start workers in the place of those that have ended: another generation of them. False if none
        of the last one was left: Dask then leaves what was pinned to them without a worker."""
        before = len(self.processes)
        self.processes = [process for process in self.processes if process.poll() is None]
        survived = len(self.processes) > 0 or before == 0
        if len(self.processes) == self.wanted:
            return True
        ends = monotonic() + _START_S
        while not self._complete():
            if monotonic() > ends:
                raise TimeoutError(f"{self.wanted} workers have not started in {_START_S:g} s")
        self.generation += 1
        return survived

    def _complete(self) -> bool:
        """Are all there, soon? One that died while it started is started again."""
        self.processes = [process for process in self.processes if process.poll() is None]
        while len(self.processes) < self.wanted:
            self.processes.append(_worker(self.address, self.folder))
        with suppress(TimeoutError):
            self.client.wait_for_workers(self.wanted, timeout=_LOOK_AGAIN_S)
            return True
        return False

    def close(self) -> None:
        if self.wanted:
            self.client.shutdown()
        else:
            self.client.close()
        for process in self.processes:
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def connected(address: str, workers: int) -> Cluster:
    """So many processes on this machine if the address is `local`, else the cluster at the address."""
    dask.config.set(_SETTINGS)
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", "Sending large graph")  # an array of the user's, once
    if address == "local":
        folder = tempfile.mkdtemp(prefix="dask-")
        dask.config.set({"temporary-directory": folder})
        cluster = _local(workers, folder)
        cluster.revive()
    else:
        cluster = Cluster(Client(address))
        with tempfile.TemporaryDirectory() as folder:
            cluster.client.upload_file(str(_sources(Path(folder))))
    atexit.register(cluster.close)
    return cluster


def _local(workers: int, folder: str) -> Cluster:
    """A scheduler in a thread of this process: what it and the client say passes no socket."""
    options: dict[str, Any] = {"protocol": ("inproc", "tcp"), "host": ("", "127.0.0.1")}
    options |= {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
    own = SpecCluster(workers={}, scheduler={"cls": Scheduler, "options": options})
    tcp = own.scheduler.listeners[1].contact_address
    return Cluster(Client(own), workers, folder, tcp)


def _worker(scheduler: str, folder: str) -> subprocess.Popen:
    """A worker process with one thread."""
    one_thread = {name: "1" for name in os.environ if name.endswith("_NUM_THREADS")}
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "distributed.cli.dask_worker", scheduler, *_WORKER),
            *("--local-directory", folder),
        ],
        env={**os.environ, **one_thread, "NUMBA_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _sources(folder: Path) -> Path:
    """The implementations as an archive that Python imports from: the cluster need not have them."""
    archive = folder / "implementations.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(Path(__file__).parent.glob("*.py")):
            file.write(path, f"implementations/{path.name}")
    return archive
