"""The crossovers, where two implementations change places, as rows of plain text."""

from collections.abc import Mapping
from typing import Any

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.report.tables import Rows

NOTE = (
    "Each of the two is certainly the faster at some size on its own side. Between two measured "
    "sizes, time is taken for a power of the size, or for an overhead and a slope: the interval "
    "has both."
)


def rows(data: Data) -> tuple[Rows, Rows]:
    """The crossovers of two that are both first or second somewhere on the line; the others."""
    leading: Rows = []
    behind: Rows = []
    for crossover, leads in zip(data.crossovers.to_dict("records"), data.leading, strict=True):
        (leading if leads else behind).append(_row(data, crossover))
    return leading, behind


def _row(data: Data, crossover: Mapping[Any, Any]) -> dict[str, str]:
    size, low, high = (
        format.rounded(crossover[name]) for name in ("size", "size_low", "size_high")
    )
    return {
        "along": data.line(crossover),
        "crossover": f"{crossover['along']} = {size} [{low}, {high}]",
        "faster below": crossover["faster_below"],
        "faster above": crossover["faster_above"],
    }
