"""One process, one implementation: it prepares, calls, warms up and times what the conductor asks.

Started by start.py as `python -m benchmarks.worker FD PATH`, its thread settings already in place, or
forked of a server, `python -m benchmarks.worker FD --serve LIBRARY…`. A fresh one imports the
implementation before NumPy, so that the import that is timed is a user's own.
"""

import faulthandler
import os
import resource
import socket
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from traceback import extract_tb, print_exception
from typing import Any

from benchmarks import registry
from benchmarks.worker.clock import stopwatch
from benchmarks.worker.fork_server import serve
from benchmarks.worker.parent import conductor, end_with_parent

_MAX_OUTPUT_BYTES = 1 << 20


def main(descriptor: int, path: Path, held: dict[str, Any] | None = None) -> None:
    """Answer requests until the conductor is gone; `held` are arrays that the fork server loaded."""
    line = socket.socket(fileno=descriptor)
    os.register_at_fork(after_in_child=_end_on_return)
    _limit_resources()
    imported_ns, module = stopwatch(partial(_guarded, registry.load, path))

    from benchmarks.operations import operations
    from benchmarks.worker import protocol
    from benchmarks.worker.target import Target

    if isinstance(module, dict):
        protocol.send(line, module)
        return
    target = Target(module, held)
    handshake = {
        "import_ns": imported_ns,
        "doc": (module.__doc__ or "").strip().partition("\n")[0],
        "operations": registry.offers(path, module, operations()),
        "parallel": getattr(module, "PARALLEL", False) is True,
        "threadpools": _threadpools(),
    }
    protocol.send(line, handshake)
    while True:
        try:
            request, _ = protocol.receive(line)
        except EOFError:
            os._exit(0)
        reply = _guarded(getattr(target, request.pop("do")), **request)
        arrays = reply.pop("parts", [])
        _shorten_output()
        protocol.send(line, reply, arrays)


def _guarded(function, *args, **kwargs):
    """What the function returns, or a message that says how it failed; nothing escapes."""
    try:
        return function(*args, **kwargs)
    except BaseException as error:
        if isinstance(error, MemoryError):
            return {"failed": "out_of_memory", "reason": f"MemoryError: {error}"}
        if reason := registry.missing_library(error):
            return {"failed": "unavailable", "reason": reason}
        frames = [f for f in extract_tb(error.__traceback__) if not f.filename.startswith("<")]
        place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
        print_exception(error)
        return {"failed": "crashed", "reason": f"{type(error).__name__}: {_text(error)}{place}"}


def _text(error: BaseException) -> str:
    try:
        return " ".join(str(error)[:10_000].split())[:300]
    except BaseException:
        return "(its message cannot be shown)"


def _shorten_output() -> None:
    """Keep the end alone of what was written to standard output and standard error, if that is much."""
    with suppress(
        OSError, ValueError, AttributeError
    ):  # it may have been closed, or be another's now
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        if (size := os.fstat(2).st_size) > _MAX_OUTPUT_BYTES:
            end = os.pread(2, _MAX_OUTPUT_BYTES // 16, size - _MAX_OUTPUT_BYTES // 16)
            os.truncate(2, 0)
            os.write(2, end)


def _limit_resources() -> None:
    """Where memory or disk runs out, the system ends this process first; it leaves no core file."""
    faulthandler.enable()
    limit = int(os.environ.get("BENCHMARKS_MEMORY_BYTES", "0"))
    for name, max_bytes in ((resource.RLIMIT_DATA, limit), (resource.RLIMIT_FSIZE, 1 << 30)):
        if max_bytes:
            with suppress(OSError, ValueError):  # a lower limit is set, or the system has none
                resource.setrlimit(name, (max_bytes, resource.getrlimit(name)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # Linux
        Path("/proc/self/oom_score_adj").write_text("1000")


def _end_on_return() -> None:
    """In a process that the implementation forked: end it as soon as its call returns to us.

    It may do its own work. But two workers must not both go on from here, above all not inside the
    timed loop, where every call would double them again.
    """
    folder = Path(__file__).parent
    our_files = {str(folder / name) for name in ("__main__.py", "target.py", "clock.py")}

    def watch(frame, event, _):
        if event == "return" and frame.f_back and frame.f_back.f_code.co_filename in our_files:
            os._exit(0)

    sys.setprofile(watch)


def _threadpools() -> list[dict]:
    from threadpoolctl import threadpool_info

    keys = ("user_api", "internal_api", "version", "num_threads", "architecture")
    return [{key: pool.get(key) for key in keys} for pool in threadpool_info()]


if __name__ == "__main__":
    descriptor, what, *libraries = sys.argv[1:]
    if what == "--serve":
        serve(int(descriptor), libraries, main)
    end_with_parent(conductor())
    main(int(descriptor), Path(what))
