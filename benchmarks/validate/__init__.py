"""Does the method hold on this machine? Identical code, and code that is slower by a known share, is
compared by `compare`, pytest-benchmark and pyperf in one experiment."""

from benchmarks.validate.experiment import TRIALS, read, run
from benchmarks.validate.tables import markdown, tables
from benchmarks.validate.trial import TrialError

__all__ = ["TRIALS", "TrialError", "markdown", "read", "run", "tables"]
