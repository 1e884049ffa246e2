"""What do more workers bring, on the same data and on data that grows with them?"""

from benchmarks.problem.workloads import Size

PLACE = 100


def sizes() -> list[Size]:
    """With one worker and with as many as there are cores; m doubles, so twice the data is there too."""
    lengths = (10, *(1000 * 2**k for k in range(11)))
    workers = (1, None)
    return [Size("cost_gradient", 100, m, order="F", threads=k) for m in lengths for k in workers]
