"""What a reader may choose to look at: an operation, a dtype, an order and a number of threads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from benchmarks import format
from benchmarks.report.data import SETTING, Data

VIEW = ["operation", *SETTING]


@dataclass(frozen=True, eq=False)
class Scene:
    """A run as one choice shows it: its results and winners with that operation and setting.

    The whole run is a scene too, whose `view` is empty.
    """

    data: Data
    view: tuple
    results: pd.DataFrame
    winners: pd.DataFrame

    @property
    def key(self) -> str:
        return "|".join(map(str, self.view))

    @property
    def measured(self) -> pd.DataFrame:
        return self.results.dropna(subset="median_ns")

    def said(self) -> str:
        """cost_gradient, float64, C order, 2 threads."""
        operation, dtype, order, threads = self.view
        return f"{operation}, {dtype}, {order} order, {format.count(threads, 'thread')}"


def scenes(data: Data) -> Iterator[Scene]:
    """Every choice that the run has results for."""
    winners = dict(iter(data.winners.groupby(VIEW)))
    for view, results in data.results.groupby(VIEW):
        yield Scene(data, view, results, winners.get(view, data.winners.head(0)))


def choices(runs: Iterable[Data]) -> list[dict[str, object]]:
    """For each part of a choice its name, its options and which one is chosen first."""
    runs = list(runs)
    found = []
    for k, name in enumerate(VIEW):
        options: Sequence = sorted({option for data in runs for option in data.results[name]})
        chosen = next((view[k] for data in runs if (view := _usual(data))), None)
        found.append({"name": name, "options": options, "chosen": chosen})
    return found


def _usual(data: Data) -> tuple:
    """What a page shows first: the run's main operation in its usual setting, if anything was timed."""
    return () if data.measured.empty else (data.operation(), *data.setting)
