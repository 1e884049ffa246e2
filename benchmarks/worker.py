"""One process, one implementation: it prepares, calls, warms up and times what the conductor asks.

Started by host.py as `python -m benchmarks.worker FD PATH`, its thread settings already in place.
The implementation is imported before NumPy is, so that the import that is timed is a user's own.
"""

import faulthandler
import gc
import os
import resource
import sys
from collections import deque
from functools import partial
from itertools import starmap
from multiprocessing.connection import Connection
from pathlib import Path
from time import process_time_ns
from traceback import extract_tb

from benchmarks import registry
from benchmarks.clock import stopwatch

_MOST_SENT_BYTES = 1 << 29
_MOST_READ_BACK = 1 << 16  # numbers; a long list takes longer to read than to compute with


def main(descriptor: int, path: Path) -> None:
    connection = Connection(descriptor)
    os.register_at_fork(after_in_child=_end_on_return)
    _be_modest()
    imported_ns, module = stopwatch(partial(_guarded, registry.load, path))

    import numpy as np  # noqa: F401  (only now: see above)

    from benchmarks import wire
    from benchmarks.operations import operations

    if isinstance(module, dict):
        wire.send(connection, module)
        return
    bench = _Bench(module)
    hello = {
        "import_ns": imported_ns,
        "doc": (module.__doc__ or "").strip().partition("\n")[0],
        "operations": registry.offers(path, module, operations()),
        "parallel": getattr(module, "PARALLEL", False) is True,
        "threadpools": _threadpools(),
    }
    wire.send(connection, hello)
    while True:
        try:
            request, _ = wire.receive(connection)
        except EOFError:
            os._exit(0)
        reply = _guarded(getattr(bench, request.pop("do")), **request)
        arrays = reply.pop("parts", [])
        wire.send(connection, reply, arrays)


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
        said = " ".join(str(error).split())[:300]
        return {"failed": "crashed", "reason": f"{type(error).__name__}: {said}{place}"}


class _Bench:
    """The implementation on the bench, with the problem it was last given."""

    def __init__(self, module):
        self.module = module
        self.prepare = getattr(module, "prepare", lambda array: array)
        self.problem = self.prepared = self.kept = None

    def load(self, folder: str, arguments: list, keys: list, in_place: bool = False) -> dict:
        """Take the problem's arrays from their files, or their values into the arrays at hand."""
        import numpy as np

        from benchmarks.problem import Problem

        self.prepared = self.kept = None
        gc.collect()
        gc.disable()  # a list of millions of numbers is not to be searched for garbage as it grows
        try:
            if in_place:
                for key in keys:
                    self.problem.arrays[key][...] = np.load(Path(folder) / f"{key}.npy")
            else:
                self.problem = None
                _forget_peak()
                arrays = {key: np.load(Path(folder) / f"{key}.npy") for key in keys}
                self.problem = Problem(tuple(arguments), arrays)
            prepare_ns, self.prepared = stopwatch(self._prepare)
        finally:
            gc.freeze()  # nor afterwards, again and again
            gc.enable()
        return {"prepare_ns": prepare_ns}

    def _prepare(self) -> dict:
        arrays = self.problem.arrays
        return {key: self.prepare(array) if array.ndim else array for key, array in arrays.items()}

    def call(self, operation: str, j: int, returns: int, digests: bool = False) -> dict:
        """One call on its own: its time, what it returned, and whether its arguments are unchanged."""
        arguments = self.problem.batch(j, 1, self.prepared)[0]
        before = self._digests() if digests else {}
        elapsed_ns, answer = stopwatch(partial(getattr(self.module, operation), *arguments))
        reply = {"elapsed_ns": elapsed_ns, "peak_rss_bytes": _peak_rss_bytes()}
        after = self._digests() if digests else {}
        changed = [key for key in before if after.get(key) != before[key]]
        return {**reply, "changed": changed, **_plain(answer, returns)}

    def repeat(self, operation: str, j: int, calls: int, returns: int) -> dict:
        """Call j, again and again; the answer of the last."""
        arguments = self.problem.batch(j, 1, self.prepared)[0]
        for _ in range(calls):
            answer = getattr(self.module, operation)(*arguments)
        return _plain(answer, returns)

    def warm(self, operation: str, at_least_ns: int, calls: int, target_ns: int) -> dict:
        """Call until the times stop falling; find how many calls make up a sample.

        Stops after `calls` calls and `at_least_ns`, once a batch is no faster than the batches
        before it, and in any case at three times that long: then it is not steady.
        """
        loops, done, spent_ns, best, steady = 1, 0, 0, float("inf"), False
        while not (steady and done >= calls and spent_ns >= at_least_ns):
            if done >= calls and spent_ns >= 3 * max(at_least_ns, target_ns):
                break
            elapsed_ns = self._time(operation, done, loops)[0]
            per_call = max(elapsed_ns / loops, 1)
            done, spent_ns = done + loops, spent_ns + elapsed_ns
            steady = per_call > 0.95 * best
            best = min(best, per_call)
            loops = max(1, round(min(target_ns / best, 10 * loops)))
        loops = max(1, -int(-target_ns // best))
        return {"loops": loops, "per_call_ns": best, "spent_ns": spent_ns, "steady": steady}

    def sample(self, operation: str, j: int, loops: int, untimed: bool) -> dict:
        """Time `loops` calls, the last of them call j; before them, if asked, one that is not timed."""
        untimed_ns = self._time(operation, j + loops, 1)[0] if untimed else 0
        elapsed_ns, cpu_ns = self._time(operation, j, loops)
        return {"elapsed_ns": elapsed_ns, "cpu_ns": cpu_ns, "untimed_ns": untimed_ns}

    def answer(self, returns: int) -> dict:
        """What the last timed call returned, and digests of the arguments, which should be as before."""
        return {**_plain(self.kept, returns), "digests": self._digests()}

    def _time(self, operation: str, j: int, loops: int) -> tuple[int, int]:
        """Nanoseconds, elapsed and of processor time, for calls j + loops - 1 down to j."""
        function = getattr(self.module, operation)
        batch = self.problem.batch(j, loops, self.prepared)
        self.kept = None
        gc.disable()
        cpu_ns = process_time_ns()
        elapsed_ns, kept = stopwatch(partial(deque, starmap(function, batch), 1))
        cpu_ns = process_time_ns() - cpu_ns
        gc.enable()
        self.kept = kept.pop()
        return elapsed_ns, cpu_ns

    def _digests(self) -> dict[str, str]:
        """A digest of every argument, and of what it was prepared into where NumPy can read that."""
        import numpy as np

        from benchmarks.problem import digest

        found = {}
        for key, array in self.problem.arrays.items():
            found[key] = digest(array)
            prepared = self.prepared[key]
            if prepared is not array and array.size <= _MOST_READ_BACK:
                copy = _guarded(np.array, prepared)
                if isinstance(copy, np.ndarray) and copy.dtype.kind in "biuf":
                    found[f"{key} (prepared)"] = digest(copy)
        return found


def _plain(answer, returns: int) -> dict:
    """The answer as plain arrays, or what is wrong with its form."""
    import numpy as np

    if returns > 1 and not (isinstance(answer, tuple) and len(answer) == returns):
        size = f" of {len(answer)}" if isinstance(answer, tuple) else ""
        return {"complaint": f"returned a {type(answer).__name__}{size}, should be CostGradient"}
    parts = []
    for part in answer if returns > 1 else (answer,):
        array = np.asarray(part)
        if array.dtype.kind not in "biuf":
            return {"complaint": f"returned a {type(part).__name__}, should be real numbers"}
        if array.nbytes > _MOST_SENT_BYTES:
            return {"complaint": f"returned an array of shape {array.shape}"}
        parts.append(array)
    return {"parts": parts}


def _be_modest() -> None:
    """Where memory or disk runs out, this process is the one to go, and it leaves no core behind."""
    faulthandler.enable()
    limit = int(os.environ.get("BENCHMARKS_MEMORY_BYTES", 0))
    for name, most in ((resource.RLIMIT_DATA, limit), (resource.RLIMIT_FSIZE, 1 << 30)):
        if most:
            resource.setrlimit(name, (most, resource.getrlimit(name)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _write("/proc/self/oom_score_adj", "1000")


def _end_on_return() -> None:
    """In a process that the implementation forked: end it as soon as its call comes back to us.

    Its own work it may do; but two workers must not both go on from here, least of all inside the
    loop that is timed, where every call would double them again.
    """
    ours = {main.__code__.co_filename, stopwatch.__code__.co_filename}

    def watch(frame, event, _):
        if event == "return" and frame.f_back and frame.f_back.f_code.co_filename in ours:
            os._exit(0)

    sys.setprofile(watch)


def _forget_peak() -> None:
    _write("/proc/self/clear_refs", "5")  # Linux: VmHWM starts again from here


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text)
    except OSError:
        pass  # not Linux, or not allowed: the figure is then the process's own peak


def _peak_rss_bytes() -> int:
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def _threadpools() -> list[dict]:
    """The thread pools that were loaded, as threadpoolctl sees them."""
    from threadpoolctl import threadpool_info

    wanted = ("user_api", "internal_api", "version", "num_threads", "architecture")
    return [{key: pool.get(key) for key in wanted} for pool in threadpool_info()]


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
