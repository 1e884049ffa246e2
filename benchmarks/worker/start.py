"""Two ways to start a worker: a fresh process, or a fork of one that has the libraries imported."""

import fcntl
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

from benchmarks.worker.orphans import new_mark, padded
from benchmarks.worker.parent import MARK

# Libraries that start no thread of their own before they are used, or stop it for a fork (OpenBLAS does).
# Not torch: its calls of 0.13 ms took 1.2 times as long in a fork. scikit-learn and numexpr start threads
# when they are imported.
FORK_SAFE = ("numpy", "scipy", "numba", "jax", "array_api_compat")
CAN_FORK = sys.platform.startswith("linux")


class Process(Protocol):
    """What is asked of a worker's process; subprocess.Popen is one."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """The same once it has ended; subprocess.TimeoutExpired if it does not in `timeout` seconds."""


class Started(NamedTuple):
    """A process, the line to it, and what it writes to standard output and standard error."""

    process: Process
    line: socket.socket
    output: IO[bytes]


def fresh(mark: str, path: Path, folder: Path, variables: Mapping[str, str]) -> Started:
    """A process that has imported nothing: what it imports first is the implementation."""
    ours, theirs = socket.socketpair()
    with theirs:
        output = _output_file()
        arguments = [str(theirs.fileno()), str(path)]
        process = _python(arguments, {**variables, MARK: mark}, folder, theirs.fileno(), output)
    return Started(process, ours, output)


def _output_file() -> IO[bytes]:
    """A file without a name; what is written goes to its end, also after it was made shorter."""
    file = tempfile.TemporaryFile()
    fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL) | os.O_APPEND)
    return file


def _python(
    arguments: list[str], variables: Mapping[str, str], folder: Path, descriptor: int, output: IO
) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "benchmarks.worker", *arguments],
        env=variables,
        cwd=folder,
        pass_fds=[descriptor],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        # A group of its own: it can be frozen with all its children, and the terminal's Ctrl-C and
        # Ctrl-Z do not reach it.
        process_group=0,
    )


class ForkServer:
    """A fresh process with `libraries` imported, of which workers are forked (Linux).

    It runs no code of an implementation. Arrays that it has loaded are in the memory of every worker
    forked after that, once, until somebody writes to them.
    """

    def __init__(self, libraries: Iterable[str], variables: Mapping[str, str], folder: Path):
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._output = _output_file()
        with theirs:
            arguments = [str(theirs.fileno()), "--serve", *libraries]
            self._variables = {**variables, MARK: padded(new_mark("the fork server"))}
            started = _python(arguments, self._variables, folder, theirs.fileno(), self._output)
            self._process = started
        self.ask({"do": "ready"})

    def ask(self, request: Mapping[str, Any], descriptors: Iterable[int] = ()) -> Any:
        """Send a request with file descriptors and wait for its answer; OSError if it has ended."""
        socket.send_fds(self._socket, [json.dumps(request).encode()], list(descriptors))
        if not (answer := self._socket.recv(1 << 16)):
            self._output.seek(0)
            lines = self._output.read()[-2000:].decode(errors="replace").strip().splitlines()
            raise OSError(f"the fork server has ended ({lines[-1][:200] if lines else 'no word'})")
        return json.loads(answer)

    def fork(self, mark: str, path: Path, folder: Path, variables: Mapping[str, str]) -> Started:
        """A new worker; `variables` may ask for fewer threads than the server has."""
        ours, theirs = socket.socketpair()
        with theirs:
            output = _output_file()
            changed = {key: v for key, v in variables.items() if self._variables.get(key) != v}
            request: dict[str, Any] = {
                "do": "fork",
                "path": str(path),
                "folder": str(folder),
                "mark": mark,
            }
            request["variables"] = changed
            pid = self.ask(request, [theirs.fileno(), output.fileno()])
        return Started(_Forked(self, pid), ours, output)

    def load(self, files: Mapping[str, Any] | None) -> None:
        """Hold the arrays of a problem (see Problem.save), or none, for those forked from now on."""
        self.ask({"do": "load", "files": files})

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        self._process.kill()  # before the line: where that ends first, the server tidies up
        self._process.wait()
        self._socket.close()


class _Forked:
    """A worker that is the fork server's child: only that one can ask for its exit status."""

    def __init__(self, server: ForkServer, pid: int):
        self.pid = pid
        self._server = server
        self._descriptor = os.pidfd_open(pid)
        self._status: int | None = None

    def poll(self) -> int | None:
        ended = self._status is not None or select.select([self._descriptor], [], [], 0)[0]
        return self.wait() if ended else None

    def wait(self, timeout: float | None = None) -> int:
        if self._status is None:
            if not select.select([self._descriptor], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            os.close(self._descriptor)
            self._status = 0
            with suppress(OSError):  # the server has ended, and its children with it
                self._status = self._server.ask({"do": "wait", "pid": self.pid})
        return self._status
