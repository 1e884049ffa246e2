"""One trial of `compare`: its own plan and its own sequential test, on variants whose ratio is known."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic

import numpy as np

from benchmarks.compare import Pair, Referee, plan_of
from benchmarks.correctness.gate import Examination
from benchmarks.errors import UserError
from benchmarks.machine import describe as machine
from benchmarks.results.recorder import Recorder
from benchmarks.results.records import Cell, Status
from benchmarks.schedule.scheduler import Scheduler
from benchmarks.statistics import Gathered
from benchmarks.validate.load import busy_core
from benchmarks.validate.variant import write_variant

METHOD = "compare"
THRESHOLD = 0.05
SIZES = ((16, 256), (100, 1000), (1000, 1000), (1000, 20_000))
_BUDGET_S = 600.0  # never spent: the sequential test ends a trial
_BASE = "variant@base"


class TrialError(UserError):
    """A variant or a tool failed, so the trial has no result."""


def cells() -> tuple[Cell, ...]:
    threads = machine.cores()
    return tuple(Cell("cost_gradient", "synthetic", *size, threads=threads) for size in SIZES)


@dataclass(eq=False)
class TrialRunner:
    """Runs trials. The gate examines each variant once, in the first trial that has it."""

    folder: Path
    examinations: dict[str, Examination] = field(default_factory=dict)

    def run(self, shares: Sequence[float], loaded: bool, seed: int) -> list[dict]:
        """The base against heads with these shares of time added, in every cell: a row for each."""
        heads = {f"variant@wait{round(100 * share):02}": share for share in shares}
        shares_of = {_BASE: 0.0, **heads}
        paths = {name: write_variant(self.folder, share) for name, share in shares_of.items()}
        referee = Referee(dict.fromkeys(heads, _BASE), THRESHOLD)
        examinations = {n: e for n, e in self.examinations.items() if n in paths}
        plan = plan_of(referee, cells(), paths, _BUDGET_S, seed)
        recorder = Recorder()
        scheduler = Scheduler(replace(plan, examinations=examinations), recorder)
        began = monotonic()
        with busy_core(seed) if loaded else nullcontext():
            scheduler.run()
        wall_s = monotonic() - began
        for outcome in recorder.outcomes.values():
            if outcome.status is not Status.OK:
                raise TrialError(f"{outcome.implementation} in {outcome.cell}: {outcome.reason}")
        self.examinations |= scheduler.examinations
        gathered = Gathered(recorder.samples)
        pairs = [Pair(cell, _BASE, head) for cell in cells() for head in heads]
        judged = referee.judge(gathered, pairs, scheduler.sets)
        return [
            {
                "method": METHOD,
                "load": int(loaded),
                "n_x": pair.cell.n_x,
                "m": pair.cell.m,
                "injected": heads[pair.head],
                "verdict": str(judgement.verdict),
                "ratio": judgement.ratio.value,
                "ratio_low": judgement.ratio.low,
                "ratio_high": judgement.ratio.high,
                "sets": len(gathered.logs(*pair)),
                "measured_s": gathered.spent_ns(*pair) / 1e9,
                "wall_s": wall_s / len(pairs),
                "process_ratios": _ratios(gathered, pair),
            }
            for pair, judgement in judged.items()
        ]


def _ratios(gathered: Gathered, pair: Pair) -> str:
    """Head's time over base's in each pair of processes, for the coverage of the intervals."""
    logs = gathered.logs(*pair)
    return " ".join(f"{np.exp(np.median(rounds)):.5f}" for rounds in logs)
