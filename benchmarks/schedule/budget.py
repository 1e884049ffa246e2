"""The time budget of a run: what it was spent on, what is left, and how cells share it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

MEASURING = ("samples", "warm_up", "first_calls")
STARTING = ("gate", "starting")


class Budget:
    """A deadline, and a ledger of seconds by purpose."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.began = monotonic()
        self.spent: defaultdict[str, float] = defaultdict(float)

    @property
    def left_s(self) -> float:
        return self.seconds - (monotonic() - self.began)

    def grant(self, seconds: float) -> None:
        """Make sure that at least so many seconds are left, however long the gate took."""
        self.seconds += max(0.0, seconds - self.left_s)

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
        """Seconds by purpose, and what share of the time with running workers was measuring."""
        wall = monotonic() - self.began
        up = wall - sum(self.spent[purpose] for purpose in STARTING)
        measuring = sum(self.spent[purpose] for purpose in MEASURING)
        seconds = {f"{purpose}_s": round(spent, 3) for purpose, spent in sorted(self.spent.items())}
        share = round(measuring / up, 4) if up > 0 else 0.0
        return {"wall_s": round(wall, 3), **seconds, "measuring_share": share}


def rounds_within(seconds: float, round_s: Mapping, max_rounds: Mapping) -> dict:
    """Rounds for each cell, so that all get about the same time and together take `seconds`.

    `round_s` says what one round of each cell takes. Every cell gets at least one round and at most
    its `max_rounds`. What a cell cannot use goes to the rest.
    """

    def rounds(each_s: float) -> dict:
        return {
            cell: int(min(max(each_s / cost, 1), max_rounds[cell]))
            for cell, cost in round_s.items()
        }

    low, high = 0.0, max(seconds, 1e-6)
    for _ in range(40):
        middle = (low + high) / 2
        total = sum(round_s[cell] * count for cell, count in rounds(middle).items())
        low, high = (middle, high) if total <= seconds else (low, middle)
    return rounds(low)
