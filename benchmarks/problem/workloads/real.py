"""Does it hold on real data: tumours (30 × 569) and photographs (12,288 × 209)?"""

from benchmarks.problem.workloads import Size

DEFAULT = True
PLACE = 60
ESSENTIAL = True


def sizes() -> list[Size]:
    return [Size("cost_gradient", None, None, name) for name in ("breast_cancer", "cat")]
