"""The best rates of this process: `python -m benchmarks.machine.probes THREADS MAX_BYTES FILE`.

Its environment says how many threads the libraries have (worker/environment.py). It writes a table of
limits (roofline.py). Every rate is that of the fastest of several programs, each at its best of
several times: a limit that some program can beat is no limit.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import numpy as np
import pandas as pd
from numba import njit, prange
from scipy.linalg.blas import dgemm, sgemm

from benchmarks import cgroup
from benchmarks.machine.roofline import COLUMNS
from implementations._exponential import exponential

Probes = dict[str, Callable[[int], object]]

_MIN_BYTES = 1 << 15  # within a first cache
_MIN_TIMING_NS = 2_000_000  # one timing
_REPEATS = 5
_PRODUCT = 768  # rows and columns: three such matrices fit a third cache, and a product takes 20 ms
_IN_CACHE = 1024  # numbers; in and out fit a first cache
_REORDER: dict[str, Any] = {"error_model": "numpy", "fastmath": {"contract", "reassoc", "nsz"}}


@njit(**_REORDER)
def _sum(x):
    total = 0.0
    for i in range(len(x)):
        total += x[i]
    return total


@njit(**_REORDER)
def _sum_of_four(x0, x1, x2, x3):
    total = 0.0
    for i in range(len(x0)):
        total += x0[i] + x1[i] + x2[i] + x3[i]
    return total


@njit(cache=True, parallel=True, **_REORDER)
def _read(x, threads, times):
    """Sum x over and over, a part of it by each thread."""
    totals, each = np.zeros((threads, 8)), len(x) // threads
    for k in prange(threads):
        for turn in range(times):  # not quite the same sum every time, or it would be done once
            totals[k, turn % 8] += _sum(x[k * each + 8 * (turn % 2) : (k + 1) * each])
    return totals


@njit(cache=True, parallel=True, **_REORDER)
def _read_four(x, threads, times):
    """The same with four places at once, for memory that is faster so."""
    totals, each = np.zeros((threads, 8)), len(x) // (4 * threads)
    for k in prange(threads):
        for turn in range(times):
            skip = 8 * (turn % 2)
            at = 4 * k * each
            totals[k, turn % 8] += _sum_of_four(
                x[at + skip : at + each],
                x[at + skip + each : at + 2 * each],
                x[at + skip + 2 * each : at + 3 * each],
                x[at + skip + 3 * each : at + 4 * each],
            )
    return totals


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _exponentials(x, y, times):
    for turn in range(times):
        shift = x.dtype.type(turn % 8)
        for i in range(len(x)):
            y[i] = exponential(x[i] - shift)


def _best_ns(call: Callable[[int], object]) -> float:
    """Nanoseconds that each of `times` takes, at best; call(times) does it so many times."""
    call(1)
    times, best = 1, np.inf
    for _ in range(_REPEATS):
        while True:
            start = perf_counter_ns()
            call(times)
            elapsed = perf_counter_ns() - start
            best = min(best, elapsed / times)
            if elapsed >= _MIN_TIMING_NS:
                break
            times = max(2 * times, int(1.2 * _MIN_TIMING_NS / max(best, 1)))
    return best


def _repeated(call: Callable[[], object]) -> Callable[[int], None]:
    def several(times: int) -> None:
        for _ in range(times):
            call()

    return several


def _reading(threads: int, max_bytes: int) -> Iterator[dict]:
    max_bytes = min(max_bytes, cgroup.memory().available // 4)
    memory = np.ones(int(max_bytes) // 8)
    size = _MIN_BYTES
    while size <= memory.nbytes:
        x = memory[: size // 8]
        probes: Probes = {
            "numba sum": partial(_read, x, threads),
            "numba sum of four": partial(_read_four, x, threads),
            "BLAS dot": _repeated(partial(np.dot, x, x)),
            "numpy sum": _repeated(x.sum),
        }
        yield _row("read", "", threads, size, size, probes)
        size *= 2


def _computing(threads: int) -> Iterator[dict]:
    for dtype, gemm in (("float64", dgemm), ("float32", sgemm)):
        A = np.ones((_PRODUCT, _PRODUCT), dtype, order="F")
        flops = 2 * _PRODUCT**3
        multiply: Probes = {
            "numpy product": _repeated(partial(np.matmul, A, A)),
            "scipy gemm": _repeated(partial(gemm, 1.0, A, A)),
        }
        yield _row("flops", dtype, threads, None, flops, multiply)
        # One core's rate, times the cores: no program can do better.
        x = np.linspace(0.1, 0.9, _IN_CACHE).astype(dtype)
        y = np.empty_like(x)
        exp: Probes = {
            "numpy exp": _repeated(partial(np.exp, x, out=y)),
            "numba exp": partial(_exponentials, -x, y),
        }
        log: Probes = {
            "numpy log": _repeated(partial(np.log, x, out=y)),
            "numpy log2": _repeated(partial(np.log2, x, out=y)),
            "numpy log1p": _repeated(partial(np.log1p, x, out=y)),
        }
        yield _row("exp", dtype, threads, None, threads * _IN_CACHE, exp)
        yield _row("log", dtype, threads, None, threads * _IN_CACHE, log)


def _row(what, dtype, threads, size, amount, probes: Probes) -> dict:
    best = {probe: _best_ns(call) for probe, call in probes.items()}
    probe = min(best, key=lambda name: best[name])
    values = (what, dtype, threads, size, 1e9 * amount / best[probe], probe)
    return dict(zip(COLUMNS, values, strict=True))


if __name__ == "__main__":
    count, max_bytes = map(int, sys.argv[1:3])
    rows = [*_reading(count, max_bytes), *_computing(count)]
    pd.DataFrame(rows, columns=COLUMNS).to_csv(Path(sys.argv[3]), index=False)
