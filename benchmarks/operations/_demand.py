"""The least work an operation needs."""

from typing import NamedTuple


class Demand(NamedTuple):
    """Numbers that must be read, numbers that must be written, flops, exponentials and logarithms."""

    read: int
    written: int
    flops: int
    exps: int = 0
    logs: int = 0

    @property
    def transcendentals(self) -> int:
        return self.exps + self.logs
