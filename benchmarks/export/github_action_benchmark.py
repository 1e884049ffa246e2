"""The custom JSON of the GitHub action github-action-benchmark, for its tool `customSmallerIsBetter`.

An entry for each timing: the report's time of a call in nanoseconds; `range` and `extra` are texts that
the action shows beside it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks import format
from benchmarks.export import Timing

READ = (
    "benchmark-action/github-action-benchmark with tool: customSmallerIsBetter, output-file-path:"
)


def document(about: Mapping[str, Any], rows: Sequence[Timing]) -> list[dict[str, Any]]:
    return [_entry(timing) for timing in rows]


def _entry(timing: Timing) -> dict[str, Any]:
    value, low, high = timing.call_ns
    processes = format.count(len(timing.processes), "process", "processes")
    return {
        "name": timing.name,
        "value": value,
        "unit": "ns",
        "range": f"95% interval {low:.6g} to {high:.6g}",
        "extra": f"median over {processes}",
    }
