"""How near does each come to what the hardware allows, from 3 kB to 600 MB, in both orders?"""

from benchmarks.problem.workloads import Size

PLACE = 90


def sizes() -> list[Size]:
    sizes = [(n_x, m) for n_x in (2, 64, 1000, 12_288) for m in (209, 4096, 65_536, 1_000_000)]
    fitting = [(n_x, m) for n_x, m in sizes if 8 * n_x * m <= 600e6]
    return [Size("cost_gradient", *size, order=order) for size in fitting for order in ("C", "F")]
