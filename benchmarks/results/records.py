"""What a run measures, as values. The fields, in order, are the columns of the CSV files."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """What became of one implementation in one cell. All but `ok` come with a reason."""

    OK = "ok"
    DISAGREES = "disagrees"
    SKIPPED = "skipped"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    OUT_OF_MEMORY = "out_of_memory"
    UNAVAILABLE = "unavailable"


class Cell(NamedTuple):
    """What every implementation is timed on; equal to the tuple of its values, the key of a cell.

    `order` is the memory layout of X, C or F.
    """

    operation: str
    data: str
    n_x: int
    m: int
    dtype: str = "float64"
    order: str = "C"
    threads: int = 1

    def __str__(self) -> str:
        size = f"n_x={self.n_x}, m={self.m}, {self.order}, {self.dtype}"
        return f"{self.operation} ({size}, {self.data}, threads={self.threads})"


@dataclass(frozen=True)
class Sample:
    """The elapsed time of `loops` consecutive calls in one round of one process."""

    implementation: str
    cell: Cell
    process: int
    round: int
    loops: int
    elapsed_ns: int


@dataclass(frozen=True)
class Outcome:
    """Did it work, and what did it take: error and bound where their ratio is worst.

    `extra_bytes` is what it holds in memory above the data, at most: what `prepare` made, and what a
    call needs as it goes. `warnings`, joined by semicolons, say what was odd about its times.
    """

    implementation: str
    cell: Cell
    status: Status
    reason: str = ""
    error: float | None = None
    bound: float | None = None
    prepare_ns: int | None = None
    first_call_ns: int | None = None
    peak_rss_bytes: int | None = None
    extra_bytes: int | None = None
    warnings: str = ""


TWIN = "@twin"
"""What the name of a control ends with: the baseline's own code, in a worker of its own."""

BASE, HEAD = "@base", "@head"
"""What the names of the two versions end with that are compared."""


def is_twin(names):
    """Of each name of a Series, or of one: is it a twin's?"""
    return names.endswith(TWIN) if isinstance(names, str) else names.str.endswith(TWIN)


def family(name: str) -> str:
    """The implementation that the name is a version of: X of X, X@twin, X@base and X@head."""
    return name.partition("@")[0]


KEY = ("implementation", *Cell._fields)


def row(record: Sample | Outcome) -> dict:
    """The record as one row: the key columns first, then its own."""
    own = {field.name: getattr(record, field.name) for field in fields(record)}
    cell = own.pop("cell")
    return {"implementation": own.pop("implementation"), **cell._asdict(), **own}


def columns(record: type) -> list[str]:
    """The columns that `row` gives for records of this type."""
    return [*KEY, *(field.name for field in fields(record) if field.name not in (*KEY, "cell"))]


LIMITS = ("what", "dtype", "threads", "working_set_bytes", "per_s", "probe")
"""The columns of limits.csv (machine/roofline.py says what they hold)."""
