"""Where two implementations change places, as rows of plain text."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from benchmarks.report import human
from benchmarks.report.data import LINE, Data
from benchmarks.report.tables import Rows
from benchmarks.statistics.growth import SIZES


def rows(data: Data) -> tuple[Rows, Rows]:
    """The changes between two that are both first or second somewhere on the line; the others."""
    leading: Rows = []
    others: Rows = []
    leaders = _leaders(data)
    for change in data.crossovers.to_dict("records"):
        both = {change["faster_below"], change["faster_above"]}
        line = tuple(change[key] for key in LINE)
        (leading if both <= leaders[line] else others).append(_row(data, change))
    return leading, others


def _leaders(data: Data) -> dict[tuple[Any, ...], set[str]]:
    """Of each line, by the values of LINE, who is the fastest or the second at any size of it."""
    found: defaultdict[tuple[Any, ...], set[str]] = defaultdict(set)
    for cell in data.winners.to_dict("records"):
        for along, fixed in SIZES.items():
            line = cell | {"along": along, "at": cell[fixed]}
            found[tuple(line[key] for key in LINE)] |= {cell["winner"], cell["second"]}
    return found


def _row(data: Data, change: Mapping[Any, Any]) -> dict[str, str]:
    size, low, high = (human.rounded(change[name]) for name in ("size", "size_low", "size_high"))
    return {
        "along": data.line(change),
        "they change places at": f"{change['along']} = {size} [{low}, {high}]",
        "below it the faster is": change["faster_below"],
        "above it": change["faster_above"],
    }
