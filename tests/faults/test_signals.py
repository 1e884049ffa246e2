"""A worker that gets any signal there is while it computes: the conductor says which, and goes on."""

import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks.results.records import Status
from benchmarks.worker.environment import environment
from benchmarks.worker.process import WorkerFailed, WorkerProcess
from benchmarks.worker.start import CAN_FORK, ForkServer

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="workers are forked on Linux only")
_MEMORY = 4 << 30
_IGNORED = {signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH}
_IGNORED |= {signal.SIGPIPE, signal.SIGXFSZ}  # Python ignores these
_STOPPING = {signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
_CODE = """
import os
import time

def dot(w, x):
    os.kill(os.getpid(), {number})
    time.sleep(0.01)
    return 55.0
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    folder = tmp_path_factory.mktemp("server")
    server = ForkServer((), environment(1, None, _MEMORY), folder)
    for key in ("w", "x"):
        np.save(folder / f"{key}.npy", np.arange(1.0, 6).reshape(5, 1))
    yield server
    server.close()


_FEW = {*range(1, 32), 34, 40, 64}  # of the real-time signals, some


@pytest.mark.parametrize(
    "number", [n if n in _FEW else pytest.param(n, marks=pytest.mark.long) for n in range(1, 65)]
)
def test_the_signal_is_named_in_the_reason(server: ForkServer, tmp_path: Path, number: int) -> None:
    if number not in signal.valid_signals():
        pytest.skip("the C library keeps this signal to itself")
    path = tmp_path / "mine.py"
    path.write_text(_CODE.format(number=number))
    variables = environment(1, None, _MEMORY)
    worker = WorkerProcess("mine", path, tmp_path, variables, 30, server=server)
    folder = str(tmp_path_of(server))
    worker.ask("loading", "load", folder=folder, arguments=["w", "x"], keys=["w", "x"])
    try:
        reply, _ = worker.ask("computing", "call", 0.5, operation="dot", j=0)
    except WorkerFailed as failure:
        assert failure.reason.endswith("while computing") or "while computing (" in failure.reason
        if number in _STOPPING:
            assert failure.status is Status.TIMEOUT
        elif number == signal.SIGKILL:
            assert failure.status is Status.OUT_OF_MEMORY
        else:
            assert failure.status is Status.CRASHED
            name = "KeyboardInterrupt" if number == signal.SIGINT else name_of(number)
            assert name in failure.reason
    else:
        assert number in _IGNORED | _STOPPING
        assert reply["elapsed_ns"] > 0
    finally:
        worker.close()
    assert not worker.alive


def name_of(number: int) -> str:
    named = {one.value: one.name for one in signal.Signals}
    return named.get(number, f"signal {number}")


def tmp_path_of(server: ForkServer) -> Path:
    return Path(f"/proc/{server.pid}/cwd").resolve()
