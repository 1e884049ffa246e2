"""A plan, made from what was asked for: which cells, on which data, within which limits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks import data
from benchmarks.correctness.gate import Examination
from benchmarks.data import SYNTHETIC, Dataset, Synthetic
from benchmarks.data.dataset import check_range
from benchmarks.data.large import Stored
from benchmarks.errors import UserError
from benchmarks.machine.describe import cores
from benchmarks.operations import operations
from benchmarks.problem.arguments import Problem, digest
from benchmarks.problem.files import problem_in_files
from benchmarks.problem.workloads import (
    DEFAULT_WORKLOADS,
    ESSENTIAL_WORKLOADS,
    Size,
    sizes_of,
)
from benchmarks.registry import unfit
from benchmarks.results.records import CONTROL, Cell, family, is_control
from benchmarks.schedule.allocation import (
    FAIR_PROCESSES,
    AllocationPolicy,
    RunState,
    to_precision,
)
from benchmarks.schedule.forecast import expected_s


class PlanError(UserError):
    """What was asked for does not fit together; the message says how to ask."""


@dataclass(frozen=True)
class Plan:
    """What a run is to measure. `datasets` holds the real data by name.

    An implementation in `same_code` has the code of another (an A/A control, an unchanged head) and
    shares what the gate found of that. The gate does not repeat the `examinations` given.

    The first set of processes has everyone in it. From then on `policy` says who is in the next, until
    it names nobody, the budget is spent, or there were `max_processes`. `processes` is how many each
    pair should have. In each of them the short calls take turns in `rounds` rounds; `partners` tells
    with whom the ratio of each one is taken. The `essential` cells are measured whatever they cost.

    The workers of the first `fresh_sets` are fresh processes, which tells what an import takes; the
    rest are forks of a server that lasts for `sets_a_server` sets. The budget began at `began`, by the
    monotonic clock, if not now. `forecast` tells how many seconds the policy has use for.
    """

    cells: tuple[Cell, ...]
    implementations: Mapping[str, Path]
    datasets: Mapping[str, Dataset]
    budget_s: float
    policy: AllocationPolicy
    processes: int = FAIR_PROCESSES
    max_processes: int = 60
    rounds: int = 2
    seed: int = 0
    first_process: int = 0
    same_code: Mapping[str, str] = field(default_factory=dict)
    examinations: Mapping[str, Examination] = field(default_factory=dict)
    partners: Mapping[str, str] = field(default_factory=dict)
    essential: frozenset[Cell] = frozenset()
    fresh_sets: int = 1
    sets_a_server: int = 2
    began: float | None = None
    forecast: Callable[[RunState], float] = lambda state: state.left_s

    def code_of(self, name: str) -> str:
        """The implementation whose code it has: itself, but for those in `same_code`."""
        return self.same_code.get(name, name)

    def problem(self, cell: Cell, folder: Path) -> Problem:
        """The arguments that every implementation is given in this cell, in files of the folder."""
        seed = [self.seed, cell.n_x, cell.m]
        data = self.datasets.get(cell.data) or Synthetic(cell.n_x, cell.m, self.seed)
        operation = operations()[cell.operation]
        return problem_in_files(operation, data, seed, cell.dtype, cell.order, folder)

    def stored(self, cell: Cell) -> bool:
        """Is the cell's data on disk, since memory does not hold it?"""
        data = self.datasets.get(cell.data)
        return data is not None and isinstance(data.X, Stored)

    def values_of(self, cell: Cell) -> str:
        """What decides the values of the cell's arguments, beside the cell itself."""
        data = self.datasets.get(cell.data)
        real = [digest(data.X), digest(data.Y)] if data else []
        return repr([self.seed, *real])


def sizes(
    workloads: Iterable[str],
    wanted: Sequence[str],
    sources: Sequence[str],
    n_x: Sequence[int],
    m: Sequence[int],
) -> list[Size]:
    """The sizes of the workloads, or those given, or those of the data; each once.

    `wanted` are operations: they filter workloads, and they are measured at the sizes given.
    """
    if list(workloads) and (n_x or m or sources):
        raise PlanError("give --workload, or sizes and data of your own, not both")
    if not (n_x or m or sources):
        chosen = [size for name in list(workloads) or DEFAULT_WORKLOADS for size in sizes_of(name)]
        chosen = [size for size in chosen if not wanted or size.operation in wanted]
        if not chosen:
            raise PlanError(f"no workload has a cell of {', '.join(wanted)}; give --n-x and --m")
        return list(dict.fromkeys(chosen))
    if any(source != SYNTHETIC for source in sources) and (n_x or m):
        raise PlanError("--n-x and --m are for synthetic data; real data has a size of its own")
    chosen = []
    for operation, source in product(wanted or ["cost_gradient"], sources or [SYNTHETIC]):
        if source != SYNTHETIC:
            chosen.append(Size(operation, None, None, source))
            continue
        if not n_x or (not m and operations()[operation].USES_M):
            raise PlanError("synthetic data needs a size: --n-x and --m, such as --n-x 64 --m 1000")
        lengths = m if operations()[operation].USES_M else [1]
        chosen += [Size(operation, *size) for size in product(n_x, lengths)]
    return list(dict.fromkeys(chosen))


def datasets(wanted: Iterable[Size]) -> dict[str, Dataset]:
    """The real data of the sizes, by the source that they name."""
    names = dict.fromkeys(size.data for size in wanted if size.data != SYNTHETIC)
    return {source: data.load(source) for source in names}


def cells(
    wanted: Iterable[Size],
    real: Mapping[str, Dataset],
    dtypes: Iterable[str],
    orders: Sequence[str],
    threads: Iterable[int],
    caches: Iterable[str] = (),
) -> tuple[Cell, ...]:
    """Every size in every dtype, order and thread count, with warm and cold caches; without an order, in
    its own or C, without a thread count, with its own or all cores, and else with warm caches."""
    cells = []
    asked_orders: Sequence[str | None] = list(orders) or [None]
    asked_threads: Sequence[int | None] = list(threads) or [None]
    axes = list(product(dtypes, asked_orders, asked_threads, list(caches) or ["warm"]))
    for size, (dtype, asked, asked_count, cache) in product(wanted, axes):
        order, count = asked or size.order, asked_count or size.threads or cores()
        n_x, m, name = size.n_x, size.m, size.data
        if name in real:
            uses_m = operations()[size.operation].USES_M
            X = real[name].X
            if isinstance(X, Stored):  # on disk it is of its own type, and an example after another
                dtype, order = X.dtype.name, "F"
            else:
                check_range(X, dtype, name)
            n_x, m, name = real[name].n_x, real[name].m if uses_m else 1, real[name].name
        setting = dtype, order, count, cache
        cells.append(Cell(size.operation, name, int(n_x or 1), int(m or 1), *setting))
    return tuple(dict.fromkeys(cells))


def essential(
    chosen: Iterable[Cell], workloads: Iterable[str], real: Mapping[str, Dataset]
) -> frozenset[Cell]:
    """Those of the chosen cells that a workload, or a default one, wants measured for everyone."""
    names = [n for n in list(workloads) or DEFAULT_WORKLOADS if n in ESSENTIAL_WORKLOADS]
    wanted = [size for n in names for size in sizes_of(n) if size.data in {SYNTHETIC, *real}]
    dtypes, threads = {cell.dtype for cell in chosen}, {cell.threads for cell in chosen}
    orders = sorted({cell.order for cell in chosen})
    caches = {cell.cache for cell in chosen}
    return frozenset(cells(wanted, real, dtypes, orders, threads, caches)) & frozenset(chosen)


def by_name(real: Mapping[str, Dataset]) -> dict[str, Dataset]:
    """The data by its own name; two files of one name are refused."""
    named: dict[str, Dataset] = {}
    for source, dataset in real.items():
        if not dataset.name.isprintable():
            raise PlanError(f"{source!r}: the name has characters that cannot be shown; rename it")
        if reason := unfit(dataset.name):
            raise PlanError(f"{source!r}: the name {reason}; rename it")
        if dataset.name in named or dataset.name == SYNTHETIC:
            raise PlanError(f"{source}: there is other data named {dataset.name}; rename the file")
        named[dataset.name] = dataset
    return named


def with_control(paths: Mapping[str, Path], baseline: str) -> dict[str, Path]:
    """The implementations and the A/A control: the baseline's own code in a second worker."""
    return {**paths, f"{baseline}{CONTROL}": paths[baseline]}


def controls_of(paths: Iterable[str]) -> dict[str, str]:
    """The A/A controls among the names, and whose code each has."""
    return {name: family(name) for name in paths if is_control(name)}


def partners_of(paths: Iterable[str], baseline: str) -> dict[str, str]:
    """With whom the ratio of each is taken: the baseline."""
    return {name: baseline for name in paths if name != baseline}


def towards(baseline: str, precision: float, processes: int, max_processes: int) -> dict[str, Any]:
    """The parts of a plan whose run aims at a precision, and then ends."""
    return {
        "policy": to_precision(baseline, precision, processes),
        "forecast": lambda state: expected_s(state, baseline, precision, processes, max_processes),
        "processes": processes,
        "max_processes": max_processes,
    }
