"""Does the method hold on this machine? Code that is the same, and code that is slower by a known
share, put to `compare`, to pytest-benchmark and to pyperf in the same sitting."""

from benchmarks.validate.experiment import TRIALS, read, sit
from benchmarks.validate.tables import markdown, tables
from benchmarks.validate.trial import TrialError

__all__ = ["TRIALS", "TrialError", "markdown", "read", "sit", "tables"]
