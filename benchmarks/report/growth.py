"""Growth of time along lines of sizes, with predictions, and crossovers, as rows of plain text."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from benchmarks import format
from benchmarks.report.data import LINE, Data
from benchmarks.report.tables import Rows

_WIDE = 10.0  # a prediction whose ends are further apart than this ratio is told by its ends alone

GROWTH = (
    "The law is t = overhead + a · size^exponent. The exponent is fitted to the sizes from which "
    "on the overhead is less than half of a call. A prediction is for ten times the largest "
    "measured size. It is no measurement; its brackets are its 95% prediction interval. Where "
    "that is wide, only its ends are given."
)
CROSSOVERS = (
    "Each of the two is certainly the faster at some size on its own side. Between two measured "
    "sizes, time is taken for a power of the size, or for an overhead and a slope: the interval "
    "has both."
)


class Line(NamedTuple):
    """The laws along one line of sizes, whose `name` is m at n_x = 100."""

    name: str
    rows: Rows


def lines(data: Data) -> tuple[list[Line], list[Line]]:
    """For each size that grows, the line whose laws rest on most; and all the other lines."""
    tables = [table for _, table in data.growth.groupby(LINE)]
    tables.sort(key=lambda table: -table["sizes"].sum())
    leading: dict[str, Line] = {}
    rest = []
    for table in tables:
        along, line = table["along"].iloc[0], _line(data, table)
        if leading.setdefault(along, line) is not line:
            rest.append(line)
    return list(leading.values()), rest


def _line(data: Data, table: pd.DataFrame) -> Line:
    """One line; most were predicted at the same size, and the others say theirs."""
    along, further = table["along"].iloc[0], table["predicted_size"].max()
    at = f" at {along} = {format.count(further)}" if format.known(further) else ""
    rows = [
        {
            "implementation": str(row["implementation"]),
            "grows as": _power(row),
            f"from {along} =": format.count(row["since"]) if format.known(row["since"]) else "",
            "overhead of a call": format.time(row["overhead_ns"]),
            f"predicted{at} (not measured)": _prediction(row, further),
        }
        for row in table.to_dict("records")
    ]
    return Line(data.line(table.iloc[0].to_dict()), rows)


def _power(row: Mapping[Any, Any]) -> str:
    if not format.known(row["exponent"]):
        return "too few sizes past the overhead"
    interval = f"[{row['exponent_low']:.2f}, {row['exponent_high']:.2f}]"
    return f"{row['along']}^{row['exponent']:.2f} {interval}"


def _prediction(row: Mapping[Any, Any], usual: float) -> str:
    """The time with its prediction interval, and its size where that is not the usual one."""
    if not format.known(row["predicted_ns"]):
        return ""
    ns, low, high = (row[f"predicted_{end}ns"] for end in ("", "low_", "high_"))
    time = format.time_interval(ns, low, high)
    if high > _WIDE * low:
        time = f"{format.time(low)} to {format.time(high)}"
    elsewhere = f" at {row['along']} = {format.count(row['predicted_size'])}"
    return time if row["predicted_size"] == usual else time + elsewhere


def crossovers(data: Data) -> tuple[Rows, Rows]:
    """Those of two that are both first or second somewhere on the line; and all the others."""
    leading: Rows = []
    behind: Rows = []
    for crossover, leads in zip(data.crossovers.to_dict("records"), data.leading, strict=True):
        ends = ("size", "size_low", "size_high")
        size, low, high = (format.rounded(crossover[name]) for name in ends)
        row = {
            "along": data.line(crossover),
            "crossover": f"{crossover['along']} = {size} [{low}, {high}]",
            "faster below": crossover["faster_below"],
            "faster above": crossover["faster_above"],
        }
        (leading if leads else behind).append(row)
    return leading, behind
