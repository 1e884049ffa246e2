"""Named sets of sizes. A workload asks a question, and says it in its first line."""

from collections.abc import Callable
from typing import NamedTuple


class Size(NamedTuple):
    """A cell, but for dtype and threads. n_x and m are None where the data decides.

    `order` is for a workload that asks of both; --order has the last word.
    """

    operation: str
    n_x: int | None
    m: int | None
    data: str = "synthetic"
    order: str = "C"


def lesson() -> list[Size]:
    """What does vectorization buy in the lesson's own demonstrations, at the lesson's own sizes?"""
    million = [Size(name, 1_000_000, 1) for name in ("dot", "exp", "log", "absolute", "relu")]
    return [
        *million,
        Size("matvec", 1000, 1000),
        Size("column_percentages", 3, 4),
        Size("cost_gradient", 2, 1000),
    ]


def cat() -> list[Size]:
    """How long is one look, and one step, at the lesson's picture problem, 12,288 × 209?"""
    return [Size("forward", None, None, "cat"), Size("cost_gradient", None, None, "cat")]


def grow_m() -> list[Size]:
    """At a fixed n_x, how does time grow with m?"""
    sizes = (10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000)
    return [Size("cost_gradient", 100, m) for m in sizes]


def grow_n_x() -> list[Size]:
    """At a fixed m, how does time grow with n_x?"""
    sizes = (2, 10, 30, 100, 300, 1000, 3000, 10_000)
    return [Size("cost_gradient", n_x, 1000) for n_x in sizes]


def grid() -> list[Size]:
    """Which implementation is fastest where, over both n_x and m?

    Decimal sizes, since at powers of two all rows of X compete for the same few sets of a cache.
    """
    sizes = [(n_x, m) for n_x in (2, 10, 100, 1000) for m in (10, 100, 1000, 10_000, 100_000)]
    return [Size("cost_gradient", n_x, m) for n_x, m in sizes if n_x * m <= 10_000_000]


def real() -> list[Size]:
    """Does it hold on real data: tumours (30 × 569) and photographs (12,288 × 209)?"""
    return [Size("cost_gradient", None, None, name) for name in ("breast_cancer", "cat")]


def regression() -> list[Size]:
    """Has a change made a step slower? A tiny size, two that fit the caches, one that does not."""
    sizes = ((16, 256), (100, 1000), (1000, 1000), (1000, 20_000))
    return [Size("cost_gradient", n_x, m) for n_x, m in sizes]


def speed_of_light() -> list[Size]:
    """How near does each come to what the hardware allows, from 3 kB to 600 MB, in both orders?"""
    sizes = [(n_x, m) for n_x in (2, 64, 1000, 12_288) for m in (209, 4096, 65_536, 1_000_000)]
    fitting = [(n_x, m) for n_x, m in sizes if 8 * n_x * m <= 600e6]
    return [Size("cost_gradient", *size, order=order) for size in fitting for order in ("C", "F")]


def quick() -> list[Size]:
    """In half a minute: the lesson's headline, and how a step's time grows with m."""
    steps = [Size("cost_gradient", 100, m) for m in (10, 100, 1000, 10_000)]
    return [Size("dot", 1_000_000, 1), *steps]


WORKLOADS: dict[str, Callable[[], list[Size]]] = {
    workload.__name__: workload
    for workload in (lesson, cat, grow_m, grow_n_x, grid, real, quick, regression, speed_of_light)
}
BENCH = ("lesson", "cat", "grow_m", "grow_n_x", "grid", "real")
