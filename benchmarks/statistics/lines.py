"""Lines: the cells that differ in one size alone, along which times grow and leads change."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from benchmarks.results.records import KEY, SETTING, Cell, is_control

MIN_SIZES = 4
SIZES = {"m": "n_x", "n_x": "m"}  # the size that grows, and the one that stays
LINE = ["operation", "data", *SETTING]


class Line(NamedTuple):
    """The times of a call along a size.

    along      the size that grows, m or n_x
    at         the value of the other size
    key        the values of the columns LINE, by name
    times_ns   by implementation and size
    """

    along: str
    at: int
    key: Mapping[str, Any]
    times_ns: Mapping[str, Mapping[int, float]]

    def cell(self, size: int) -> Cell:
        return Cell(**{**self.key, self.along: size, SIZES[self.along]: self.at})


def lines(table: pd.DataFrame) -> Iterator[Line]:
    """All lines of at least four sizes in `table`, the summary. The A/A control is in none."""
    timed = table.loc[~is_control(table["implementation"]), [*KEY, "median_ns"]].dropna()
    for along, fixed in SIZES.items():
        for key, rows in timed.groupby([*LINE, fixed]):
            if rows[along].nunique() >= MIN_SIZES:
                times_ns: defaultdict[str, dict[int, float]] = defaultdict(dict)
                columns = (rows[name] for name in ("implementation", along, "median_ns"))
                for name, size, time_ns in zip(*columns, strict=True):
                    times_ns[name][size] = time_ns
                named = dict(zip(LINE, key, strict=False))
                yield Line(along, key[-1], named, dict(sorted(times_ns.items())))
