"""Which implementation is fastest where, over both n_x and m?

Decimal sizes, since at powers of two all rows of X compete for the same few sets of a cache.
"""

from benchmarks.problem.workloads import Size

DEFAULT = True
PLACE = 50


def sizes() -> list[Size]:
    sizes = [(n_x, m) for n_x in (2, 10, 100, 1000) for m in (10, 100, 1000, 10_000, 100_000)]
    return [Size("cost_gradient", n_x, m) for n_x, m in sizes if n_x * m <= 10_000_000]
