"""A run that nobody measured, for the tests: its times follow a formula, with noise.

Import it as `fabricated`: tests/ is on the path.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from benchmarks.machine.roofline import COLUMNS
from benchmarks.report import analyse, headline, markdown_page, pictures, views
from benchmarks.report.data import Data, gather
from benchmarks.report.views import _style
from benchmarks.results import store
from benchmarks.results.records import Cell, Outcome, Sample, Status
from benchmarks.results.store import Writer
from benchmarks.statistics import summary as statistics

FIVE = {  # nanoseconds a call, for each example, and for each number in X
    "python_loops": (2_000.0, 900.0, 80.0),
    "numpy_per_example": (6_000.0, 9_000.0, 0.4),
    "numpy_vectorized": (15_000.0, 12.0, 0.45),
    "numba_loops": (900.0, 18.0, 1.1),
    "numpy_computation_graph": (38_000.0, 14.0, 0.6),
}
FIVE_MORE = {
    "torch_autograd": (60_000.0, 9.0, 0.4),
    "dask_blocks": (22_000.0, 5.0, 0.3),
    "sklearn_loss": (70_000.0, 16.0, 0.5),
    "numba_fused_one_pass_with_a_rather_long_name": (1_500.0, 3.0, 0.2),
    "a|b<script>*_名前_$x$": (20_000.0, 11.0, 0.6),
}
CONTROL = "numpy_vectorized@twin"
RACED = FIVE | {CONTROL: FIVE["numpy_vectorized"]}
LESSON = (
    *(Cell(name, "synthetic", 1_000_000, 1) for name in ("dot", "exp", "log", "absolute", "relu")),
    Cell("matvec", "synthetic", 1000, 1000),
    Cell("column_percentages", "synthetic", 3, 4),
    Cell("cost_gradient", "synthetic", 2, 1000),
)
SIZES = {
    *((100, m) for m in (10, 100, 1000, 3000, 10_000, 30_000, 100_000)),
    *((n_x, 1000) for n_x in (2, 10, 100, 1000)),
    *((n_x, m) for n_x in (2, 100) for m in (10, 1000)),
}
REAL = (
    Cell("cost_gradient", "breast_cancer", 30, 569),
    Cell("cost_gradient", "cat", 12_288, 209),
)
STEP = tuple(Cell("cost_gradient", "synthetic", n_x, m) for n_x, m in sorted(SIZES))
STEP_100 = tuple(cell for cell in STEP if cell.n_x == 100)
SHORT = STEP_100[1:5:2]
ONE = Cell("cost_gradient", "synthetic", 100, 1000)
ALL = tuple(dict.fromkeys((*LESSON, *STEP, *REAL)))
TOO_LONG_NS = 0.9e9
REASON = "predicted from 9 smaller cells: 900 ms a call; a larger --budget measures it"

ABOUT = {
    "state": "complete",
    "command": "python -m benchmarks run --workload lesson",
    "started": "2026-11-22T22:00:00Z",
    "baseline": "numpy_vectorized",
    "budget_s": 180,
    "machine": {"processor": "AMD EPYC", "cores": 2, "memory_bytes": 2**33},
    "versions": {"numpy": "2.4.6"},
    "implementations": {
        "numba_loops": {
            "import_ns": [4e8, 5e8],
            "doc": "The loops, compiled.",
            "threadpools": [{"internal_api": "openmp", "version": None, "num_threads": 4}],
        }
    },
    "budget": {"wall_s": 170.0, "samples_s": 100.0, "warm_up_s": 20.0, "measuring_share": 0.5882},
    "warnings": ["numba_loops: openmp runs 4 threads"],
}

Costs = Mapping[str, tuple[float, float, float]]


def fabricate(
    folder: Path,
    costs: Costs = RACED,
    cells: Iterable[Cell] = ALL,
    failed: Mapping[tuple[str, Cell], Status] | None = None,
    about: Mapping = ABOUT,
    noise: float = 0.02,
    warned: Mapping[tuple[str, Cell], str] | None = None,
    limit_per_s: float = 5e10,
) -> Path:
    """A run in which a call takes c + m·e + n_x·m·x ns, with drift common to each round's times."""
    rng = np.random.default_rng(0)
    writer = Writer(folder)
    for cell in cells:
        drift = np.exp(rng.normal(0, 0.2, (3, 4)))
        for name, (call, example, number) in costs.items():
            ns = call + cell.m * example + cell.n_x * cell.m * number
            status = (failed or {}).get((name, cell), Status.OK)
            if ns > TOO_LONG_NS:
                status = Status.SKIPPED
            outcome = _outcome(name, cell, status, ns)
            writer.add(replace(outcome, warnings=(warned or {}).get((name, cell), "")))
            if status is Status.OK:
                spread = drift * np.exp(rng.normal(0, noise, (3, 4)))
                for (process, number_of_round), factor in np.ndenumerate(spread):
                    elapsed = round(10 * ns * factor)
                    place = name, cell, process, number_of_round, 10
                    if number_of_round == 0:  # others had the processor for as long again
                        writer.add(Sample(*place, 2 * elapsed, elapsed, True))
                    writer.add(Sample(*place, elapsed, 0))
    writer.save(dict(about))
    if limit_per_s:
        writer.save_limits(limits(limit_per_s))
    writer.close()
    return folder


def limits(per_s: float) -> pd.DataFrame:
    """A machine that reads and computes so much a second, whatever the size and dtype."""
    rows: list[tuple] = [
        ("read", None, threads, size, per_s, "dot")
        for threads in (1, 2)
        for size in (2**15, 2**25, 2**29)
    ]
    for dtype in ("float64", "float32"):
        rows += [(what, dtype, 1, None, per_s, "dot") for what in ("flops", "exp", "log")]
    return pd.DataFrame(rows, columns=COLUMNS)


def _outcome(name: str, cell: Cell, status: Status, ns: float) -> Outcome:
    if status is Status.OK:
        first = round(ns) + (800_000_000 if name == "numba_loops" else 1000)
        return Outcome(name, cell, status, "", 0.3e-15, 1e-15, 5000, first, 2**27)
    if status is Status.DISAGREES:
        return Outcome(name, cell, status, "dw[17, 0] is 0.41, should be 0.42", 3e-9, 1e-14)
    return Outcome(name, cell, status, REASON)


def data_of(folder: Path) -> Data:
    run = store.read(folder)
    return gather(run, statistics.summary(run))


def markdown_of(folder: Path) -> str:
    """The statistics of a run written, and its report in Markdown, without its pictures drawn."""
    data = analyse(folder)
    return markdown_page.write(data, headline.sentences(data), pictures.of(data))


def figure_of(name: str, data: Data) -> Figure:
    """The figure that the report would draw of the view of this name."""
    view = next(view for view in views.members() if views.name_of(view) == name)
    with _style.applied():
        return view.figure(pictures.selection_of(view, data))
