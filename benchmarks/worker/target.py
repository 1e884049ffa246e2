"""The implementation under test: what a worker does with it, once it is imported.

Each public method of Target is a request that the conductor can send.
"""

import gc
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from itertools import starmap
from pathlib import Path
from time import process_time_ns
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.problem.arguments import Problem, digest
from benchmarks.problem.files import load_arrays
from benchmarks.registry import preparer
from benchmarks.worker.answers import plain
from benchmarks.worker.clock import stopwatch
from benchmarks.worker.descent import Descent
from benchmarks.worker.eviction import evictor
from benchmarks.worker.garbage import left_bytes
from benchmarks.worker.memory import peak_rss_bytes, release_freed, reset_peak, resident_bytes
from benchmarks.worker.network import moved_bytes
from benchmarks.worker.pace import pace_ns, seek, slowest_elsewhere
from benchmarks.worker.waiting import WaitMeter

_STRIDE = 1 << 20  # between the calls of one sample and those of the next
_MAX_READ_BACK = 1 << 16  # numbers; a long list takes longer to read than to compute with


class Target:
    """The implementation under test, with the problem that it was given last."""

    def __init__(self, module: ModuleType, held: Mapping[str, Any] | None = None):
        """`held` are the arrays that are in memory already, and the folder they were read from."""
        self.module = module
        self.held = held or {}
        self.waiting = WaitMeter()
        self.prepare = preparer(module)
        self.problem: Any = None
        self.prepared: Any = None
        self.last_answer: Any = None
        self.prepared_bytes = 0
        self.descent: Descent | None = None

    def load(
        self, folder: str, arguments: list, keys: list, in_place: bool = False, weigh: bool = False
    ) -> dict:
        """Load the problem's arrays from their files; `in_place`, copy their values into the present ones.

        `weigh` what `prepare` makes of them, and let the peak of the memory begin here.
        """
        self.prepared = self.last_answer = None
        self.descent = None
        gc.collect()
        gc.disable()  # do not search a list of millions of numbers for garbage while it grows
        try:
            if in_place:
                for key in keys:
                    self.problem.arrays[key][...] = np.load(Path(folder) / f"{key}.npy")
            else:
                self.problem = None
                if weigh:
                    reset_peak()
                here = self.held.get("folder") == folder
                arrays = self.held["arrays"] if here else load_arrays(folder, keys)
                self.problem = Problem(tuple(arguments), arrays)
            if weigh:
                release_freed()
            before = resident_bytes() if weigh else 0
            prepare_ns, self.prepared = stopwatch(self._prepare)
            self.prepared_bytes = max(0, resident_bytes() - before) if weigh else 0
        finally:
            gc.freeze()  # nor afterwards, again and again
            gc.enable()
        return {"prepare_ns": prepare_ns}

    def _prepare(self) -> dict:
        arrays = self.problem.arrays
        return {key: self.prepare(array) if array.ndim else array for key, array in arrays.items()}

    def release(self) -> dict:
        """Let go of the problem, so that others have its memory."""
        self.problem = self.prepared = self.last_answer = None
        self.held = {}
        gc.unfreeze()
        gc.collect()
        release_freed()
        return {}

    def call(
        self, operation: str, j: int, digests: bool = False, calls: int = 1, weigh: bool = False
    ) -> dict:
        """Call j, so many times: the last one's time and answer, and which arguments were changed.

        `weigh` also the memory that it took above the data, compiling included; see `memory`.
        """
        peak_before = peak_rss_bytes()
        resident = resident_bytes() if weigh and reset_peak() else None
        arguments = self.problem.batch(j, 1, self.prepared)[0]
        before = self._digests() if digests else {}
        for _ in range(calls):
            elapsed_ns, answer = stopwatch(partial(getattr(self.module, operation), *arguments))
        peak = peak_rss_bytes()
        extra = None if resident is None else max(0, peak - resident) + self.prepared_bytes
        reply = {
            "elapsed_ns": elapsed_ns,
            "peak_rss_bytes": max(peak, peak_before),
            "extra_bytes": extra,
        }
        after = self._digests() if digests else {}
        changed = [key for key in before if after.get(key) != before[key]]
        return {**reply, "changed": changed, **plain(answer, operation)}

    def warm_up(self, operation: str, min_ns: int, target_ns: int) -> dict:
        """Call until the times stop falling; find how many calls make a sample of `target_ns`.

        Stops after two calls and `min_ns`, once a batch is no faster than the batches before it. In any
        case it stops at three times that long, and is then not steady. A single call that takes that
        long counts as steady.
        """
        loops, done, spent_ns, best, steady = 1, 0, 0, float("inf"), False
        max_ns, call = 3 * max(min_ns, target_ns), getattr(self.module, operation)
        while not (steady and done >= 2 and spent_ns >= min_ns):
            if spent_ns >= max_ns:
                steady = steady or done == 1
                break
            elapsed_ns = self._time(call, self.problem.batch(done, loops, self.prepared))[0]
            per_call = max(elapsed_ns / loops, 1)
            done, spent_ns = done + loops, spent_ns + elapsed_ns
            steady = per_call > 0.95 * best
            best = min(best, per_call)
            loops = max(1, round(min(target_ns / best, 10 * loops)))
        loops = max(1, -int(-target_ns // best))
        return {"loops": loops, "per_call_ns": best, "spent_ns": spent_ns, "steady": steady}

    def turn(
        self,
        operation: str,
        j: int,
        loops: int,
        samples: int,
        untimed: int,
        fast_ns: int,
        threads: int = 1,
        processor: int = -1,
        cold: str = "",
    ) -> dict:
        """Take some samples of `loops` calls, one after another; the last call of all is call j.

        It begins on `processor`, or on another if that one's pace is not within `fast_ns`. `untimed`
        calls come first: the caches went cold while this process was frozen. Of each sample:
        nanoseconds elapsed, of processor time, and of waiting (see waiting.Waited), and the slower pace
        of the processor just before and just after (see pace.py). With several `threads`, `elsewhere_ns`
        is that of the other processors, before and after all. Returns also the processor it began on.
        `cold` is the file that is read before each sample, for cold caches; `untimed_ns` has that too.
        """
        gc.disable()
        starts = [j + k * _STRIDE for k in reversed(range(samples))]
        batches = [self.problem.batch(start, loops, self.prepared) for start in starts]
        discarded = self.problem.batch(j + samples * _STRIDE, untimed, self.prepared)
        self.waiting.look_for_threads()
        processor = seek(fast_ns, processor)
        elsewhere_ns = slowest_elsewhere() if threads > 1 else 0
        taken = []
        call = getattr(self.module, operation)
        untimed_ns = self._time(call, discarded)[0] if untimed else 0
        evict = evictor(cold, threads) if cold else None
        pace_before, before = pace_ns(), self.waiting.read()
        for batch in batches:
            if evict is not None:
                untimed_ns += stopwatch(evict)[0]
                self._time(tuple, [()])  # brings back what times, and nothing else
                pace_before, before = pace_ns(), self.waiting.read()
            elapsed_ns, cpu_ns = self._time(call, batch)
            now, pace = self.waiting.read(), pace_ns()
            taken.append([elapsed_ns, cpu_ns, *now.since(before), max(pace_before, pace)])
            pace_before, before = pace, self.waiting.read()
        if threads > 1:
            elsewhere_ns = max(elsewhere_ns, slowest_elsewhere())
        gc.enable()
        return {
            "taken": taken,
            "untimed_ns": untimed_ns,
            "elsewhere_ns": elsewhere_ns,
            "processor": processor,
        }

    def answer(self, operation: str, digests: bool) -> dict:
        """The answer of the last timed call; with `digests` of the arguments, to show that none changed."""
        return {
            **plain(self.last_answer, operation),
            "digests": self._digests() if digests else {},
        }

    def memory(self, operation: str, j: int) -> dict:
        """Of a call the peak bytes above the data, what `prepare` made too, or None; those that it leaves as
        garbage; and those that are sent meanwhile, or None."""
        call = partial(getattr(self.module, operation), *self.problem.batch(j, 1, self.prepared)[0])
        self.last_answer = None
        release_freed()
        extra = None
        if reset_peak():
            before = resident_bytes()
            call()
            extra = max(0, peak_rss_bytes() - before) + self.prepared_bytes
        left, moved = left_bytes(call), moved_bytes(call)
        return {"extra_bytes": extra, "garbage_bytes": left, "moved_bytes": moved}

    def descend(self, alpha: float, steps: int, min_ns: int) -> dict:
        """The next stretch of gradient descent, and w and b after it."""
        if self.descent is None:
            X = self.problem.arrays["X"]
            own = self.module.cost_gradient, self.prepare, self.prepared["X"], self.prepared["Y"]
            self.descent = Descent(*own, np.zeros((X.shape[0], 1), X.dtype))
        taken = self.descent.stretch(alpha, steps, min_ns)
        return {"taken": taken, "parts": [self.descent.w, np.float64(self.descent.b)]}

    def _time(self, call: Callable, batch: list[tuple]) -> tuple[int, int]:
        """Nanoseconds, elapsed and of processor time, of a call with each of these arguments."""
        calls: Callable[[], deque] = partial(deque, starmap(call, batch), 1)
        cpu_ns = process_time_ns()
        elapsed_ns, answers = stopwatch(calls)
        cpu_ns = process_time_ns() - cpu_ns
        self.last_answer = answers.pop()
        return elapsed_ns, cpu_ns

    def _digests(self) -> dict[str, str]:
        """A digest of every argument, and of its prepared form where NumPy can read that."""
        digests = {}
        for key, array in self.problem.arrays.items():
            digests[key] = digest(array)
            prepared = self.prepared[key]
            if prepared is not array and array.size <= _MAX_READ_BACK:
                with suppress(Exception):  # not every form can be read
                    digests[f"{key} (prepared)"] = digest(np.array(prepared))
        return digests
