"""Where two implementations change places, as rows of plain text."""

from collections.abc import Mapping
from typing import Any

from benchmarks.report import human
from benchmarks.report.data import SETTING, Data
from benchmarks.report.tables import Rows
from benchmarks.statistics.growth import SIZES


def rows(data: Data) -> tuple[Rows, Rows]:
    """The changes between two that are both first or second somewhere on the line; the others."""
    leading: Rows = []
    others: Rows = []
    for change in data.crossovers.to_dict("records"):
        both = {change["faster_below"], change["faster_above"]}
        (leading if both <= _leaders(data, change) else others).append(_row(data, change))
    return leading, others


def _leaders(data: Data, change: Mapping[Any, Any]) -> set[str]:
    """Who is the fastest or the second at any size of the line."""
    keys = ["operation", "data", *SETTING]
    wanted = [*(change[key] for key in keys), change["at"]]
    along = data.winners[[*keys, SIZES[change["along"]]]]
    own = data.winners[(along == wanted).all(axis=1)]
    return {*own["winner"], *own["second"].dropna()}


def _row(data: Data, change: Mapping[Any, Any]) -> dict[str, str]:
    size, low, high = (human.rounded(change[name]) for name in ("size", "size_low", "size_high"))
    return {
        "along": data.line(change),
        "they change places at": f"{change['along']} = {size} [{low}, {high}]",
        "below it the faster is": change["faster_below"],
        "above it": change["faster_above"],
    }
