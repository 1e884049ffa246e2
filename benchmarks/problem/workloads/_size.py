"""What a workload lists."""

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
