"""When a pair is decided: after enough processes, and a change only once it was seen a second time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from benchmarks.results.records import Cell
from benchmarks.schedule.allocation import Going, Progress
from benchmarks.statistics import Compared, Estimate, Gathered, Verdict, estimate, verdicts

LEAST, MOST = 5, 32  # sets of processes, before a first verdict and in all
_MOST_NS = 8e9  # of samples of both sides; what the last set takes comes on top


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

    A pair that is the same within the threshold is decided. One whose interval comes to lie beyond it
    is only suspected: it is measured once more, in processes that are started after that. It is
    slower or faster if these too come out beyond the threshold, and all together are significant. So
    a chance that was found by looking often is not taken for a change.
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
            if not judgement.decided and progress.gathered.spent_ns(*pair) < _MOST_NS:
                going.setdefault(pair.cell, set()).update((pair.base, pair.head))
        return going

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
        for pair, judgement in found.items():
            if judgement.processes >= LEAST and self._beyond(
                judgement.ratio.low, judgement.ratio.high
            ):
                self.suspected.setdefault(pair, upto)
        since = {pair: self.suspected[pair] for pair in found if pair in self.suspected}
        fresh = _found(gathered, since, self.threshold)
        for pair in since:
            found[pair] = self._again(found[pair], fresh.get(pair))
        return found

    def _again(self, whole: Judgement, fresh: Judgement | None) -> Judgement:
        """What is said of a suspected pair, by all of its processes and by those started since."""
        if fresh and fresh.processes >= LEAST:
            if fresh.verdict is Verdict.SAME:
                return fresh
            way = self._beyond(fresh.ratio.value, fresh.ratio.value)
            if way is not None and way is whole.verdict:
                return whole
        return whole._replace(verdict=Verdict.INCONCLUSIVE, decided=False)

    def _beyond(self, low: float, high: float) -> Verdict | None:
        """Which side of the threshold all from `low` to `high` is on; None if it is on neither."""
        if low > 1 + self.threshold:
            return Verdict.SLOWER
        return Verdict.FASTER if high < 1 / (1 + self.threshold) else None


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
