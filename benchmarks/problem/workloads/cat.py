"""How long is one look, and one step, at the lesson's picture problem, 12,288 × 209?"""

from benchmarks.problem.workloads import Size

DEFAULT = True
PLACE = 20
ESSENTIAL = True


def sizes() -> list[Size]:
    return [Size("forward", None, None, "cat"), Size("cost_gradient", None, None, "cat")]
