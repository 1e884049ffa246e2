"""At a fixed m, how does time grow with n_x?"""

from benchmarks.problem.workloads import Size

DEFAULT = True
PLACE = 40


def sizes() -> list[Size]:
    sizes = (2, 10, 30, 100, 300, 1000, 3000, 10_000)
    return [Size("cost_gradient", n_x, 1000) for n_x in sizes]
