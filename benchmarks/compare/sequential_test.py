"""A sequential test: when a pair is decided, and why a change has to show twice."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from benchmarks.results.records import Cell, Sample
from benchmarks.schedule.allocation import Allocation, RunState
from benchmarks.statistics.estimates import MIN_PROCESSES, Estimate, estimates
from benchmarks.statistics.rounds import Rounds, logs
from benchmarks.statistics.verdicts import RatioEstimate, Verdict, beyond, verdicts

MAX_PROCESSES = 32  # sets of them


class Pair(NamedTuple):
    """Two versions of one implementation in one cell."""

    cell: Cell
    base: str
    head: str


class Decision(NamedTuple):
    """A pair's verdict so far; `ratio` is head's time over base's."""

    verdict: Verdict
    ratio: Estimate
    processes: int

    @property
    def final(self) -> bool:
        """Is the pair decided, so that it needs no more processes?"""
        return self.verdict is not Verdict.INCONCLUSIVE


Pairing = Callable[[Collection[str]], Iterable[tuple[str, str]]]
"""Of the names that are measured in a cell, each base and head that are compared."""


def beside(bases: Mapping[str, str]) -> Pairing:
    """Each head with its own base, where both are measured."""
    return lambda names: [
        (bases[name], name) for name in names if name in bases and bases[name] in names
    ]


@dataclass(eq=False)
class SequentialTest:
    """Sends every pair into more processes until it is decided. `pairing` says who is compared.

    A pair that is the same within the threshold is decided. One whose interval lies beyond it becomes
    a candidate: it is measured again, in processes that are started after that. It is slower or
    faster if these too come out beyond the threshold, and all together are significant. So a chance
    result of looking often is not taken for a change. `candidates` has the first of those processes.
    """

    pairing: Pairing
    threshold: float
    max_processes: int = MAX_PROCESSES
    candidates: dict[Pair, int] = field(default_factory=dict)

    def allocate(self, state: RunState) -> Allocation:
        """Both sides of every pair that is not decided, in its cell."""
        allocation: dict[Cell, set[str]] = {}
        next_process = state.first_process + state.sets
        pairs = self.pairs(state.visit_s)
        decisions = self.decide(state.rounds, pairs, next_process)
        for pair in pairs:
            decision = decisions.get(pair)  # None: no process has both sides yet
            processes = decision.processes if decision else state.sets
            if not (decision and decision.final) and processes < self.max_processes:
                allocation.setdefault(pair.cell, set()).update((pair.base, pair.head))
        return allocation

    def pairs(self, active: Mapping[Cell, Collection[str]]) -> list[Pair]:
        """The pairs of which both sides are active."""
        return [
            Pair(cell, *sides) for cell, names in active.items() for sides in self.pairing(names)
        ]

    def decide(
        self, rounds: Rounds, pairs: Iterable[Pair], next_process: int
    ) -> dict[Pair, Decision]:
        """The decision on each pair that was measured at all; `next_process` is not started yet."""
        decisions = _decisions(rounds, dict.fromkeys(pairs, 0), self.threshold)
        for pair, (_, ratio, processes) in decisions.items():
            if processes >= MIN_PROCESSES and beyond(ratio.low, ratio.high, self.threshold):
                self.candidates.setdefault(pair, next_process)
        since = {pair: self.candidates[pair] for pair in decisions if pair in self.candidates}
        fresh = _decisions(rounds, since, self.threshold)
        confirmed = {pair: self._confirm(decisions[pair], fresh.get(pair)) for pair in since}
        return decisions | confirmed

    def _confirm(self, overall: Decision, fresh: Decision | None) -> Decision:
        """The decision on a candidate, from all of its processes and from those started since."""
        if fresh and fresh.processes >= MIN_PROCESSES:
            if fresh.verdict is Verdict.SAME:
                return fresh
            direction = beyond(fresh.ratio.value, fresh.ratio.value, self.threshold)
            if direction is not None and direction is overall.verdict:
                return overall
        return overall._replace(verdict=Verdict.INCONCLUSIVE)


def spent_ns_of(samples: Iterable[Sample]) -> Counter[tuple[Cell, str]]:
    """What the samples of each implementation took in each cell."""
    spent_ns: Counter[tuple[Cell, str]] = Counter()
    for sample in samples:
        spent_ns[sample.cell, sample.implementation] += sample.elapsed_ns
    return spent_ns


def _decisions(rounds: Rounds, since: Mapping[Pair, int], threshold: float) -> dict[Pair, Decision]:
    """The decision on each pair by its processes from `since` on, of which there have to be enough."""
    groups = logs(rounds, list(since), list(since.values()))
    columns = zip(since, np.exp(estimates(groups)).T.tolist(), groups.processes, strict=True)
    ratios = {
        pair: RatioEstimate(Estimate(*numbers), int(processes))
        for pair, numbers, processes in columns
        if processes
    }
    enough = {pair: ratio for pair, ratio in ratios.items() if ratio.processes >= MIN_PROCESSES}
    by_pair = dict.fromkeys(ratios, Verdict.INCONCLUSIVE)
    by_pair |= zip(enough, verdicts(list(enough.values()), threshold), strict=True)
    return {pair: Decision(by_pair[pair], *ratio[:2]) for pair, ratio in ratios.items()}
