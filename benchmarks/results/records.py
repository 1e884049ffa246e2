"""What a run measures, as values. The fields, in order, are the columns of the CSV files."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import NamedTuple

from benchmarks import interrupt


class Status(StrEnum):
    """Of one implementation in one cell. All but `ok` come with a reason."""

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
    """The elapsed time of `loops` consecutive calls in one round of one process.

    A round has several samples of an implementation, one after another: its turn. `waited_ns` is how
    long the worker's threads waited for a processor, None where the system does not tell. `disturbed`:
    others had the processor meanwhile, decided without the elapsed time.
    """

    implementation: str
    cell: Cell
    process: int
    round: int
    loops: int
    elapsed_ns: int
    waited_ns: int | None = None
    disturbed: bool = False


@dataclass(frozen=True)
class Outcome:
    """Whether it worked and what it took; error and bound are those where their ratio is worst.

    `extra_bytes` is the peak of its memory above the data: what `prepare` made, and what a call needs.
    `warnings` are those on its times, in one text (results/warnings.py). `compile_ns` is what the
    operation's first call ever took in a fresh process with nothing compiled, for this dtype and order,
    and `compiled_on` the date of that.
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
    compile_ns: int | None = None
    compiled_on: str = ""


class Recorder:
    """The one owner of what a run measures, in memory; store.Writer also writes them into the run's folder."""

    def __init__(self, samples: Iterable[Sample] = (), outcomes: Iterable[Outcome] = ()):
        self.samples = list(samples)
        self.outcomes: dict[tuple[str, Cell], Outcome] = {}
        for outcome in outcomes:
            self.outcomes[outcome.implementation, outcome.cell] = outcome

    def add(self, record: Sample | Outcome) -> None:
        """A sample is appended. An outcome replaces the one before it; but a skip replaces no `ok`.

        So a resumed run keeps what was measured before, though it is left out now. An interrupt that
        is pending is raised first: an exact answer that it cut short would accuse whoever is right.
        """
        interrupt.raise_pending()
        if isinstance(record, Sample):
            self.samples.append(record)
            return
        key = (record.implementation, record.cell)
        before = self.outcomes.get(key)
        if record.status is not Status.SKIPPED or before is None or before.status is not Status.OK:
            self.outcomes[key] = record


CONTROL = "@twin"
"""The suffix of the A/A control: the baseline's own code, in a worker of its own."""

BASE, HEAD = "@base", "@head"
"""The suffixes of the two versions that are compared."""


def is_control(names):
    """Is a name, or each name of a Series, that of an A/A control?"""
    return names.endswith(CONTROL) if isinstance(names, str) else names.str.endswith(CONTROL)


def family(name: str) -> str:
    """The implementation that the name is a version of: X of X, X@twin, X@base and X@head."""
    return name.partition("@")[0]


KEY = ("implementation", *Cell._fields)


def row(record: Sample | Outcome) -> dict:
    """The record as one row: the key columns first, then the rest; yes is 1 and no is 0."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    if isinstance(record, Sample):
        values["disturbed"] = int(record.disturbed)
    cell = values.pop("cell")
    return {"implementation": values.pop("implementation"), **cell._asdict(), **values}


def columns(record: type) -> list[str]:
    """The columns that `row` gives for records of this type."""
    return [*KEY, *(field.name for field in fields(record) if field.name not in (*KEY, "cell"))]


LIMITS = ("what", "dtype", "threads", "working_set_bytes", "per_s", "probe")
"""The columns of limits.csv (machine/roofline.py says what they hold)."""
