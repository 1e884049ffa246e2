"""Where two implementations change places, as rows of plain text."""

from collections.abc import Mapping
from typing import Any

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.report.tables import Rows


def rows(data: Data) -> tuple[Rows, Rows]:
    """The changes between two that are both first or second somewhere on the line; the others."""
    leading: Rows = []
    others: Rows = []
    for change, leads in zip(data.crossovers.to_dict("records"), data.leading, strict=True):
        (leading if leads else others).append(_row(data, change))
    return leading, others


def _row(data: Data, change: Mapping[Any, Any]) -> dict[str, str]:
    size, low, high = (format.rounded(change[name]) for name in ("size", "size_low", "size_high"))
    return {
        "along": data.line(change),
        "they change places at": f"{change['along']} = {size} [{low}, {high}]",
        "below it the faster is": change["faster_below"],
        "above it": change["faster_above"],
    }
