"""At a fixed n_x, how does time grow with m?"""

from benchmarks.problem.workloads import Size

DEFAULT = True
PLACE = 30


def sizes() -> list[Size]:
    sizes = (10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000)
    return [Size("cost_gradient", 100, m) for m in sizes]
