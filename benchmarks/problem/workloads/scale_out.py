"""What do more workers bring, on the same data and on data that grows with them?"""

from benchmarks.machine.describe import cores
from benchmarks.problem.workloads import Size

PLACE = 100


def sizes() -> list[Size]:
    """With one worker and with as many as there are cores: twice the m stands beside twice the workers."""
    workers = sorted({1, cores()})
    lengths = (10, 1000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
    grown = sorted({m * k for m in lengths for k in workers if m * k <= lengths[-1]})
    return [Size("cost_gradient", 100, m, order="F", threads=k) for m in grown for k in workers]
