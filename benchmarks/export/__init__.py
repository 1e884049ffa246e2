"""A run in the formats of other tools: one file each, and the folder is the registry.

A format is named after its module, with hyphens for underscores. The module defines

    READ                    the command that reads the file, without the file's name
    document(about, rows)   the content of the JSON, from run.json and the timings

Tools that compare runs judge them differently from the report: they pool the samples of all processes
and compare means, or treat every sample as independent. The report takes medians, and the process is the
replicate. Only the samples that count are exported (statistics/samples.py): no tool knows of the
disturbed ones. None of the tools has to be installed.
"""

import json
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from benchmarks.registry import members
from benchmarks.results import store
from benchmarks.results.records import Cell, is_control
from benchmarks.results.store import Run, StoreError, ok
from benchmarks.statistics.estimates import Estimate, estimates
from benchmarks.statistics.rounds import rounds_of, times
from benchmarks.statistics.samples import columns_of, count
from benchmarks.statistics.summary import KEY_LIST


class Process(NamedTuple):
    """The times of one call in one process, in seconds, sample after sample.

    Each is a sample's elapsed time over its `loops` calls.
    """

    loops: int
    calls_s: list[float]


class Timing(NamedTuple):
    """One implementation in one cell: every sample that counts, and what they say of a call."""

    implementation: str
    cell: Cell
    processes: list[Process]
    call_ns: Estimate  # as in the report

    @property
    def label(self) -> str:
        """The key without the operation; the size is n_x × m."""
        _, data, n_x, m, dtype, order, threads, cache = self.cell
        label = f"{self.implementation}-{n_x}x{m}-{data}-{dtype}-{order}-threads={threads}"
        return f"{label}-{cache}" if self.cell.cold else label

    @property
    def name(self) -> str:
        """The whole key, whatever else is in the run: two runs call the same cell the same."""
        return f"{self.cell.operation}[{self.label}]"

    @property
    def key(self) -> dict[str, str | int]:
        """The key columns by name."""
        return {"implementation": self.implementation, **self.cell._asdict()}


def timings(run: Run) -> list[Timing]:
    """Every cell that was measured, in the order of the run.

    Without the A/A control: a tool that does not know it would call identical code faster
    or slower. A process has one entry for each number of loops, which hardly ever changes within it.
    """
    measured = ok(run.cells)
    measured = measured.loc[~is_control(measured["implementation"]), KEY_LIST]
    counted = count(columns_of(run.samples)).samples
    samples = run.samples[counted].merge(measured, on=KEY_LIST)
    by_timing: defaultdict[tuple, list[Process]] = defaultdict(list)
    parts: Any = samples.groupby([*KEY_LIST, "process", "loops"], sort=False)
    for (*key, _, loops), rows in parts:
        by_timing[tuple(key)].append(Process(loops, (rows["elapsed_ns"] / loops / 1e9).tolist()))
    keys = [(Cell(*cell), name) for name, *cell in by_timing]
    numbers = estimates(times(rounds_of(run), keys)).T.tolist()
    return [
        Timing(name, cell, processes, Estimate(*call_ns))
        for (cell, name), processes, call_ns in zip(keys, by_timing.values(), numbers, strict=True)
    ]


def formats() -> dict[str, ModuleType]:
    """Every format's module, by the name of the format."""
    names = members(Path(__file__).parent)
    return {name.replace("_", "-"): import_module(f"{__name__}.{name}") for name in names}


def write(folder: Path, form: str, out: Path | None = None) -> Path:
    """Write the run in `folder` to `out`, or to a file in the folder, and return where."""
    run = store.read(folder)
    rows = timings(run)
    if not rows:
        raise StoreError(f"{folder} has nothing to export: no cell of it was measured")
    document = formats()[form].document(run.about, rows)
    path = out or folder / f"{form}.json"
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
