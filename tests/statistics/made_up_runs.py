"""Runs whose times are known, and groups of processes by hand."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.results.records import Cell, Outcome, Sample, Status, columns, row
from benchmarks.results.store import Run
from benchmarks.statistics.estimates import Estimate, estimate
from benchmarks.statistics.groups import Groups

CELL = Cell("cost_gradient", "synthetic", 64, 209)
PROCESSES, ROUNDS, LOOPS = 3, 5, 10

Time = Callable[[int, int], float]  # of a call in nanoseconds, in a process and a round


def run_of(
    times: Mapping[tuple[str, Cell], Time | Status],
    baseline: str = "slow",
    rounds: int = ROUNDS,
    processes: int = PROCESSES,
) -> Run:
    """A run in which each implementation takes in each cell the time given, or ends as it says."""
    cells, samples = [], []
    for (name, cell), time in times.items():
        if isinstance(time, Status):
            cells.append(Outcome(name, cell, time, "a reason"))
            continue
        cells.append(Outcome(name, cell, Status.OK))
        samples += [
            Sample(name, cell, p, r, LOOPS, round(LOOPS * time(p, r)))
            for p in range(processes)
            for r in range(rounds)
        ]
    about = {"baseline": baseline}
    return Run(Path(), about, table_of(Outcome, cells), table_of(Sample, samples))


def table_of(record: type, records: Sequence[Outcome | Sample]) -> pd.DataFrame:
    return pd.DataFrame([row(each) for each in records], columns=columns(record))


def always(ns: float) -> Time:
    return lambda p, r: ns


def drifting(ns: float) -> Time:
    """The machine is at times 1024 times as slow, the same for all in a round."""
    return lambda p, r: ns * 2.0 ** ((7 * p + 3 * r) % 11)


def noisy(ns: float, seed: int, spread: float = 0.1) -> Time:
    factors = np.exp(np.random.default_rng(seed).normal(0, spread, (9, 50)))
    return lambda p, r: ns * factors[p, r]


def of(table: pd.DataFrame, name: str, cell: Cell = CELL) -> pd.Series:
    rows = (table["implementation"] == name) & (table["m"] == cell.m) & (table["n_x"] == cell.n_x)
    assert rows.sum() == 1
    return table[rows].iloc[0]


def grouped(groups: Sequence[Sequence[np.ndarray]]) -> Groups:
    """Groups from one array of rounds for each process of each group."""
    arrays = [process for group in groups for process in group]
    rounds = np.array([len(process) for process in arrays], dtype=int)
    values = np.concatenate(arrays) if arrays else np.empty(0)
    return Groups(values, rounds, np.array([len(group) for group in groups], dtype=int))


def estimate_of(processes: Sequence[np.ndarray]) -> Estimate:
    """The estimate of one group, from an array of rounds for each process."""
    return estimate(grouped([processes]))


def batch(values: np.ndarray) -> Groups:
    """Groups from an array of (groups, processes) or of (groups, processes, rounds)."""
    groups, processes = values.shape[:2]
    rounds = values.size // (groups * processes)
    return Groups(values.ravel(), np.full(groups * processes, rounds), np.full(groups, processes))
