"""The conductor's end of a worker: start it, ask it one thing at a time, freeze it in between."""

import os
import signal
import subprocess
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter_ns

import numpy as np

from benchmarks import interrupt
from benchmarks.results.records import Status
from benchmarks.worker import protocol, replies
from benchmarks.worker.orphans import end_orphans, new_mark
from benchmarks.worker.start import ForkServer, fresh

Reply = tuple[dict, Sequence[np.ndarray]]
_MAX_OUTPUT_BYTES = 1 << 16


class WorkerFailed(Exception):
    """A worker did not do what it was asked: its status, and a reason that a person can act on.

    `output` is the end of what it has written to standard output and standard error.
    """

    def __init__(self, status: Status, reason: str, output: str = ""):
        super().__init__(reason)
        self.output = output
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
        server: ForkServer | None = None,
    ):
        """Start it in `folder`, as a fork of the `server` or afresh, and wait for its `handshake`.

        An answer may take `limit_s` seconds. `freeze` may be False where nothing is timed, neither
        here nor elsewhere. Raises WorkerFailed, or OSError if no process can be started.
        """
        self.name, self.mark = name, new_mark(name)
        self._limit_s = limit_s
        self._freeze = freeze
        start = server.fork if server else fresh
        # What it puts into temporary files is removed with the folder, however it ends.
        variables = {**variables, "TMPDIR": str(folder)}
        self._process, self._line, self._output_file = start(self.mark, path, folder, variables)
        self.asked_ns, self.paused = 0, False
        try:
            self.handshake = self._reply("being imported", "handshake", limit_s)[0]
        except WorkerFailed:
            self.close()
            raise

    def ask(self, doing: str, do: str, limit_s: float | None = None, **request) -> Reply:
        """Thaw it, send the request `do`, wait for the reply, freeze it again.

        `asked_ns` is then how long that took by the conductor's own clock, and `paused` whether the
        conductor was stopped meanwhile, or the machine slept. `doing` says in the reason of a failure
        what was asked. Raises WorkerFailed, or KeyboardInterrupt if one came before.
        """
        interrupt.raise_pending()
        before, start_ns = interrupt.now(), perf_counter_ns()
        if self._freeze:
            self._signal(signal.SIGCONT)
        try:
            protocol.send(self._line, {"do": do, **request})
        except OSError:
            raise self._ended(doing) from None
        reply = self._reply(doing, do, limit_s or self._limit_s)
        self.asked_ns, self.paused = perf_counter_ns() - start_ns, before.was_paused()
        return reply

    def _reply(self, doing: str, do: str, limit_s: float) -> Reply:
        try:
            # What arrives may be half a message, or rubbish that promises more than it brings.
            message, arrays = protocol.receive(self._line, limit_s, self._waited_s)
            message = replies.checked(message, do)
        except TimeoutError:
            self.close()
            reason = f"no answer in {limit_s:.0f} s while {doing}"
            raise WorkerFailed(Status.TIMEOUT, reason, self.output()) from None
        except (EOFError, OSError):
            raise self._ended(doing) from None
        except (ValueError, MemoryError):
            self.close()
            reason = f"sent something that is no answer while {doing}"
            raise WorkerFailed(Status.CRASHED, reason, self.output()) from None
        if self._freeze:
            self._signal(signal.SIGSTOP)
        if "failed" in message:
            reason = f"{message['reason']}, while {doing}"
            raise WorkerFailed(Status(message["failed"]), reason, self.output())
        return message, arrays

    def _waited_s(self) -> float:
        """How long its main thread has stood in the run queue so far: a busy machine is no hang."""
        with suppress(OSError, ValueError, IndexError):
            return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[1]) / 1e9
        return 0.0

    def _ended(self, doing: str) -> WorkerFailed:
        """The failure of a worker that has ended: how, and its last line on standard error."""
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            code = None
        output = self.output()
        lines = output.strip().splitlines()
        self.close()
        if code == -signal.SIGKILL:
            reason = f"killed (SIGKILL), most likely by the system for its memory, while {doing}"
            return WorkerFailed(Status.OUT_OF_MEMORY, reason, output)
        if code is None:
            how = "closed its connection, or sent something that is no answer,"
        elif code < 0:
            how = f"died of {_signal_name(-code)}"
        else:
            how = f"exited with status {code}"
        last_line = f" ({lines[-1][:100]})" if lines and code else ""
        return WorkerFailed(Status.CRASHED, f"{how} while {doing}{last_line}", output)

    def output(self) -> str:
        """The end of what it has written to standard output and standard error."""
        with suppress(OSError):
            length = os.fstat(self._output_file.fileno()).st_size
            self._output_file.seek(max(0, length - _MAX_OUTPUT_BYTES))
            return self._output_file.read(_MAX_OUTPUT_BYTES).decode(errors="replace")
        return ""

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
        close_all([self])


def _signal_name(number: int) -> str:
    with suppress(ValueError):  # a real-time signal has no name here
        return signal.Signals(number).name
    return f"signal {number}"


def close_all(workers: Collection[WorkerProcess]) -> None:
    """End the workers, everything in their groups, and their orphans."""
    for worker in workers:
        worker._signal(signal.SIGKILL)
    for worker in workers:
        worker._process.wait()
        worker._line.close()
    if workers:
        end_orphans({worker.mark for worker in workers})
