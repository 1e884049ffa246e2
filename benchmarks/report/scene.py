"""The part of a run that a view shows: one operation, or one operation in one setting, or all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from benchmarks import format
from benchmarks.report.data import SETTING, Cell, Data

CHOICE = ["operation", *SETTING]


@dataclass(frozen=True, eq=False)
class Scene:
    """A run narrowed to a choice: its results and winners with those values of CHOICE.

    `choice` has all of CHOICE on the page, the operation alone in a picture, and is empty for
    the whole run.
    """

    data: Data
    choice: tuple
    results: pd.DataFrame
    winners: pd.DataFrame

    @property
    def key(self) -> str:
        return "|".join(map(str, self.choice))

    @property
    def has_one_setting(self) -> bool:
        return len(self.choice) == len(CHOICE)

    @property
    def measured(self) -> pd.DataFrame:
        return self.results.dropna(subset="median_ns")

    def label(self, cell: Cell) -> str:
        """The cell's size and data, and its setting where the scene has several."""
        if not self.has_one_setting:
            return self.data.label(cell)
        _, data, n_x, m, *_ = cell
        return format.size_of_data(n_x, m, data)


def setting_name(*choice: Any) -> str:
    """The values of CHOICE in words: cost_gradient, float64, C order, 2 threads, cold caches."""
    operation, dtype, order, threads, cache = choice
    words = [operation, dtype, f"{order} order", format.count(threads, "thread")]
    return ", ".join([*words, *format.caches(cache)])


def whole(data: Data) -> Scene:
    return Scene(data, (), data.results, data.winners)


def by_setting(data: Data) -> list[Scene]:
    """A scene for each choice on the page that the run has results for."""
    return _scenes(data, CHOICE)


def by_operation(data: Data) -> list[Scene]:
    """A scene for each operation, the run's main one first."""
    main = data.operation()
    return sorted(_scenes(data, CHOICE[:1]), key=lambda scene: scene.choice != (main,))


def _scenes(data: Data, keys: list[str]) -> list[Scene]:
    winners = dict(iter(data.winners.groupby(keys)))
    none = data.winners.head(0)
    return [
        Scene(data, choice, results, winners.get(choice, none))
        for choice, results in data.results.groupby(keys)
    ]


def choices(runs: Iterable[Data]) -> list[dict[str, object]]:
    """For each part of a choice its name, its options and which one is chosen first."""
    runs = list(runs)
    parts = []
    for k, name in enumerate(CHOICE):
        options: Sequence = sorted({option for data in runs for option in data.results[name]})
        # The run's main operation in its usual setting, if anything was timed.
        usual = ((data.operation(), *data.setting) for data in runs if not data.measured.empty)
        chosen = next((choice[k] for choice in usual), None)
        parts.append({"name": name, "options": options, "chosen": chosen})
    return parts
