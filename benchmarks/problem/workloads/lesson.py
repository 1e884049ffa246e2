"""What does vectorization buy in the lesson's own demonstrations, at the lesson's own sizes?"""

from benchmarks.problem.workloads import Size

DEFAULT = True
PLACE = 10
ESSENTIAL = True


def sizes() -> list[Size]:
    million = [Size(name, 1_000_000, 1) for name in ("dot", "exp", "log", "absolute", "relu")]
    return [
        *million,
        Size("matvec", 1000, 1000),
        Size("column_percentages", 3, 4),
        Size("cost_gradient", 2, 1000),
    ]
