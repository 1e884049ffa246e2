"""The conductor's end of a worker: start it, ask it one thing at a time, freeze it in between."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from pathlib import Path
from threading import Timer
from time import perf_counter_ns

import numpy as np
import psutil

from benchmarks.results.records import Status
from benchmarks.worker import protocol

Reply = tuple[dict, Sequence[np.ndarray]]

# Every process that a worker starts inherits it: the conductor's process id and the worker's name.
MARK = "BENCHMARKS_WORKER"


class WorkerFailed(Exception):
    """A worker did not do what it was asked: its status, and a reason that a person can act on."""

    def __init__(self, status: Status, reason: str):
        super().__init__(reason)
        # A hostile implementation may have written the text: make it safe to print and to store.
        self.status, self.reason = status, "".join(c if c.isprintable() else " " for c in reason)


class WorkerProcess:
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
        """Start it in `folder` and wait for its `handshake`.

        An answer may take `limit_s` seconds. `freeze` may be False where nothing is timed, neither
        here nor elsewhere. Raises WorkerFailed.
        """
        self.name = name
        self._limit_s = limit_s
        self._freeze = freeze
        self._stderr = tempfile.TemporaryFile()
        ours, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "benchmarks.worker", str(theirs.fileno()), str(path)],
                env={**variables, MARK: mark(name)},
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
            self.handshake = self._reply("being imported", limit_s)[0]
        except WorkerFailed:
            self.close()
            raise

    def ask(self, doing: str, do: str, limit_s: float | None = None, **request) -> Reply:
        """Thaw it, send the request `do`, wait for the reply, freeze it again.

        `asked_ns` is then how long that took by the conductor's own clock. `doing` says in the
        reason of a failure what was asked. Raises WorkerFailed.
        """
        start_ns = perf_counter_ns()
        if self._freeze:
            self._signal(signal.SIGCONT)
        try:
            protocol.send(self._connection, {"do": do, **request})
        except OSError:
            raise self._ended(doing) from None
        reply = self._reply(doing, limit_s or self._limit_s)
        self.asked_ns = perf_counter_ns() - start_ns
        return reply

    def _reply(self, doing: str, limit_s: float) -> Reply:
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
            raise self._ended(doing) from None
        except ValueError:
            self.close()
            reason = f"sent something that is no answer while {doing}"
            raise WorkerFailed(Status.CRASHED, reason) from None
        if self._freeze:
            self._signal(signal.SIGSTOP)
        if "failed" in message:
            raise WorkerFailed(Status(message["failed"]), f"{message['reason']}, while {doing}")
        return message, arrays

    def _ended(self, doing: str) -> WorkerFailed:
        """The failure of a worker that has ended: how, and its last line on standard error."""
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            code = None
        self._stderr.seek(0)
        lines = self._stderr.read()[-2000:].decode(errors="replace").strip().splitlines()
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
        last_line = f" ({lines[-1][:100]})" if lines and code else ""
        return WorkerFailed(Status.CRASHED, f"{how} while {doing}{last_line}")

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):  # ended: the next request fails
            os.killpg(self.pid, number)

    @property
    def pid(self) -> int:
        """The id of the process, and of its group."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End the process, everything in its group, and its orphans."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._connection.close()
        end_orphans(self.name)


def mark(name: str) -> str:
    return f"{os.getpid()}:{name}"


def end_orphans(name: str | None = None) -> None:
    """End the processes that our workers left behind: those of one name, or of all."""
    for process in psutil.process_iter(["environ"]):
        text = (process.info["environ"] or {}).get(MARK, "")
        if text == mark(name) if name else text.startswith(mark("")):
            with suppress(psutil.NoSuchProcess):
                process.kill()


class OrphanGuard:
    """Finds and ends orphans among the processes that are new since its last look.

    An orphan has left its worker's group. It is not frozen with it, and takes time from the others.
    """

    def __init__(self) -> None:
        self._seen = set(psutil.pids())

    def end_new(self, groups: Mapping[str, int]) -> set[str]:
        """End the new orphans of the named workers, given their process groups; return whose they were."""
        parents: set[str] = set()
        new = set(psutil.pids()) - self._seen
        for pid in new:
            with suppress(psutil.Error, ProcessLookupError):
                text = psutil.Process(pid).environ().get(MARK)
                for name, group in groups.items():
                    if text == mark(name) and os.getpgid(pid) != group:
                        psutil.Process(pid).kill()
                        parents.add(name)
        self._seen |= new
        return parents
