"""Where the rounds go after a first fair share: to where an interval is widest for what is at stake."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import numpy as np

from benchmarks.results.records import Cell, is_twin
from benchmarks.statistics import INDISTINGUISHABLE, Gathered, estimate, reached

PRECISE = 0.02  # an interval within 2% of its value is precise enough
_LEAST = 3  # processes, of which an interval holds the truth about as often as it says
_FILLED = 8  # a set takes at least so many times as long as starting its workers


@dataclass(frozen=True, eq=False)
class Progress:
    """How far a run is: what steering decides by.

    `standing` are the implementations still in each cell, `visit_s` what it takes to visit it once
    more with all of them; `first_process` is the first of this run.
    """

    gathered: Gathered
    standing: Mapping[Cell, Sequence[str]]
    visit_s: Mapping[Cell, float]
    starting_s: float
    left_s: float
    sets: int
    first_process: int


Going = Mapping[Cell, Collection[str]]
Steering = Callable[[Progress], Going]
"""Who is timed in the next set, and where; nobody ends the run."""


@dataclass(frozen=True)
class Need:
    """A pair, how far its interval reaches, from how many processes, and the difference at stake."""

    cell: Cell
    names: tuple[str, str]
    reached: float
    stake: float
    processes: float

    @property
    def urgency(self) -> float:
        return self.reached / max(self.stake, INDISTINGUISHABLE)

    @property
    def open(self) -> bool:
        """Is it not precise yet?"""
        return self.reached > PRECISE or self.processes < _LEAST

    def after(self, processes: float) -> "Need":
        """The same with so many more processes: an interval narrows with the square root of them."""
        many = self.processes + processes
        width = self.reached * (self.processes / many) ** 0.5
        return replace(self, reached=width, processes=many)


def needs(progress: Progress, baseline: str) -> list[Need]:
    """The pairs that are not precise yet: each with the baseline, and the two fastest."""
    return [need for need in _measured(progress, baseline) if need.open]


def _measured(progress: Progress, baseline: str) -> Iterator[Need]:
    for cell, names in progress.standing.items():
        for one, other in _pairs(progress.gathered, cell, names, baseline):
            if logs := progress.gathered.logs(cell, one, other):
                ratio = estimate(logs)
                width = reached(ratio.map(np.exp))
                yield Need(cell, (one, other), width, abs(ratio.value), len(logs))


def _pairs(
    gathered: Gathered, cell: Cell, names: Sequence[str], baseline: str
) -> Iterator[tuple[str, str]]:
    if baseline in names:
        yield from ((name, baseline) for name in names if name != baseline)
    own = [name for name in names if not is_twin(name)]
    ranked = sorted(own, key=lambda name: gathered.median_ns(cell, name))
    if len(ranked) > 1 and baseline not in ranked[:2]:
        yield ranked[0], ranked[1]


def to_precision(baseline: str) -> Steering:
    """Steer towards every interval within 2%, the most urgent pairs first.

    A set takes a quarter of the time left, so that what it finds can change the course, but is not
    short against starting its workers; if that is too little for any pair, it takes what one needs.
    """

    def steer(progress: Progress) -> Going:
        wanted: dict[Cell, set[str]] = {}
        most_s = min(progress.left_s, max(_FILLED * progress.starting_s, progress.left_s / 4))
        spent_s = progress.starting_s
        for need in sorted(needs(progress, baseline), key=lambda need: -need.urgency):
            more = set(need.names) - wanted.get(need.cell, set())
            more_s = len(more) * _each_s(progress, need.cell)
            if spent_s + more_s <= (most_s if wanted else progress.left_s):
                spent_s += more_s
                wanted.setdefault(need.cell, set()).update(more)
        return wanted

    return steer


def outlook(progress: Progress, baseline: str, more_s: float = 60.0) -> dict[str, Any]:
    """What precision was reached, and what it would be after `more_s` more seconds, roughly.

    The time would go, as ever, to the pairs that are not precise yet.
    """
    measured = list(_measured(progress, baseline))
    still_open = [need for need in measured if need.open]
    within = len(measured) - len(still_open)
    found = {"aim": PRECISE, "intervals": len(measured), "within": within}
    if not still_open:
        return found
    timed = {(need.cell, name) for need in still_open for name in need.names}
    set_s = progress.starting_s + sum(_each_s(progress, cell) for cell, _ in timed)
    then = [need.after(more_s / max(set_s, 1e-9)) for need in still_open]
    worst = max(still_open, key=lambda need: need.reached)
    return {
        **found,
        "open_median": round(median(need.reached for need in still_open), 4),
        "worst": round(worst.reached, 4),
        "worst_pair": list(worst.names),
        "worst_cell": str(worst.cell),
        "more_s": more_s,
        "within_then": len(measured) - sum(need.open for need in then),
        "open_median_then": round(median(need.reached for need in then), 4),
    }


def _each_s(progress: Progress, cell: Cell) -> float:
    """What a visit of the cell takes for each who is in it."""
    return progress.visit_s[cell] / len(progress.standing[cell])
