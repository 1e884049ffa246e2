"""Two ways to start a worker: a fresh process, or a fork of one that has the libraries imported."""

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

from benchmarks.worker.orphans import MARK, new_mark, padded

# Libraries that start no thread of their own before they are used, or stop it for a fork (OpenBLAS does).
FORK_SAFE = ("numpy", "scipy", "numba")
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
    """A process, the line to it, and what it writes to standard error."""

    process: Process
    line: socket.socket
    stderr: IO[bytes]


def fresh(mark: str, path: Path, folder: Path, variables: Mapping[str, str]) -> Started:
    """A process that has imported nothing: what it imports first is the implementation."""
    ours, theirs = socket.socketpair()
    with theirs:
        stderr = tempfile.TemporaryFile()
        arguments = [str(theirs.fileno()), str(path)]
        process = _python(arguments, {**variables, MARK: mark}, folder, theirs.fileno(), stderr)
    return Started(process, ours, stderr)


def _python(
    arguments: list[str], variables: Mapping[str, str], folder: Path, descriptor: int, stderr: IO
) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "benchmarks.worker", *arguments],
        env=variables,
        cwd=folder,
        pass_fds=[descriptor],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        # A group of its own: it can be frozen with all its children, the terminal's Ctrl-C does not
        # reach it, and if the conductor is killed the system ends the group.
        process_group=0,
    )


class ForkServer:
    """A fresh process with `libraries` imported, of which workers are forked (Linux).

    It runs no code of an implementation. Arrays that it has loaded are in the memory of every worker
    forked after that, once, until somebody writes to them.
    """

    def __init__(self, libraries: Iterable[str], variables: Mapping[str, str], folder: Path):
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._stderr = tempfile.TemporaryFile()
        with theirs:
            arguments = [str(theirs.fileno()), "--serve", *libraries]
            self._variables = {**variables, MARK: padded(new_mark("the fork server"))}
            started = _python(arguments, self._variables, folder, theirs.fileno(), self._stderr)
            self._process = started
        self.ask({"do": "ready"})

    def ask(self, request: Mapping[str, Any], descriptors: Iterable[int] = ()) -> Any:
        """Send a request with file descriptors and wait for its answer; OSError if it has ended."""
        socket.send_fds(self._socket, [json.dumps(request).encode()], list(descriptors))
        if not (answer := self._socket.recv(1 << 16)):
            self._stderr.seek(0)
            lines = self._stderr.read()[-2000:].decode(errors="replace").strip().splitlines()
            raise OSError(f"the fork server has ended ({lines[-1][:200] if lines else 'no word'})")
        return json.loads(answer)

    def fork(self, mark: str, path: Path, folder: Path, variables: Mapping[str, str]) -> Started:
        """A new worker; `variables` may ask for fewer threads than the server has."""
        ours, theirs = socket.socketpair()
        with theirs:
            stderr = tempfile.TemporaryFile()
            changed = {key: v for key, v in variables.items() if self._variables.get(key) != v}
            request: dict[str, Any] = {
                "do": "fork",
                "path": str(path),
                "folder": str(folder),
                "mark": mark,
            }
            request["variables"] = changed
            pid = self.ask(request, [theirs.fileno(), stderr.fileno()])
        return Started(_Forked(self, pid), ours, stderr)

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
        self._socket.close()
        self._process.kill()
        self._process.wait()


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
