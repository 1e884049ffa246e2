"""The least work an operation needs."""

from typing import NamedTuple


class Demand(NamedTuple):
    """Numbers that must be read, numbers that must be written, flops, and exp or log calls."""

    read: int
    written: int
    flops: int
    transcendentals: int = 0
