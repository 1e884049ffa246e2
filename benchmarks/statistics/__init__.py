"""Samples to medians, intervals, speedups, growth, crossovers and verdicts.

Always computed from the samples, never kept in their place.
"""

from benchmarks.statistics.crossovers import crossovers
from benchmarks.statistics.estimates import (
    MIN_PROCESSES,
    Estimate,
    coverage,
    estimate,
    estimates,
    geometric_mean,
    unpaired,
)
from benchmarks.statistics.growth import growth
from benchmarks.statistics.noise import INDISTINGUISHABLE, floors, relative_half_width
from benchmarks.statistics.prediction import predictions, size_of, work_of
from benchmarks.statistics.rounds import (
    Rounds,
    logs,
    rounds_of,
    rounds_of_samples,
    rounds_of_table,
    times,
)
from benchmarks.statistics.summary import KEY_LIST, summary
from benchmarks.statistics.verdicts import RatioEstimate, Verdict, verdicts
from benchmarks.statistics.winners import winners

__all__ = [
    "INDISTINGUISHABLE",
    "KEY_LIST",
    "MIN_PROCESSES",
    "Estimate",
    "RatioEstimate",
    "Rounds",
    "Verdict",
    "coverage",
    "crossovers",
    "estimate",
    "estimates",
    "floors",
    "geometric_mean",
    "growth",
    "logs",
    "predictions",
    "relative_half_width",
    "rounds_of",
    "rounds_of_samples",
    "rounds_of_table",
    "size_of",
    "summary",
    "times",
    "unpaired",
    "verdicts",
    "winners",
    "work_of",
]
