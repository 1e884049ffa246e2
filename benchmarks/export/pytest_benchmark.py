"""The JSON of pytest-benchmark, which the GitHub action github-action-benchmark reads as well.

Times are in seconds, `ops` in calls a second. Every sample is one of pytest-benchmark's rounds, and
its loops are their iterations. The group is the cell, so that `compare` sets the implementations of a
cell side by side.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

import numpy as np

from benchmarks.export import Timing

READ = "python -m pytest_benchmark compare"
_VERSION = "5.1.0"  # the pytest-benchmark whose format this is


def document(about: Mapping[str, Any], rows: Sequence[Timing]) -> dict[str, Any]:
    machine = about.get("machine") or {}
    revision = about.get("git_revision") or "unversioned"
    return {
        "machine_info": {  # facts without a name there are left out
            "node": machine.get("name"),
            "processor": machine.get("processor"),
            "machine": machine.get("architecture"),
            "system": machine.get("system"),
            "python_version": machine.get("python"),
            "cpu": {"brand_raw": machine.get("processor"), "count": machine.get("cores")},
            "versions": about.get("versions"),
        },
        "commit_info": {
            "id": revision.removesuffix("+"),
            "dirty": revision.endswith("+"),
            "time": None,
            "author_time": None,
            "branch": "(unknown)",  # as in pytest-benchmark without git
        },
        "benchmarks": [_benchmark(timing) for timing in rows],
        "datetime": about.get("started"),
        "version": _VERSION,
    }


def _benchmark(timing: Timing) -> dict[str, Any]:
    loops = [process.loops for process in timing.processes]
    calls_s = [call_s for process in timing.processes for call_s in process.calls_s]
    return {
        "group": str(timing.cell),
        "name": timing.name,
        "fullname": timing.name,
        "params": timing.key,
        "param": timing.label,
        "extra_info": {"processes": len(timing.processes)},
        "options": {"disable_gc": True, "timer": "perf_counter_ns", "warmup": True},
        "stats": stats(calls_s) | {"iterations": round(np.median(loops))},
    }


def stats(calls_s: Sequence[float]) -> dict[str, Any]:
    """The statistics that pytest-benchmark computes from these times, in seconds.

    Its quartiles are Hazen's. `outliers` counts those beyond a standard deviation from the mean, then
    those beyond 1.5 interquartile ranges from a quartile.
    """
    data = sorted(calls_s)
    mean, deviation = fmean(data), stdev(data) if len(data) > 1 else 0.0
    q1, median, q3 = np.quantile(data, [0.25, 0.5, 0.75], method="hazen").tolist()
    low, high = q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)
    beyond_deviation = _beyond(data, mean - deviation, mean + deviation)
    beyond_quartiles = _beyond(data, low, high)
    return {
        "min": data[0],
        "max": data[-1],
        "mean": mean,
        "stddev": deviation,
        "rounds": len(data),
        "median": median,
        "iqr": q3 - q1,
        "q1": q1,
        "q3": q3,
        "iqr_outliers": beyond_quartiles,
        "stddev_outliers": beyond_deviation,
        "outliers": f"{beyond_deviation};{beyond_quartiles}",
        "ld15iqr": data[bisect_left(data, low)],
        "hd15iqr": data[bisect_right(data, high) - 1],
        "ops": 1 / mean,
        "total": sum(data),
        "data": list(calls_s),
    }


def _beyond(data: Sequence[float], low: float, high: float) -> int:
    return sum(not low <= call_s <= high for call_s in data)
