"""Base and head to a verdict in every cell: two revisions raced side by side, or two runs."""

from benchmarks.compare.paired import plan_of, race
from benchmarks.compare.revisions import CompareError, Side, changes, checked_out
from benchmarks.compare.runs import between
from benchmarks.compare.sequential_test import LEAST, MOST, Judgement, Pair, Referee
from benchmarks.compare.table import COLUMNS, Comparison, markdown, rows, slower

__all__ = [
    "COLUMNS",
    "LEAST",
    "MOST",
    "CompareError",
    "Comparison",
    "Judgement",
    "Pair",
    "Referee",
    "Side",
    "between",
    "changes",
    "checked_out",
    "markdown",
    "plan_of",
    "race",
    "rows",
    "slower",
]
