"""What the machine did while something was timed that no timing shows: theft and throttling."""

from functools import cache
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import psutil

from benchmarks.results import warnings

_STOLEN = 0.02  # of the processors' time; below that a timing has worse troubles
_TICK_S = 0.01  # what the system counts theft in: a tick more may be one that was nearly full
_THROTTLES = "cpu*/thermal_throttle/core_throttle_count"
_PROCESSORS = Path("/sys/devices/system/cpu")


class Conditions(NamedTuple):
    """At one moment. `steal_s` is time that the hypervisor has given to others, of all `processors`
    together; where the system does not tell, that and `throttles` stay 0."""

    at_s: float
    steal_s: float
    throttles: int
    processors: int = 1

    def since(self, before: "Conditions") -> list[str]:
        """What was odd between that moment and this one, in words."""
        found = []
        had_s = self.processors * max(self.at_s - before.at_s, _TICK_S)
        share = (self.steal_s - before.steal_s - _TICK_S) / had_s
        if share > _STOLEN:
            found.append(warnings.word("stolen", f"{share:.0%} of the processors' time"))
        if self.throttles > before.throttles:
            found.append(warnings.word("throttled"))
        return found


@cache
def _counters() -> list[Path]:
    """Where the system counts throttling: looked up once, read around every visit to a cell."""
    return list(_PROCESSORS.glob(_THROTTLES))


def conditions() -> Conditions:
    """Now, as far as the system tells."""
    steal_s = float(getattr(psutil.cpu_times(), "steal", 0.0))
    counts = []
    for path in _counters():
        try:
            counts.append(int(path.read_text()))
        except (OSError, ValueError):
            continue
    return Conditions(monotonic(), steal_s, sum(counts), psutil.cpu_count() or 1)
