"""Samples as they come, ready to be estimated from while a run goes on."""

from collections import defaultdict
from collections.abc import Iterable
from math import inf, log
from statistics import median

import numpy as np

from benchmarks.results.records import Cell, Sample


class Gathered:
    """The time of one call by implementation and cell, process and round."""

    def __init__(self, samples: Iterable[Sample] = ()) -> None:
        self._calls: defaultdict[tuple[str, Cell], dict[int, dict[int, float]]]
        self._calls = defaultdict(lambda: defaultdict(dict))
        self._elapsed_ns: defaultdict[tuple[str, Cell], int] = defaultdict(int)
        for sample in samples:
            self.add(sample)

    def add(self, sample: Sample) -> None:
        key = (sample.implementation, sample.cell)
        self._calls[key][sample.process][sample.round] = sample.elapsed_ns / sample.loops
        self._elapsed_ns[key] += sample.elapsed_ns

    def spent_ns(self, cell: Cell, *names: str) -> int:
        """What the samples of these implementations took in this cell."""
        return sum(self._elapsed_ns.get((name, cell), 0) for name in names)

    def logs(self, cell: Cell, name: str, baseline: str, since: int = 0) -> list[np.ndarray]:
        """For each process from `since` on, log(baseline's time / its own) in the rounds of both."""
        mine, others = self._calls.get((name, cell), {}), self._calls.get((baseline, cell), {})
        found = []
        for process in sorted(process for process in mine if process >= since):
            own, other = mine[process], others.get(process, {})
            if logs := [log(other[r] / own[r]) for r in sorted(own) if r in other]:
                found.append(np.array(logs))
        return found

    def median_ns(self, cell: Cell, name: str) -> float:
        """The median over processes of the median over rounds; infinite where there is none."""
        processes = self._calls.get((name, cell), {}).values()
        return median([median(rounds.values()) for rounds in processes]) if processes else inf
