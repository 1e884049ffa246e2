"""Does the method hold on this machine? Identical code, and code that is slower by a known share, is
compared by `compare`, pytest-benchmark and pyperf in one experiment."""
