"""A run in a process of its own, to be interrupted, stopped and killed; and what is left of it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.registry import ROOT
from benchmarks.worker.environment import scratch_folder
from benchmarks.worker.parent import MARK

PLAN = ["--n-x", "5", "--m", "40,90", "-i", "numpy_vectorized", "--seed", "7"]
_PATIENCE_S = 60.0


@dataclass(frozen=True, eq=False)
class Started:
    """A run under way. `out` is its folder."""

    process: subprocess.Popen
    out: Path

    @property
    def samples(self) -> int:
        """The finished rows of samples.csv so far."""
        path = self.out / "samples.csv"
        return max(0, path.read_bytes().count(b"\n") - 1) if path.exists() else 0

    def measured(self, samples: int = 1) -> "Started":
        """Itself, once it has that many samples."""
        wait_for(lambda: self.samples >= samples or self.process.poll() is not None)
        assert self.process.poll() is None, self.process.communicate()
        return self

    def ended(self) -> tuple[int, str]:
        """Its exit status, and all that it printed."""
        printed, errors = self.process.communicate(timeout=_PATIENCE_S)
        return self.process.returncode, printed + errors


def run(out: Path, *options: str, **variables: str) -> Started:
    """Start a small run into the folder; or resume one, if the options say so."""
    asked = list(options) if "--resume" in options else [*PLAN, "--out", str(out), *options]
    command = [sys.executable, "-m", "benchmarks", "run", *asked]
    environment: Mapping[str, str] = {**os.environ, **variables}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    return Started(process, out)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def workers_of(pid: int) -> list[psutil.Process]:
    """The processes that began with the mark of this conductor, and still are."""
    found = []
    for process in psutil.process_iter(["environ", "status"]):
        mark = (process.info["environ"] or {}).get(MARK, "")
        if mark.startswith(f"{pid}:") and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def leaves_nothing(pid: int) -> None:
    """Wait until no worker of the conductor is left, and no scratch folder of a killed run."""
    wait_for(lambda: not workers_of(pid))
    base = scratch_folder()  # the next run removes what a killed one left
    left = [path.name for path in base.parent.glob(f"benchmarks-run-{pid}-*")]
    base.rmdir()
    assert left == []
