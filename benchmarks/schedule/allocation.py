"""Where the rounds go after a first fair share: to the pairs whose interval is widest relative to
the effect."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median
from typing import Any

import numpy as np

from benchmarks.results.records import Cell, Sample, is_control
from benchmarks.statistics.estimates import MIN_PROCESSES, Estimate, estimates
from benchmarks.statistics.noise import INDISTINGUISHABLE, relative_half_width
from benchmarks.statistics.rounds import Rounds, logs, rounds_of_samples, times

PRECISE = 0.02  # an interval within 2% of its value is precise enough
_MIN_SET_SHARE = 8  # a set takes at least so many times as long as starting its workers


@dataclass(frozen=True)
class RunState:
    """How far a run is: what an allocation is decided by.

    `samples` are all so far, `active` the implementations still in each cell, `cell_run_s` what it takes
    to run it once more with all of them; `first_process` is the first of this run.
    """

    samples: Sequence[Sample]
    active: Mapping[Cell, Sequence[str]]
    cell_run_s: Mapping[Cell, float]
    starting_s: float
    left_s: float
    sets: int
    first_process: int

    @cached_property
    def rounds(self) -> Rounds:
        return rounds_of_samples(self.samples)


Allocation = Mapping[Cell, Collection[str]]
AllocationPolicy = Callable[[RunState], Allocation]
"""Who is timed in the next set, and where; nobody ends the run."""


@dataclass(frozen=True)
class PairPrecision:
    """A pair in its cell: half the relative width of its ratio's interval, the effect (a log ratio),
    and the number of processes."""

    cell: Cell
    names: tuple[str, str]
    half_width: float
    effect: float
    processes: float

    @property
    def priority(self) -> float:
        return self.half_width / max(self.effect, INDISTINGUISHABLE)

    @property
    def precise(self) -> bool:
        """Is its interval narrow, and of enough processes to be a 95% interval?"""
        return self.half_width <= PRECISE and self.processes >= MIN_PROCESSES

    def after(self, processes: float) -> "PairPrecision":
        """The same with so many more processes: an interval narrows with the square root of them."""
        total = self.processes + processes
        width = self.half_width * (self.processes / total) ** 0.5
        return replace(self, half_width=width, processes=total)


def imprecise_pairs(state: RunState, baseline: str) -> list[PairPrecision]:
    """The pairs that are not precise yet: each with the baseline, and the two fastest."""
    return [pair for pair in _measured(state, baseline) if not pair.precise]


def _measured(state: RunState, baseline: str) -> Iterator[PairPrecision]:
    pairs = [
        (cell, first, second)
        for cell, active in state.active.items()
        for first, second in _pairs(state.rounds, cell, active, baseline)
    ]
    groups = logs(state.rounds, pairs)
    columns = zip(pairs, estimates(groups).T.tolist(), groups.processes.tolist(), strict=True)
    for (cell, first, second), numbers, processes in columns:
        if processes:
            ratio = Estimate(*numbers)
            width = relative_half_width(ratio.map(np.exp))
            yield PairPrecision(cell, (first, second), width, abs(ratio.value), processes)


def _pairs(
    rounds: Rounds, cell: Cell, names: Sequence[str], baseline: str
) -> Iterator[tuple[str, str]]:
    if baseline in names:
        yield from ((name, baseline) for name in names if name != baseline)
    contestants = [name for name in names if not is_control(name)]
    medians = estimates(times(rounds, [(cell, name) for name in contestants]))[0]
    ranked = [contestants[k] for k in np.argsort(medians, kind="stable")]  # nan is last
    if len(ranked) > 1 and baseline not in ranked[:2]:
        yield ranked[0], ranked[1]


def to_precision(baseline: str) -> AllocationPolicy:
    """Aim at every interval within 2%, the pairs of the highest priority first.

    A set takes a quarter of the time left, so that its results can change the course, but is not
    short against starting its workers; if that is too little for any pair, it takes what one needs.
    """

    def allocate(state: RunState) -> Allocation:
        allocation: dict[Cell, set[str]] = {}
        max_s = min(state.left_s, max(_MIN_SET_SHARE * state.starting_s, state.left_s / 4))
        spent_s = state.starting_s
        for pair in sorted(imprecise_pairs(state, baseline), key=lambda pair: -pair.priority):
            more = set(pair.names) - allocation.get(pair.cell, set())
            more_s = len(more) * _each_s(state, pair.cell)
            if spent_s + more_s <= (max_s if allocation else state.left_s):
                spent_s += more_s
                allocation.setdefault(pair.cell, set()).update(more)
        return allocation

    return allocate


def outlook(state: RunState, baseline: str, more_s: float = 60.0) -> dict[str, Any]:
    """What precision was reached, and what it would be after `more_s` more seconds, roughly.

    The time would go, as ever, to the pairs that are not precise yet.
    """
    measured = list(_measured(state, baseline))
    imprecise = [pair for pair in measured if not pair.precise]
    within = len(measured) - len(imprecise)
    reached = {"aim": PRECISE, "intervals": len(measured), "within": within}
    if not imprecise:
        return reached
    timed = {(pair.cell, name) for pair in imprecise for name in pair.names}
    set_s = state.starting_s + sum(_each_s(state, cell) for cell, _ in timed)
    later = [pair.after(more_s / max(set_s, 1e-9)) for pair in imprecise]
    worst = max(imprecise, key=lambda pair: pair.half_width)
    return {
        **reached,
        "open_median": round(median(pair.half_width for pair in imprecise), 4),
        "worst": round(worst.half_width, 4),
        "worst_pair": list(worst.names),
        "worst_cell": str(worst.cell),
        "more_s": more_s,
        "within_then": within + sum(pair.precise for pair in later),
        "open_median_then": round(median(pair.half_width for pair in later), 4),
    }


def _each_s(state: RunState, cell: Cell) -> float:
    """What a run of the cell takes for each implementation that is in it."""
    return state.cell_run_s[cell] / len(state.active[cell])
