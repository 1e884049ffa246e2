"""Samples to medians, intervals, speedups, growth, crossovers and verdicts.

Always computed from the samples, never kept in their place.
"""

from benchmarks.statistics.by_cell import ByCell
from benchmarks.statistics.crossovers import crossovers
from benchmarks.statistics.gathered import Gathered
from benchmarks.statistics.groups import outliers
from benchmarks.statistics.growth import growth
from benchmarks.statistics.intervals import (
    Estimate,
    centre,
    estimate,
    geometric_mean,
    per_call,
    unpaired,
)
from benchmarks.statistics.noise import INDISTINGUISHABLE, floors, reached
from benchmarks.statistics.prediction import predictions, size_of, work_of
from benchmarks.statistics.rounds import paired_logs, speedup
from benchmarks.statistics.summary import COLUMNS, KEY_LIST, cells_of, summary, times_of
from benchmarks.statistics.verdicts import Compared, Verdict, verdicts
from benchmarks.statistics.winners import winners

__all__ = [
    "COLUMNS",
    "INDISTINGUISHABLE",
    "KEY_LIST",
    "ByCell",
    "Compared",
    "Estimate",
    "Gathered",
    "Verdict",
    "cells_of",
    "centre",
    "crossovers",
    "estimate",
    "floors",
    "geometric_mean",
    "growth",
    "outliers",
    "paired_logs",
    "per_call",
    "predictions",
    "reached",
    "size_of",
    "speedup",
    "summary",
    "times_of",
    "unpaired",
    "verdicts",
    "winners",
    "work_of",
]
