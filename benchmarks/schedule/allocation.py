"""Where the time goes: first a fair share to every pair of an implementation and a cell, then to the
pairs whose interval is widest relative to the effect, where that is small."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, log

import numpy as np

from benchmarks.results.records import Cell, is_control
from benchmarks.schedule.cell_budget import MIN_VISITS
from benchmarks.statistics.estimates import MIN_PROCESSES, Estimate, estimates
from benchmarks.statistics.noise import INDISTINGUISHABLE, relative_half_width
from benchmarks.statistics.rounds import Rounds, logs, times

PRECISE = 0.02  # an interval within 2% of its value is precise enough
FAIR_PROCESSES = 12  # of every pair whose calls are short enough, before any gets more
_FAIR_SHARE = 0.9  # of the time left
_LARGE_EFFECT = log(2)  # who is faster is clear; how much is what is asked
_MIN_SET_SHARE = 8  # a set takes at least so many times as long as starting its workers


@dataclass(frozen=True, eq=False)
class RunState:
    """How far a run is: what an allocation is decided by.

    `rounds` are all so far. `visit_s` is what the next visit takes of each implementation that is
    still in a cell, `visits` how many each has had. `first_process` is the first of this run.
    """

    rounds: Rounds
    visit_s: Mapping[Cell, Mapping[str, float]]
    visits: Mapping[tuple[Cell, str], int]
    starting_s: float
    left_s: float
    sets: int
    first_process: int


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
        return self.half_width / min(max(self.effect, INDISTINGUISHABLE), _LARGE_EFFECT)

    def precise(self, aim: float) -> bool:
        """Is its interval narrow, and of enough processes to be a 95% interval?"""
        return self.half_width <= aim and self.processes >= MIN_PROCESSES

    def after(self, processes: float) -> "PairPrecision":
        """The same with so many more processes: an interval narrows with the square root of them."""
        total = self.processes + processes
        width = self.half_width * (self.processes / total) ** 0.5
        return replace(self, half_width=width, processes=total)


def imprecise_pairs(state: RunState, baseline: str, aim: float = PRECISE) -> list[PairPrecision]:
    """The pairs that are not precise yet: each with the baseline, and the two fastest."""
    return [pair for pair in measured_pairs(state, baseline) if not pair.precise(aim)]


def measured_pairs(state: RunState, baseline: str) -> Iterator[PairPrecision]:
    """All pairs that were timed together: each with the baseline, and the two fastest."""
    pairs = [
        (cell, first, second)
        for cell, costs in state.visit_s.items()
        for first, second in _pairs(state.rounds, cell, list(costs), baseline)
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


def fair_share(state: RunState, processes: int) -> dict[Cell, set[str]]:
    """The pairs that are still to have some of their fair share, which is the same time for each.

    It buys at least MIN_VISITS visits and at most so many `processes`; what a cheap pair cannot use
    goes to the rest.
    """
    costs = {(cell, n): s for cell, row in state.visit_s.items() for n, s in row.items()}
    if not costs:
        return {}
    done = np.array([state.visits.get(pair, 0) for pair in costs])
    cost_s = np.maximum(np.array(list(costs.values())), 1e-4)
    fewest, most = np.maximum(MIN_VISITS - done, 0), np.maximum(processes - done, 0)
    sets_s = state.starting_s * most.max()
    left_s = min(_FAIR_SHARE * state.left_s, 1e9) - sets_s

    def visits(each_s: float) -> np.ndarray:
        return np.clip(each_s / cost_s - done, np.minimum(fewest, most), most).astype(int)

    low, high = 0.0, float(processes * cost_s.max())
    middle = high  # enough for all, if there is the time
    for _ in range(40):
        low, high = (middle, high) if visits(middle) @ cost_s <= left_s else (low, middle)
        middle = (low + high) / 2
    wanted: dict[Cell, set[str]] = {}
    for (cell, name), more in zip(costs, visits(low), strict=True):
        if more:
            wanted.setdefault(cell, set()).add(name)
    return wanted


def to_precision(
    baseline: str, aim: float = PRECISE, processes: int = FAIR_PROCESSES
) -> AllocationPolicy:
    """Fair shares first; then every interval within `aim`, the pairs of the highest priority first.

    A set takes a quarter of the time left, so that its results can change the course, but is not
    short against starting its workers; if that is too little for any pair, it takes what one needs.
    """

    def allocate(state: RunState) -> Allocation:
        if fair := fair_share(state, processes):
            return {
                cell: _with(baseline, names, state.visit_s[cell]) for cell, names in fair.items()
            }
        allocation: dict[Cell, set[str]] = {}
        quarter_s = state.left_s / 4 if state.left_s < inf else inf
        max_s = min(state.left_s, max(_MIN_SET_SHARE * state.starting_s, quarter_s))
        spent_s = state.starting_s
        for pair in sorted(imprecise_pairs(state, baseline, aim), key=lambda pair: -pair.priority):
            costs_s = state.visit_s[pair.cell]
            more = set(pair.names) - allocation.get(pair.cell, set())
            more_s = sum(costs_s[name] for name in more)
            if spent_s + more_s <= (max_s if allocation else state.left_s):
                spent_s += more_s
                allocation.setdefault(pair.cell, set()).update(more)
        return allocation

    return allocate


def _with(baseline: str, names: set[str], present: Collection[str]) -> set[str]:
    """The names, and the baseline where it is present: a ratio needs it in the same rounds."""
    return names | ({baseline} & set(present))
