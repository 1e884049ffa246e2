"""One trial of `compare`: its own plan and sequential test, on subjects whose truth is known."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic

import numpy as np

from benchmarks.compare import Pair, SequentialTest, plan_of
from benchmarks.compare.sequential_test import spent_ns_of
from benchmarks.correctness.gate import Examined
from benchmarks.errors import UserError
from benchmarks.machine import describe as machine
from benchmarks.results.records import Cell, Outcome, Status
from benchmarks.schedule.scheduler import Sweep
from benchmarks.statistics import logs, rounds_of_samples
from benchmarks.statistics.groups import process_medians
from benchmarks.validate.load import busy_core
from benchmarks.validate.variant import subject

METHOD = "compare"
THRESHOLD = 0.05
SIZES = ((16, 256), (100, 1000), (1000, 1000), (1000, 20_000))
_BUDGET_S = 600.0  # never spent: the test ends a trial
_BASE = "subject@base"


class TrialError(UserError):
    """A subject or a tool failed, so that there is nothing to learn from the trial."""


def cells() -> tuple[Cell, ...]:
    threads = machine.cores()
    return tuple(Cell("cost_gradient", "synthetic", *size, threads=threads) for size in SIZES)


@dataclass(eq=False)
class Trials:
    """Runs trials; what the gate has said of a subject it is not asked again."""

    folder: Path
    examined: dict[str, Examined] = field(default_factory=dict)

    def run(self, shares: Sequence[float], loaded: bool, seed: int) -> list[dict]:
        """The base against heads with these shares of time added, in every cell: a row for each."""
        heads = {f"subject@wait{round(100 * share):02}": share for share in shares}
        paths = {name: subject(self.folder, share) for name, share in {_BASE: 0.0, **heads}.items()}
        test = SequentialTest(dict.fromkeys(heads, _BASE), THRESHOLD)
        known = {name: found for name, found in self.examined.items() if name in paths}
        plan = plan_of(test, cells(), paths, _BUDGET_S, seed)
        sweep = Sweep(replace(plan, examined=known))
        began = monotonic()
        with busy_core(seed) if loaded else nullcontext():
            for record in sweep.records():
                if isinstance(record, Outcome) and record.status is not Status.OK:
                    raise TrialError(f"{record.implementation} in {record.cell}: {record.reason}")
        wall_s = monotonic() - began
        self.examined |= {n: (sweep.verdicts[n], sweep.hellos[n]) for n in sweep.verdicts}
        pairs = [Pair(cell, _BASE, head) for cell in cells() for head in heads]
        rounds = rounds_of_samples(sweep.samples)
        decisions = test.decide(rounds, pairs, sweep.pacing.sets)
        spent_ns = spent_ns_of(sweep.samples)
        ratios = {pair: np.exp(process_medians(logs(rounds, [pair]))) for pair in decisions}
        return [
            {
                "method": METHOD,
                "load": int(loaded),
                "n_x": pair.cell.n_x,
                "m": pair.cell.m,
                "injected": heads[pair.head],
                "verdict": str(decision.verdict),
                "ratio": decision.ratio.value,
                "ratio_low": decision.ratio.low,
                "ratio_high": decision.ratio.high,
                "sets": len(ratios[pair]),
                "measured_s": (spent_ns[pair.cell, pair.base] + spent_ns[pair.cell, pair.head])
                / 1e9,
                "wall_s": wall_s / len(pairs),
                # Head over base in each pair of processes, for the coverage of the intervals.
                "process_ratios": " ".join(f"{ratio:.5f}" for ratio in ratios[pair]),
            }
            for pair, decision in decisions.items()
        ]
