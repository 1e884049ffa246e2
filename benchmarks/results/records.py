"""What a run measures, as values. The fields, in order, are the columns of the CSV files."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, NamedTuple

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

    `order` is the memory layout of X, C or F. `cache` is warm, or cold: each call is timed alone, after
    everything that the caches held was evicted.
    """

    operation: str
    data: str
    n_x: int
    m: int
    dtype: str = "float64"
    order: str = "C"
    threads: int = 1
    cache: str = "warm"

    def __str__(self) -> str:
        size = f"n_x={self.n_x}, m={self.m}, {self.order}, {self.dtype}"
        cold = ", cold caches" if self.cold else ""
        return f"{self.operation} ({size}, {self.data}, threads={self.threads}{cold})"

    @property
    def cold(self) -> bool:
        return self.cache == "cold"

    @property
    def problem(self) -> "Cell":
        """The same for all cells of one problem: threads and caches do not matter to it."""
        return self._replace(threads=0, cache="")

    @property
    def values(self) -> "Cell":
        """The same for all cells of the same values, whatever their memory order."""
        return self.problem._replace(order="")


SETTING = Cell._fields[4:]
"""How a cell is measured, whatever its operation, data and size: dtype, order, threads and caches."""


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
    `moved_bytes` is what the machine sent over its networks, the loopback's too, during a call.
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
    moved_bytes: int | None = None


class SampleLog(Sequence[Sample]):
    """Samples in the order in which they came, held as numbers: many are added fast, and read fast.

    `numbers` has eight for each: of `names` and of `cells` the number, then process, round, loops,
    elapsed_ns, waited_ns (-1 where it is not known), and whether it was disturbed.
    """

    WIDTH = 8

    def __init__(self, samples: Iterable[Sample] = ()):
        self.names: dict[str, int] = {}
        self.cells: dict[Cell, int] = {}
        self.numbers = array("q")
        for sample in samples:
            self.append(sample)

    def append(self, sample: Sample) -> None:
        name = self.names.setdefault(sample.implementation, len(self.names))
        cell = self.cells.setdefault(sample.cell, len(self.cells))
        waited_ns = -1 if sample.waited_ns is None else sample.waited_ns
        times = sample.loops, sample.elapsed_ns, waited_ns, sample.disturbed
        self.numbers.extend((name, cell, sample.process, sample.round, *times))

    def __len__(self) -> int:
        return len(self.numbers) // self.WIDTH

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[k] for k in range(len(self))[index]]
        start = range(len(self))[index] * self.WIDTH
        return next(self._samples(self.numbers[start : start + self.WIDTH]))

    def __iter__(self) -> Iterator[Sample]:
        return self._samples(self.numbers)

    def _samples(self, numbers: Iterable[int]) -> Iterator[Sample]:
        names, cells, flat = list(self.names), list(self.cells), iter(numbers)
        for name, cell, *times, waited_ns, disturbed in zip(*[flat] * self.WIDTH, strict=True):
            process, number, loops, elapsed_ns = times
            yield Sample(
                names[name],
                cells[cell],
                process,
                number,
                loops,
                elapsed_ns,
                waited_ns if waited_ns >= 0 else None,
                bool(disturbed),
            )


class Recorder:
    """The one owner of what a run measures, in memory; store.Writer also writes them into the run's folder."""

    def __init__(self, samples: Iterable[Sample] = (), outcomes: Iterable[Outcome] = ()):
        self.samples = SampleLog(samples)
        self.outcomes: dict[tuple[str, Cell], Outcome] = {}
        for outcome in outcomes:
            self.outcomes[outcome.implementation, outcome.cell] = outcome

    def add(self, record: Sample | Outcome) -> None:
        """A sample is appended. An outcome replaces the one before it; but a skip replaces no `ok`.

        So a resumed run keeps what was measured before, though it is left out now. An interrupt that
        is pending is raised before an outcome: an exact answer that it cut short would accuse whoever
        is right.
        """
        if isinstance(record, Sample):
            self.samples.append(record)
            return
        interrupt.raise_pending()
        key = (record.implementation, record.cell)
        before = self.outcomes.get(key)
        if record.status is not Status.SKIPPED or before is None or before.status is not Status.OK:
            self.outcomes[key] = record

    def add_output(self, implementation: str, text: str) -> None:
        """Keep the end of what a worker that failed had written; nowhere, without a run's folder."""


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


def version_of(name: str) -> str:
    """The rest of it: "", @twin, @base or @head."""
    return name.removeprefix(family(name))


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
