"""When a pair is decided: after enough processes, and a change only once it was seen a second time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from benchmarks.records import Cell
from benchmarks.statistics import Compared, Estimate, Gathered, Verdict, estimate, verdicts
from benchmarks.steering import Going, Progress

LEAST, MOST = 5, 24  # sets of processes, before a first verdict and in all
_MOST_NS = 8e9  # of samples of both sides; what the last set takes comes on top
CHANGED = (Verdict.SLOWER, Verdict.FASTER)


class Pair(NamedTuple):
    """Two versions of one implementation in one cell."""

    cell: Cell
    base: str
    head: str


class Judgement(NamedTuple):
    """What is said of a pair. `ratio` is head's time over base's; `decided` if no more is needed."""

    verdict: Verdict
    ratio: Estimate
    processes: int
    decided: bool


@dataclass(eq=False)
class Referee:
    """Sends every pair into more processes until it is decided. `bases` tells each head's base.

    A pair that is the same within the threshold is decided. One that is slower or faster is only
    suspected of it: the verdict comes from processes that were started after that, so that a chance
    that was found by looking often is not taken for a change.
    """

    bases: Mapping[str, str]
    threshold: float
    suspected: dict[Pair, int] = field(default_factory=dict)

    def steer(self, progress: Progress) -> Going:
        """Both sides of every pair that is not decided, in its cell."""
        going: dict[Cell, set[str]] = {}
        upto = progress.first_process + progress.sets
        pairs = self.pairs(progress.standing)
        for pair, judgement in self.judge(progress.gathered, pairs, upto).items():
            if not judgement.decided and self._spent_ns(progress.gathered, pair) < _MOST_NS:
                going.setdefault(pair.cell, set()).update((pair.base, pair.head))
        return going

    def _spent_ns(self, gathered: Gathered, pair: Pair) -> int:
        return sum(gathered.elapsed_ns[name, pair.cell] for name in (pair.base, pair.head))

    def pairs(self, standing: Mapping[Cell, Iterable[str]]) -> list[Pair]:
        """The pairs of which both sides are still there."""
        return [
            Pair(cell, self.bases[name], name)
            for cell, names in standing.items()
            for name in names
            if name in self.bases and self.bases[name] in names
        ]

    def judge(self, gathered: Gathered, pairs: Iterable[Pair], upto: int) -> dict[Pair, Judgement]:
        """What is to be said of each pair that was measured at all; `upto` is the next process."""
        found = _found(gathered, dict.fromkeys(pairs, 0), self.threshold)
        for pair, first in found.items():
            if first.verdict in CHANGED:
                self.suspected.setdefault(pair, upto)
        fresh = _found(
            gathered, {p: self.suspected[p] for p in found if p in self.suspected}, self.threshold
        )
        for pair in found:
            if pair in self.suspected:
                again = fresh.get(pair)
                unsure = found[pair]._replace(verdict=Verdict.INCONCLUSIVE, decided=False)
                found[pair] = again if again and again.decided else unsure
        return found


def _found(
    gathered: Gathered, since: Mapping[Pair, int], threshold: float
) -> dict[Pair, Judgement]:
    """What the processes from `since` on say of each pair; it takes LEAST of them to decide."""
    logs = {p: gathered.logs(p.cell, p.base, p.head, first) for p, first in since.items()}
    logs = {pair: found for pair, found in logs.items() if found}
    compared = [Compared(estimate(found).map(np.exp), len(found)) for found in logs.values()]
    ready = [one for one in compared if one.processes >= LEAST]
    said = iter(verdicts(ready, threshold))
    judged = {}
    for pair, one in zip(logs, compared, strict=True):
        verdict = next(said) if one.processes >= LEAST else Verdict.INCONCLUSIVE
        decided = verdict is not Verdict.INCONCLUSIVE
        judged[pair] = Judgement(verdict, one.ratio, one.processes, decided)
    return judged
