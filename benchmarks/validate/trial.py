"""One trial of `compare`: its own plan and its own sequential test, on variants whose ratio is known."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from math import nan
from pathlib import Path
from time import monotonic

import numpy as np

from benchmarks.compare.paired import plan_of
from benchmarks.compare.sequential_test import (
    Decision,
    Pair,
    SequentialTest,
    beside,
    spent_ns_of,
)
from benchmarks.correctness.gate import Examination
from benchmarks.errors import UserError
from benchmarks.machine import describe as machine
from benchmarks.results.records import Cell, Recorder, Status
from benchmarks.schedule.scheduler import Scheduler
from benchmarks.statistics.estimates import Estimate
from benchmarks.statistics.groups import process_medians
from benchmarks.statistics.rounds import logs, rounds_of_samples
from benchmarks.statistics.verdicts import Verdict

METHOD = "compare"
IMPLEMENTATION = "numpy_vectorized"
SIZES = ((16, 256), (100, 1000), (1000, 1000), (1000, 20_000))
_BUDGET_S = 600.0  # never spent: the sequential test ends a trial
_BASE = "variant@base"
# Every variant has this wrapper, the base too: the wrapper's own time is on both sides.
_CODE = '''"""{name}, then a busy-wait of {percent} of each call."""

from time import perf_counter_ns

from implementations import {name} as measured

PARALLEL = getattr(measured, "PARALLEL", False)
SHARE = {share}


def cost_gradient(w, b, X, Y):
    began = perf_counter_ns()
    answer = measured.cost_gradient(w, b, X, Y)
    ended = perf_counter_ns()
    until = ended + SHARE * (ended - began)
    while perf_counter_ns() < until:
        pass
    return answer
'''
# Busy for 20 to 300 ms, then idle for as long, as neighbours are.
_BUSY = """
import random, sys, time
rng = random.Random(int(sys.argv[1]))
while True:
    until = time.monotonic() + rng.uniform(0.02, 0.3)
    while time.monotonic() < until:
        pass
    time.sleep(rng.uniform(0.02, 0.3))
"""


_NOTHING = Decision(Verdict.INCONCLUSIVE, Estimate(nan, nan, nan), 0)


class TrialError(UserError):
    """A variant or a tool failed, so the trial has no result."""


def cells() -> tuple[Cell, ...]:
    threads = machine.cores()
    return tuple(Cell("cost_gradient", "synthetic", *size, threads=threads) for size in SIZES)


def write_variant(folder: Path, share: float) -> Path:
    """A file of the implementation with a busy-wait of this share of each call."""
    path = folder / f"wait{round(100 * share):02}.py"
    text = _CODE.format(name=IMPLEMENTATION, percent=f"{share:.0%}", share=share)
    path.write_text(text, encoding="utf-8")
    return path


@contextmanager
def busy_core(seed: int) -> Iterator[None]:
    """Another process keeps one core busy, on and off."""
    process = subprocess.Popen([sys.executable, "-c", _BUSY, str(seed)])
    try:
        yield
    finally:
        process.kill()
        process.wait()


@dataclass(eq=False)
class TrialRunner:
    """Runs trials. The gate examines each variant once, in the first trial that has it."""

    folder: Path
    examinations: dict[str, Examination] = field(default_factory=dict)

    def run(self, shares: Sequence[float], loaded: bool, seed: int, threshold: float) -> list[dict]:
        """The base against heads with these shares of time added, in every cell: a row for each."""
        heads = {f"variant@wait{round(100 * share):02}": share for share in shares}
        shares_of = {_BASE: 0.0, **heads}
        paths = {name: write_variant(self.folder, share) for name, share in shares_of.items()}
        bases = dict.fromkeys(heads, _BASE)
        test = SequentialTest(beside(bases), threshold)
        examinations = {n: e for n, e in self.examinations.items() if n in paths}
        plan = plan_of(test.allocate, bases, cells(), paths, _BUDGET_S, seed)
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
        pairs = [Pair(cell, _BASE, head) for cell in cells() for head in heads]
        rounds = rounds_of_samples(recorder.samples)
        # A pair that was never undisturbed in one process is undecided too.
        decisions = dict.fromkeys(pairs, _NOTHING) | test.decide(rounds, pairs, scheduler.sets)
        spent_ns = spent_ns_of(recorder.samples)
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
                "measured_s": sum(spent_ns[pair.cell, side] for side in pair[1:]) / 1e9,
                "wall_s": wall_s / len(pairs),
                # Head over base in each pair of processes, for the coverage of the intervals.
                "process_ratios": " ".join(f"{ratio:.5f}" for ratio in ratios[pair]),
            }
            for pair, decision in decisions.items()
        ]
