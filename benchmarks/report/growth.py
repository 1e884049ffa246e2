"""How time grows along each line of sizes, and what that foretells, as rows of plain text."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from benchmarks import format
from benchmarks.report.data import LINE, Data
from benchmarks.report.tables import Rows

_WIDE = 10.0  # a prediction whose interval ends are further apart has no middle worth a word


class Line(NamedTuple):
    """The laws along one line of sizes, whose `name` is m at n_x = 100."""

    name: str
    rows: Rows


def lines(data: Data) -> tuple[list[Line], list[Line]]:
    """For each size that grows, the line whose laws rest on most; and all the other lines."""
    groups = [own for _, own in data.growth.groupby(LINE)]
    groups.sort(key=lambda own: -own["sizes"].sum())
    first = {own["along"].iloc[0]: own for own in reversed(groups)}
    leading = [own for own in groups if own is first[own["along"].iloc[0]]]
    others = [own for own in groups if own is not first[own["along"].iloc[0]]]
    return [_line(data, own) for own in leading], [_line(data, own) for own in others]


def _line(data: Data, own: pd.DataFrame) -> Line:
    """One line; most were predicted at the same size, and the others say theirs."""
    along, further = own["along"].iloc[0], own["predicted_size"].max()
    at = f" at {along} = {format.count(further)}" if format.known(further) else ""
    rows = [
        {
            "implementation": str(row["implementation"]),
            "grows as": _power(row),
            f"from {along} =": format.count(row["since"]) if format.known(row["since"]) else "",
            "overhead of a call": format.time(row["overhead_ns"]),
            f"predicted{at} (not measured)": _prediction(row, further),
        }
        for row in own.to_dict("records")
    ]
    return Line(data.line(own.iloc[0].to_dict()), rows)


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
    said = format.time_interval(ns, low, high)
    if high > _WIDE * low:
        said = f"{format.time(low)} to {format.time(high)}"
    elsewhere = f" at {row['along']} = {format.count(row['predicted_size'])}"
    return said if row["predicted_size"] == usual else said + elsewhere
