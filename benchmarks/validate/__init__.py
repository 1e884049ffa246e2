"""Does the method hold on this machine? Code that is the same, and code that is slower by a known
share, put to `compare`, to pytest-benchmark and to pyperf in the same sitting."""

from benchmarks.validate.sitting import TRIALS, read, sit
from benchmarks.validate.trial import TrialError
from benchmarks.validate.verdicts import markdown, tables

__all__ = ["TRIALS", "TrialError", "markdown", "read", "sit", "tables"]
