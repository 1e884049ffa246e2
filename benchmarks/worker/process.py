"""The conductor's end of a worker: start it, ask it one thing at a time, freeze it in between."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from pathlib import Path
from threading import Timer
from time import perf_counter_ns

import numpy as np
import psutil

from benchmarks.registry import ROOT
from benchmarks.results.records import Status
from benchmarks.worker import protocol

_MARK = "BENCHMARKS_WORKER"


class WorkerFailed(Exception):
    """A worker did not do what it was asked: its status, and a reason that a person can act on."""

    def __init__(self, status: Status, reason: str):
        super().__init__(reason)
        # The words may be a hostile implementation's: whatever they are, they can be printed and kept.
        self.status, self.reason = status, "".join(c if c.isprintable() else " " for c in reason)


def environment(threads: int, cache: Path | None, memory_bytes: int) -> dict[str, str]:
    """The worker's environment: the thread count, for everything that reads one at its start."""
    names = ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB_MAXIMUM", "NUMEXPR", "NUMBA")
    settings = {f"{name}_NUM_THREADS": str(threads) for name in names}
    if threads == 1:  # XLA knows no number, only whether
        settings["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    if cache is not None:
        settings["NUMBA_CACHE_DIR"] = str(cache)
    return {
        **os.environ,
        **settings,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHONHASHSEED": "random",
        "BENCHMARKS_MEMORY_BYTES": str(memory_bytes),
    }


class Host:
    """One worker process, frozen except while it is asked something."""

    def __init__(
        self,
        name: str,
        path: Path,
        folder: Path,
        variables: Mapping[str, str],
        limit_s: float,
        freeze: bool = True,
    ):
        """Start it and wait for its greeting, kept in `hello`. `folder` becomes where it works.

        `freeze` may be False where nothing is timed, its own answers nor anybody else's.
        """
        self.name = name
        self._freeze = freeze
        self._stderr = tempfile.TemporaryFile()
        ours, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "benchmarks.worker", str(theirs.fileno()), str(path)],
                env={**variables, _MARK: _mark(name)},
                cwd=folder,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._stderr,
                # A group of its own: it can be frozen with all its children, the terminal's Ctrl-C
                # does not reach it, and if the conductor is killed the system ends the group.
                process_group=0,
            )
        self._connection = ours
        self.asked_ns = 0
        try:
            self.hello = self._reply(limit_s, "being imported")[0]
        except WorkerFailed:
            self.close()
            raise

    def ask(
        self, limit_s: float, doing: str, do: str, **request
    ) -> tuple[dict, Sequence[np.ndarray]]:
        """Thaw it, ask, wait for the answer at most `limit_s` seconds, freeze it again.

        `asked_ns` is then how long that took by the conductor's own clock.
        """
        start_ns = perf_counter_ns()
        if self._freeze:
            self._signal(signal.SIGCONT)
        try:
            protocol.send(self._connection, {"do": do, **request})
        except OSError:
            raise self._gone(doing) from None
        reply = self._reply(limit_s, doing)
        self.asked_ns = perf_counter_ns() - start_ns
        return reply

    def _reply(self, limit_s: float, doing: str) -> tuple[dict, Sequence[np.ndarray]]:
        try:
            if not self._connection.poll(limit_s):
                self.close()
                raise WorkerFailed(Status.TIMEOUT, f"no answer in {limit_s:.0f} s while {doing}")
            # What arrives may be half a message, or rubbish that promises more than it brings.
            watchdog = Timer(limit_s, self._signal, [signal.SIGKILL])
            watchdog.start()
            try:
                message, arrays = protocol.receive(self._connection)
            finally:
                watchdog.cancel()
        except (EOFError, OSError):
            raise self._gone(doing) from None
        except ValueError:
            self.close()
            reason = f"sent something that is no answer while {doing}"
            raise WorkerFailed(Status.CRASHED, reason) from None
        if self._freeze:
            self._signal(signal.SIGSTOP)
        if "failed" in message:
            raise WorkerFailed(Status(message["failed"]), f"{message['reason']}, while {doing}")
        return message, arrays

    def _gone(self, doing: str) -> WorkerFailed:
        """It is no longer there: say how it went."""
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            code = None
        self._stderr.seek(0)
        said = self._stderr.read()[-2000:].decode(errors="replace").strip().splitlines()
        self.close()
        if code == -signal.SIGKILL:
            reason = f"killed (SIGKILL), most likely by the system for its memory, while {doing}"
            return WorkerFailed(Status.OUT_OF_MEMORY, reason)
        if code is None:
            how = "closed its connection, or sent something that is no answer,"
        elif code < 0:
            how = f"died of {signal.Signals(-code).name}"
        else:
            how = f"exited with status {code}"
        last_words = f" ({said[-1][:100]})" if said and code else ""
        return WorkerFailed(Status.CRASHED, f"{how} while {doing}{last_words}")

    def _signal(self, number: signal.Signals) -> None:
        with suppress(
            ProcessLookupError, PermissionError
        ):  # gone: no answer will come, and says so
            os.killpg(self.pid, number)

    @property
    def pid(self) -> int:
        """Of the process, and of its group."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End the process, everything in its group, and what has left that."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._connection.close()
        end_strays(self.name)


def end_strays(name: str | None = None) -> None:
    """End processes that workers of ours (those of one name, or all) left behind."""
    for process in psutil.process_iter(["environ"]):
        mark = (process.info["environ"] or {}).get(_MARK, "")
        if mark == _mark(name) if name else mark.startswith(_mark("")):
            with suppress(psutil.NoSuchProcess):
                process.kill()


class Lookout:
    """Looks for processes outside a worker's group: they are not frozen, and steal from the others."""

    def __init__(self) -> None:
        self._known = set(psutil.pids())

    def escaped(self, hosts: Mapping[str, "Host"]) -> set[str]:
        """End the processes that have escaped since the last look; the names whose they were."""
        found: set[str] = set()
        new = set(psutil.pids()) - self._known
        for pid in new:
            with suppress(psutil.Error, ProcessLookupError):
                mark = psutil.Process(pid).environ().get(_MARK)
                for name, host in hosts.items():
                    if mark == _mark(name) and os.getpgid(pid) != host.pid:
                        psutil.Process(pid).kill()
                        found.add(name)
        self._known |= new
        return found


def _mark(name: str) -> str:
    return f"{os.getpid()}:{name}"


@contextmanager
def scratch() -> Iterator[Path]:
    """A scratch folder for as long as it lasts; what workers left behind, there or running, ends."""
    folder = scratch_folder()
    try:
        yield folder
    finally:
        end_strays()
        shutil.rmtree(folder, ignore_errors=True)


def scratch_folder() -> Path:
    """A folder for a run's arrays, in memory where the system has such a place.

    What a run that was killed has left there is removed.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and psutil.disk_usage(str(memory)).free > 1 << 31
    base = memory if roomy else Path(tempfile.gettempdir())
    for left in base.glob("benchmarks-run-*-*"):
        pid = left.name.split("-")[2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"benchmarks-run-{os.getpid()}-", dir=base))
