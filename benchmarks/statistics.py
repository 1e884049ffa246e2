"""Samples to medians, intervals and speedups. Always computed from the samples, never kept instead.

The process is the replicate: an estimate is the median over processes of the median over rounds,
and an interval comes from drawing processes anew, then rounds within them (Kalibera and Jones 2013).
"""

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.cost_model import predict_ns
from benchmarks.operations import operations
from benchmarks.records import KEY, Status
from benchmarks.store import CELL, Run, ok

INDISTINGUISHABLE = 0.02  # a difference below this is no win, whatever its interval (method.md, 14)
_DRAWS = 1000


class Estimate(NamedTuple):
    """A value with its 95% interval."""

    value: float
    low: float
    high: float


def estimate(processes: Sequence[np.ndarray], seed: int = 0) -> Estimate:
    """The median over processes of the median over rounds, with a bootstrap interval.

    `processes` holds one array of rounds for each process.
    """
    rng = np.random.default_rng(seed)
    value = np.median([np.median(rounds) for rounds in processes])
    medians = np.empty((_DRAWS, len(processes)))
    for p, rounds in enumerate(processes):
        drawn = rng.integers(len(rounds), size=(_DRAWS, len(rounds)))
        medians[:, p] = np.median(rounds[drawn], axis=1)
    drawn = rng.integers(len(processes), size=medians.shape)
    low, high = np.quantile(
        np.median(np.take_along_axis(medians, drawn, axis=1), axis=1), [0.025, 0.975]
    )
    return Estimate(float(value), float(low), float(high))


def per_call(samples: pd.DataFrame) -> pd.DataFrame:
    """The samples with a column `call_ns`, the time of one call."""
    return samples.assign(call_ns=samples["elapsed_ns"] / samples["loops"])


def _by_process(values: pd.Series, process: pd.Series) -> list[np.ndarray]:
    return [group.to_numpy() for _, group in values.groupby(process)]


def speedup(samples: pd.DataFrame, implementation: str, baseline: str) -> Estimate | None:
    """How many times faster than the baseline, paired by round; None where they share no round.

    `samples` are those of one cell, with `call_ns`. Machine drift is common to both sides of a
    round, and cancels.
    """
    rounds = ["process", "round"]
    sides = [
        samples[samples["implementation"] == name].set_index(rounds)["call_ns"]
        for name in (implementation, baseline)
    ]
    ratios = (sides[1] / sides[0]).dropna().rename("ratio").reset_index()
    if ratios.empty:
        return None
    logs = estimate(_by_process(ratios["ratio"].apply(np.log), ratios["process"]))
    return Estimate(*(float(np.exp(value)) for value in logs))


def geometric_mean(ratios: Sequence[float]) -> float:
    return float(np.exp(np.mean(np.log(ratios))))


def cells_of(samples: pd.DataFrame) -> Iterator[tuple[tuple[Hashable, ...], pd.DataFrame]]:
    """Each cell's key and its samples, with `call_ns`."""
    yield from per_call(samples).groupby(CELL, sort=False)


def summary(run: Run) -> pd.DataFrame:
    """summary.csv: one row per implementation and cell; blank where nothing was measured."""
    baseline = run.about.get("baseline", "")
    measured = ok(run.cells).set_index(KEY_LIST).index
    rows = []
    for cell, samples in cells_of(run.samples):
        for name, own in samples.groupby("implementation", sort=False):
            key = (name, *cell)
            if key in measured:
                rows.append(dict(zip(KEY, key, strict=True)) | _row(samples, own, name, baseline))
    table = pd.DataFrame(rows, columns=[*KEY, *COLUMNS])
    return run.cells[KEY_LIST].merge(table, on=KEY_LIST, how="left")


def _row(samples: pd.DataFrame, own: pd.DataFrame, name, baseline: str) -> dict:
    time = estimate(_by_process(own["call_ns"], own["process"]))
    faster = speedup(samples, name, baseline)
    return {
        "samples": len(own),
        "processes": own["process"].nunique(),
        "median_ns": time.value,
        "ci_low_ns": time.low,
        "ci_high_ns": time.high,
        "min_ns": own["call_ns"].min(),
        "baseline": baseline if faster else None,
        "speedup": faster.value if faster else None,
        "speedup_low": faster.low if faster else None,
        "speedup_high": faster.high if faster else None,
    }


def winners(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """The fastest implementation of each cell, how it stands to the next, and whether they tie.

    `table` is the summary. `lead` is how many times faster than the second, with its interval; it is
    a tie where the interval reaches below 1.02 (1 + INDISTINGUISHABLE).
    """
    rows = []
    samples_of = dict(cells_of(run.samples))
    for cell, group in table.dropna(subset="median_ns").groupby(CELL, sort=False):
        ranked = group.sort_values("median_ns")
        first = ranked.iloc[0]
        row = {**dict(zip(CELL, cell, strict=True)), "winner": first["implementation"]}
        row |= {"median_ns": first["median_ns"], "second": None, "lead": None, "tie": False}
        if len(ranked) > 1:
            second = ranked.iloc[1]["implementation"]
            lead = speedup(samples_of[cell], first["implementation"], second)
            if lead:
                row |= {"second": second, "lead": lead.value, "lead_low": lead.low}
                row |= {"lead_high": lead.high, "tie": lead.low < 1 + INDISTINGUISHABLE}
        rows.append(row)
    names = ["winner", "median_ns", "second", "lead", "lead_low", "lead_high", "tie"]
    return pd.DataFrame(rows, columns=[*CELL, *names])


def predictions(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """For each cell that was skipped, `predicted_ns` from the measured cells of less work."""
    rows = []
    skipped = run.cells[run.cells["status"] == Status.SKIPPED]
    for _, cell in skipped[skipped["operation"].isin(list(operations()))].iterrows():
        alike = table["implementation"] == cell["implementation"]
        for name in ("operation", "dtype", "order", "threads"):
            alike &= table[name] == cell[name]
        known = table[alike].dropna(subset="median_ns")
        sizes = [size_of(cell["operation"], *size) for size in known[["n_x", "m"]].to_numpy()]
        wanted = size_of(cell["operation"], cell["n_x"], cell["m"])
        time_ns = predict_ns(sizes, known["median_ns"].tolist(), wanted)
        rows.append({**cell[KEY_LIST].to_dict(), "predicted_ns": time_ns})
    return pd.DataFrame(rows, columns=[*KEY, "predicted_ns"])


def size_of(operation: str, n_x: int, m: int) -> tuple[float, float]:
    """What the cost model predicts from: m and the work."""
    return float(m), work_of(operation, n_x, m)


def work_of(operation: str, n_x: int, m: int) -> float:
    """The work that a call's time is taken to grow with: numbers touched and flops."""
    demand = operations()[operation].demand(int(n_x), int(m))
    return demand.read + demand.written + demand.flops + 10 * demand.transcendentals


KEY_LIST = list(KEY)
COLUMNS = [
    *("samples", "processes", "median_ns", "ci_low_ns", "ci_high_ns", "min_ns"),
    *("baseline", "speedup", "speedup_low", "speedup_high", "limit_ns", "fraction_of_limit"),
]
