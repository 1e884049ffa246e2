"""Bencher's metric format, for its adapter `json`: https://bencher.dev/docs/reference/bencher-metric-format

Of each benchmark the measure `latency`, which Bencher has in nanoseconds: the report's time of a call,
and its 95% interval. A name is the whole key of a cell, so that it means the same in every run.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.export import Timing

READ = "bencher run --adapter json --file"


def document(about: Mapping[str, Any], rows: Sequence[Timing]) -> dict[str, Any]:
    return {timing.name: {"latency": _metric(timing)} for timing in rows}


def _metric(timing: Timing) -> dict[str, float]:
    value, low, high = timing.call_ns
    return {"value": value, "lower_value": low, "upper_value": high}
