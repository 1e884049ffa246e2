"""The warnings on the times of cells: on how many, how bad at worst, and what to do about them."""

import re

import pandas as pd

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.report.tables import Rows
from benchmarks.results.store import CELL
from benchmarks.results.warnings import KINDS, amount_of, kind_of, split

_MAX_NAMED = 3  # pairs, before the rest is only counted


def rows(data: Data) -> Rows:
    """A row for each kind of warning: on how many pairs, which, the worst, and the remedy."""
    table = data.measured.assign(warning=data.measured["warnings"].map(split)).explode("warning")
    table = table.dropna(subset="warning")
    table = table.assign(
        kind=table["warning"].map(kind_of), badness=table["warning"].map(_badness)
    ).sort_values("badness", ascending=False, kind="stable")
    return [
        {
            "warning": str(kind),
            "pairs": f"{format.count(len(group))} of {format.count(len(data.measured))}",
            "which, the worst first": _which(data, group),
            "the worst": amount_of(group["warning"].iloc[0]),
            "what to do": _remedy(str(kind)),
        }
        for kind, group in table.groupby("kind")
    ]


def _remedy(kind: str) -> str:
    return KINDS[kind].remedy if kind in KINDS else ""


def _badness(warning: str) -> float:
    """The first number of a warning, which says how bad it is; 0 where it has none."""
    number = re.search(r"\d+(\.\d+)?", warning)
    return float(number[0]) if number else 0.0


def _which(data: Data, rows: pd.DataFrame) -> str:
    pairs = [
        f"{row['implementation']} at {data.label(tuple(row[key] for key in CELL))}"
        for row in rows.head(_MAX_NAMED).to_dict("records")
    ]
    more = [format.count(len(rows) - _MAX_NAMED, "other")] if len(rows) > _MAX_NAMED else []
    return format.listing([*pairs, *more])
