"""Has a change made a step slower? A tiny size, two that fit the caches, one that does not."""

from benchmarks.problem.workloads import Size

PLACE = 80


def sizes() -> list[Size]:
    sizes = ((16, 256), (100, 1000), (1000, 1000), (1000, 20_000))
    return [Size("cost_gradient", n_x, m) for n_x, m in sizes]
