"""The time budget of a run: what it was spent on, and what is left."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic


class Budget:
    """A deadline, and a ledger of seconds by purpose. `began` may lie before this, `seconds` be endless."""

    def __init__(self, seconds: float = inf, began: float | None = None):
        self.seconds = seconds
        self.began = monotonic() if began is None else began
        self.spent: defaultdict[str, float] = defaultdict(float)
        if began is not None:
            self.spent["before"] = monotonic() - began

    @property
    def passed_s(self) -> float:
        return monotonic() - self.began

    @property
    def left_s(self) -> float:
        return self.seconds - self.passed_s

    @contextmanager
    def spending(self, purpose: str) -> Iterator[None]:
        start = monotonic()
        try:
            yield
        finally:
            self.spent[purpose] += monotonic() - start

    def move(self, seconds: float, source: str, target: str) -> None:
        """Book seconds of one purpose under another, where only the worker knew the difference."""
        self.spent[source] -= seconds
        self.spent[target] += seconds

    def ledger(self) -> dict[str, float]:
        """Seconds by purpose, and the share of all of them that went into samples."""
        wall = self.passed_s
        other = wall - sum(self.spent.values())
        spent = {**self.spent, "other": max(other, 0.0)}
        seconds = {f"{purpose}_s": round(s, 3) for purpose, s in sorted(spent.items())}
        share = round(self.spent["samples"] / wall, 4) if wall > 0 else 0.0
        return {"wall_s": round(wall, 3), **seconds, "measuring_share": share}
