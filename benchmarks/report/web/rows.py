"""Every implementation in every cell, as the rows of the page's table that sorts and filters.

Each column has its texts, and the numbers that it sorts by where it sorts by numbers.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from operator import itemgetter
from typing import Any

import numpy as np

from benchmarks import format
from benchmarks.report.data import Data, errors
from benchmarks.results.store import CELL

_DIGITS = 5
_SHOWN_IF_VARIED = ("run", "data", "dtype", "order", "threads", "cache")

Row = Mapping[Any, Any]


def _number(name: str, form: Callable[[float], str]) -> Callable[[Row], str]:
    """Blank where it is missing."""
    return lambda row: form(row[name]) if format.known(row[name]) else ""


def _time(row: Row) -> str:
    if not format.known(row["median_ns"]) and format.known(row["predicted_ns"]):
        return f"about {format.time(row['predicted_ns'])}, predicted"
    return format.time_interval(row["median_ns"], row["ci_low_ns"], row["ci_high_ns"])


def _speedup(row: Row) -> str:
    if not format.known(row["speedup"]):
        return ""
    if row["speedup_low"] == row["speedup_high"] == 1:
        return "the baseline"
    return format.ratio_interval(row["speedup"], row["speedup_low"], row["speedup_high"])


# Each heading, the text below it, and the number that it sorts by.
_COLUMNS: dict[str, tuple[Callable[[Row], str], str]] = {
    **{name: (itemgetter(name), "") for name in ("run", "implementation", "operation", "data")},
    **{name: (_number(name, format.count), name) for name in ("n_x", "m")},
    **{name: (itemgetter(name), "") for name in ("dtype", "order")},
    "threads": (_number("threads", format.count), "threads"),
    "cache": (itemgetter("cache"), ""),
    "status": (lambda row: row["status"].replace("_", " "), ""),
    "time of a call": (_time, "median_ns"),
    "speedup": (_speedup, "speedup"),
    "of the limit": (_number("fraction_of_limit", format.percent), "fraction_of_limit"),
    "error / bound": (_number("share", format.significant), "share"),
    "memory above the data": (_number("extra_bytes", format.memory), "extra_bytes"),
    "noise floor": (_number("floor", format.percent), "floor"),
    "outliers": (_number("outliers", format.count), "outliers"),
    "disturbed": (_number("disturbed", format.count), "disturbed"),
    "samples": (_number("samples", format.count), "samples"),
    "warnings, reasons": (
        lambda row: "; ".join(filter(None, map(row.get, ("warnings", "reason")))),
        "",
    ),
}


def of(runs: Mapping[str, Data]) -> dict[str, Any]:
    """The columns of all runs' rows, each run's in the order of `results`; `starts` has its first."""
    rows = [row for name, data in runs.items() for row in _rows(name, data)]
    sizes = [len(data.results) for data in runs.values()]
    columns = [_column(heading, rows) for heading in _COLUMNS]
    return {"starts": list(accumulate(sizes[:-1], initial=0)), "columns": columns}


def _rows(name: str, data: Data) -> Iterable[Row]:
    """A run's results; `share` is the error over its bound, `floor` the cell's noise floor."""
    rows = data.results.assign(run=name, share=errors(data.results)["share"])
    yield from rows.join(data.floors.rename("floor"), on=CELL).to_dict("records")


def _column(heading: str, rows: list[Row]) -> dict[str, Any]:
    text, number = _COLUMNS[heading]
    texts = [text(row) for row in rows]
    shown = heading not in _SHOWN_IF_VARIED or len(set(texts)) > 1
    column: dict[str, Any] = {"name": heading, "shown": shown, "text": texts}
    if number:
        numbers = (row[number] for row in rows)
        column["number"] = [_plain(value) if np.isfinite(value) else None for value in numbers]
    return column


def _plain(number: float) -> float:
    number = number if isinstance(number, int) else float(f"{number:.{_DIGITS}g}")
    return int(number) if number == int(number) else number
