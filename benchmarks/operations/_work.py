"""The work that an operation needs, however it is computed: what the roofline is drawn from."""

from typing import NamedTuple


class Work(NamedTuple):
    """Numbers to read, numbers to write, flops, exponentials and logarithms; each the minimum."""

    read: int
    written: int
    flops: int
    exps: int = 0
    logs: int = 0

    @property
    def transcendentals(self) -> int:
        return self.exps + self.logs
