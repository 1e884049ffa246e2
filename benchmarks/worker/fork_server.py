"""The fork server's own end: it imports libraries, holds arrays, and forks a worker when asked."""

import gc
import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.worker.parent import conductor, end_with_parent

_MAX_BYTES = 1 << 16
SCRATCH = "benchmarks-run-"  # what the names of scratch folders begin with


def serve(
    descriptor: int, libraries: Sequence[str], work: Callable[[int, Path, dict | None], None]
) -> None:
    """Answer requests until the conductor is gone. `work` is what a forked worker does."""
    import_libraries(libraries)
    from benchmarks.problem.files import load_arrays

    line = socket.socket(fileno=descriptor)
    held: dict[str, Any] | None = None
    while True:
        message, descriptors, _, _ = socket.recv_fds(line, _MAX_BYTES, 2)
        if not message:
            _tidy_up()
            os._exit(0)
        request = json.loads(message)
        answer: Any = None
        if request["do"] == "load":
            held = None  # before the next ones are read
            held = request["files"] and {
                **request["files"],
                "arrays": load_arrays(**request["files"]),
            }
        elif request["do"] == "fork":
            gc.freeze()  # what is here now is no garbage, and looking would copy its pages
            server = os.getpid()
            answer = os.fork()
            if answer == 0:
                line.close()
                _become_worker(request, descriptors, server)
                work(descriptors[0], Path(request["path"]), held)
                os._exit(0)
            with suppress(OSError):  # whoever of the two comes first
                os.setpgid(answer, answer)
        elif request["do"] == "wait":
            answer = os.waitstatus_to_exitcode(os.waitpid(request["pid"], 0)[1])
        for received in descriptors:
            os.close(received)
        line.send(json.dumps(answer).encode())


def _tidy_up() -> None:
    """Remove the scratch folder of a conductor that was killed: its path is where we were started."""
    if os.getppid() != conductor() and Path.cwd().name.startswith(SCRATCH):
        shutil.rmtree(Path.cwd(), ignore_errors=True)


def import_libraries(libraries: Sequence[str]) -> None:
    for library in libraries:
        with suppress(ImportError):  # an implementation that needs it says so itself
            import_module(library)
    if "numba" in libraries:
        with suppress(ImportError, AttributeError):
            # What Numba looks up at the first call of anything compiled: half of a worker's start.
            from numba.core.registry import cpu_target

            cpu_target.typing_context.refresh()
            cpu_target.target_context.refresh()
    from benchmarks.operations import operations

    operations()


def _become_worker(request: dict, descriptors: Sequence[int], server: int) -> None:
    from benchmarks.worker.orphans import wear

    with suppress(OSError):
        os.setpgid(0, 0)
    end_with_parent(server)
    os.dup2(descriptors[1], 1)
    os.dup2(descriptors[1], 2)
    os.close(descriptors[1])
    os.chdir(request["folder"])
    os.environ.update(request["variables"])
    wear(request["mark"])
    _set_threads()


def _set_threads() -> None:
    """Libraries that read the thread count when they were imported are told the worker's own."""
    from threadpoolctl import threadpool_info, threadpool_limits

    granted = int(os.environ.get("OMP_NUM_THREADS", "0"))
    if granted and any(pool["num_threads"] != granted for pool in threadpool_info()):
        threadpool_limits(granted)
    if "numba" in sys.modules:
        sys.modules["numba"].config.reload_config()
