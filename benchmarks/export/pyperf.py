"""The JSON of pyperf, version 1.0 of its format.

Times are in seconds. Each of our processes is one of pyperf's runs: a value is the time of one call in
one sample, `loops` the calls in it. A process has no start time, so its run has no `date`; `started`
is the date of the whole run.

`pyperf compare_to` tests a difference only where both sides have as many values; elsewhere it says
"ERROR when testing if values are significant" and counts the difference as significant.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.export import Timing

READ = "python -m pyperf stats"


def document(about: Mapping[str, Any], rows: Sequence[Timing]) -> dict[str, Any]:
    """The metadata of the whole run, by pyperf's names, and a benchmark for each timing."""
    machine = about.get("machine") or {}
    metadata = {
        "hostname": machine.get("name"),
        "cpu_model_name": machine.get("processor"),
        "cpu_count": machine.get("cores"),
        "platform": machine.get("system"),
        "python_version": machine.get("python"),
        "started": about.get("started"),
        "git_revision": about.get("git_revision"),
        "unit": "second",
    }
    return {
        "version": "1.0",
        "metadata": {name: value for name, value in metadata.items() if value},
        "benchmarks": [
            {
                "metadata": {"name": timing.name, "inner_loops": 1, **timing.key},
                "runs": [
                    {"metadata": {"loops": process.loops}, "values": process.calls_s}
                    for process in timing.processes
                ],
            }
            for timing in rows
        ],
    }
