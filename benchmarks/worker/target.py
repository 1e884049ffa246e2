"""The implementation on the bench: what a worker does with it, once it is imported."""

import gc
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import starmap
from pathlib import Path
from time import process_time_ns
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.problem.arguments import Problem, digest
from benchmarks.registry import preparer
from benchmarks.worker.clock import stopwatch
from benchmarks.worker.memory import forget_peak, give_back, peak_rss_bytes, resident_bytes

_MOST_SENT_BYTES = 1 << 29
_MOST_READ_BACK = 1 << 16  # numbers; a long list takes longer to read than to compute with


class Bench:
    """The implementation on the bench, with the problem it was last given."""

    def __init__(self, module: ModuleType):
        self.module = module
        self.prepare = preparer(module)
        self.problem: Any = None
        self.prepared: Any = None
        self.kept: Any = None
        self.prepared_bytes = 0

    def load(self, folder: str, arguments: list, keys: list, in_place: bool = False) -> dict:
        """Take the problem's arrays from their files, or their values into the arrays at hand."""
        self.prepared = self.kept = None
        gc.collect()
        gc.disable()  # a list of millions of numbers is not to be searched for garbage as it grows
        try:
            if in_place:
                for key in keys:
                    self.problem.arrays[key][...] = np.load(Path(folder) / f"{key}.npy")
            else:
                self.problem = None
                forget_peak()
                arrays = {key: np.load(Path(folder) / f"{key}.npy") for key in keys}
                self.problem = Problem(tuple(arguments), arrays)
            give_back()
            before = resident_bytes() or 0
            prepare_ns, self.prepared = stopwatch(self._prepare)
            self.prepared_bytes = max(0, (resident_bytes() or 0) - before)
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
        reply = {"elapsed_ns": elapsed_ns, "peak_rss_bytes": peak_rss_bytes()}
        after = self._digests() if digests else {}
        changed = [key for key in before if after.get(key) != before[key]]
        return {**reply, "changed": changed, **_plain(answer, returns)}

    def repeat(self, operation: str, j: int, calls: int, returns: int) -> dict:
        """Call j, again and again; the answer of the last."""
        arguments = self.problem.batch(j, 1, self.prepared)[0]
        for _ in range(calls):
            answer = getattr(self.module, operation)(*arguments)
        return _plain(answer, returns)

    def warm(self, operation: str, at_least_ns: int, target_ns: int) -> dict:
        """Call until the times stop falling; find how many calls make up a sample.

        Stops after two calls and `at_least_ns`, once a batch is no faster than the batches
        before it, and in any case at three times that long: then it is not steady. One call that
        takes that long is all there is, and counts as steady.
        """
        loops, done, spent_ns, best, steady = 1, 0, 0, float("inf"), False
        most_ns = 3 * max(at_least_ns, target_ns)
        while not (steady and done >= 2 and spent_ns >= at_least_ns):
            if spent_ns >= most_ns:
                steady = steady or done == 1
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

    def memory(self, operation: str, j: int) -> dict:
        """Bytes above the data at most: what `prepare` made, and what a call needs; None if unknown."""
        arguments = self.problem.batch(j, 1, self.prepared)[0]
        self.kept = None
        give_back()
        if not forget_peak():
            return {"extra_bytes": None}
        before = resident_bytes() or 0
        answer = getattr(self.module, operation)(*arguments)
        extra = max(0, peak_rss_bytes() - before) + self.prepared_bytes
        del answer
        return {"extra_bytes": extra}

    def _time(self, operation: str, j: int, loops: int) -> tuple[int, int]:
        """Nanoseconds, elapsed and of processor time, for calls j + loops - 1 down to j."""
        function = getattr(self.module, operation)
        batch = self.problem.batch(j, loops, self.prepared)
        self.kept = None
        gc.disable()
        cpu_ns = process_time_ns()
        calls: Callable[[], deque] = partial(deque, starmap(function, batch), 1)
        elapsed_ns, kept = stopwatch(calls)
        cpu_ns = process_time_ns() - cpu_ns
        gc.enable()
        self.kept = kept.pop()
        return elapsed_ns, cpu_ns

    def _digests(self) -> dict[str, str]:
        """A digest of every argument, and of what it was prepared into where NumPy can read that."""
        found = {}
        for key, array in self.problem.arrays.items():
            found[key] = digest(array)
            prepared = self.prepared[key]
            if prepared is not array and array.size <= _MOST_READ_BACK:
                with suppress(Exception):  # some things cannot be read so
                    found[f"{key} (prepared)"] = digest(np.array(prepared))
        return found


def _plain(answer, returns: int) -> dict:
    """The answer as plain arrays, or what is wrong with its form."""
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
