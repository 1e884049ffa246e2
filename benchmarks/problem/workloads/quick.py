"""In half a minute: the lesson's headline, and how a step's time grows with m."""

from benchmarks.problem.workloads import Size

PLACE = 70
ESSENTIAL = True


def sizes() -> list[Size]:
    steps = [Size("cost_gradient", 100, m) for m in (10, 100, 1000, 10_000)]
    return [Size("dot", 1_000_000, 1), *steps]
