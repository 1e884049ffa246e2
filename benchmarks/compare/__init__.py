"""Base and head to a verdict in every cell: two revisions raced side by side, or two runs."""

from benchmarks.compare.paired import plan_of, race
from benchmarks.compare.revisions import CompareError, checked_out
from benchmarks.compare.runs import compare_runs
from benchmarks.compare.sequential_test import Pair, SequentialTest
from benchmarks.compare.table import Comparison, markdown, rows, slower

__all__ = [
    "CompareError",
    "Comparison",
    "Pair",
    "SequentialTest",
    "checked_out",
    "compare_runs",
    "markdown",
    "plan_of",
    "race",
    "rows",
    "slower",
]
