"""Each cell's samples, cut out of the table of all when they are asked for."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from benchmarks.results.store import CELL
from benchmarks.statistics.intervals import per_call


class ByCell(Mapping[tuple[Any, ...], pd.DataFrame]):
    """The samples of each cell, with `call_ns`, by its key: the values of the columns CELL."""

    def __init__(self, samples: pd.DataFrame) -> None:
        self._table = per_call(samples)
        self._places: Mapping[Any, Any]
        self._places = self._table.groupby(CELL, sort=False, observed=True).indices

    def __getitem__(self, cell: tuple[Any, ...]) -> pd.DataFrame:
        return self._table.iloc[self._places[cell]]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
