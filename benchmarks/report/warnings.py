"""What was odd about the times of some cells, in the words of their warnings."""

import re

import pandas as pd

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.report.tables import Rows
from benchmarks.results.store import CELL
from benchmarks.results.warnings import amount_of, kind_of, split

_NAMED = 3  # pairs, before the rest is only counted


def rows(data: Data) -> Rows:
    """A row for each kind of warning: on how many pairs, which, and the worst in its own words."""
    said = data.measured.assign(said=data.measured["warnings"].map(split)).explode("said")
    said = said.dropna(subset="said")
    said = said.assign(kind=said["said"].map(kind_of), badness=said["said"].map(_badness))
    said = said.sort_values("badness", ascending=False, kind="stable")
    return [
        {
            "warning": str(kind),
            "pairs": f"{format.count(len(own))} of {format.count(len(data.measured))}",
            "which, the worst first": _which(data, own),
            "the worst": amount_of(own["said"].iloc[0]),
        }
        for kind, own in said.groupby("kind")
    ]


def _badness(said: str) -> float:
    """The first number of a warning, which says how bad it is; 0 where it has none."""
    found = re.search(r"\d+(\.\d+)?", said)
    return float(found[0]) if found else 0.0


def _which(data: Data, own: pd.DataFrame) -> str:
    pairs = [
        f"{row['implementation']} at {data.label(tuple(row[key] for key in CELL))}"
        for row in own.head(_NAMED).to_dict("records")
    ]
    more = [format.count(len(own) - _NAMED, "other")] if len(own) > _NAMED else []
    return format.listing([*pairs, *more])
