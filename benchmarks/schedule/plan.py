"""From what was asked for to a plan: which cells, on which data."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path

from benchmarks import data, registry
from benchmarks.data import SYNTHETIC, Dataset
from benchmarks.errors import UserError
from benchmarks.operations import operations
from benchmarks.problem.workloads import DEFAULT_WORKLOADS, Size, sizes_of
from benchmarks.results import store
from benchmarks.results.records import TWIN, Cell, family, is_twin
from benchmarks.schedule.allocation import to_precision
from benchmarks.schedule.scheduler import Plan


class PlanError(UserError):
    """What was asked for does not fit together; the message says how to ask."""


def sizes(
    workloads: Iterable[str],
    wanted: Sequence[str],
    sources: Sequence[str],
    n_x: Sequence[int],
    m: Sequence[int],
) -> list[Size]:
    """The sizes of the workloads, or those given, or those of the data; each once.

    `wanted` are operations: they filter workloads, and are what is done at sizes given.
    """
    if list(workloads) and (n_x or m or sources):
        raise PlanError("give --workload, or sizes and data of your own, not both")
    if not (n_x or m or sources):
        found = [size for name in list(workloads) or DEFAULT_WORKLOADS for size in sizes_of(name)]
        found = [size for size in found if not wanted or size.operation in wanted]
        if not found:
            raise PlanError(f"no workload has a cell of {', '.join(wanted)}; give --n-x and --m")
        return list(dict.fromkeys(found))
    if any(source != SYNTHETIC for source in sources) and (n_x or m):
        raise PlanError("--n-x and --m are for synthetic data; real data has a size of its own")
    found = []
    for operation, source in product(wanted or ["cost_gradient"], sources or [SYNTHETIC]):
        if source != SYNTHETIC:
            found.append(Size(operation, None, None, source))
            continue
        if not n_x or (not m and operations()[operation].USES_M):
            raise PlanError("synthetic data needs a size: --n-x and --m, such as --n-x 64 --m 1000")
        lengths = m if operations()[operation].USES_M else [1]
        found += [Size(operation, *size) for size in product(n_x, lengths)]
    return list(dict.fromkeys(found))


def datasets(wanted: Iterable[Size]) -> dict[str, Dataset]:
    """The real data that the sizes name, by the source that was named."""
    names = dict.fromkeys(size.data for size in wanted if size.data != SYNTHETIC)
    return {source: data.load(source) for source in names}


def cells(
    wanted: Iterable[Size],
    real: Mapping[str, Dataset],
    dtypes: Iterable[str],
    orders: Sequence[str],
    threads: Iterable[int],
) -> tuple[Cell, ...]:
    """Every size in every dtype, order and thread count; without an order, in its own or C."""
    found = []
    asked_orders: Sequence[str | None] = list(orders) or [None]
    axes = list(product(dtypes, asked_orders, threads))
    for size, (dtype, asked, count) in product(wanted, axes):
        order = asked or size.order
        n_x, m, name = size.n_x, size.m, size.data
        if name in real:
            uses_m = operations()[size.operation].USES_M
            n_x, m, name = real[name].n_x, real[name].m if uses_m else 1, real[name].name
        found.append(Cell(size.operation, name, int(n_x or 1), int(m or 1), dtype, order, count))
    return tuple(dict.fromkeys(found))


def by_name(real: Mapping[str, Dataset]) -> dict[str, Dataset]:
    """The data by its own name; two files of one name are refused."""
    named: dict[str, Dataset] = {}
    for source, dataset in real.items():
        if not dataset.name.isprintable():
            raise PlanError(f"{source!r}: the name has characters that cannot be shown; rename it")
        if dataset.name in named or dataset.name == SYNTHETIC:
            raise PlanError(f"{source}: there is other data named {dataset.name}; rename the file")
        named[dataset.name] = dataset
    return named


def with_twin(paths: Mapping[str, Path], baseline: str) -> dict[str, Path]:
    """The implementations and the baseline's twin, the control that is in every cell."""
    return {**paths, f"{baseline}{TWIN}": paths[baseline]}


def twins_of(paths: Iterable[str]) -> dict[str, str]:
    """The twins among the names, and whose code each has."""
    return {name: family(name) for name in paths if is_twin(name)}


def describe(plan: Plan, sources: Mapping[str, Dataset]) -> dict:
    """What `resumed` needs to build the plan again, as plain data."""
    return {
        "cells": [cell._asdict() for cell in plan.cells],
        "implementations": {
            name: registry.shown(path) for name, path in plan.implementations.items()
        },
        "sources": list(sources),
        "seed": plan.seed,
        "processes": [plan.processes, plan.most_processes],
        "budget_s": plan.budget_s,
    }


def resumed(folder: Path, budget_s: float | None) -> tuple[Plan, dict]:
    """The plan of an interrupted run, from the set of processes on that was not finished."""
    found = store.read(folder)
    about = found.about
    try:
        kept = about["plan"]
        paths = {name: registry.ROOT / path for name, path in kept["implementations"].items()}
        cells_kept = tuple(Cell(**cell) for cell in kept["cells"])
        real = by_name({source: data.load(source) for source in kept["sources"]})
    except (KeyError, TypeError) as error:
        raise PlanError(
            f"{folder}: run.json does not say what the run's plan was ({error})"
        ) from None
    for name, path in paths.items():
        if not path.is_file():
            raise registry.RegistryError(f"{name}: {path} is not there any more")
        began = (about.get("implementations") or {}).get(name, {}).get("digest")
        if began and began != registry.digest(path):
            raise PlanError(
                f"{folder}: {path} is not what it was when the run began; its times do not go "
                "together with those of now. Start a new run"
            )
    done = int(found.samples["process"].max()) + 1 if len(found.samples) else 0
    if about.get("state") == "complete":
        raise PlanError(f"{folder} is complete; there is nothing to go on with")
    least, most = (max(1, sets - done) for sets in kept["processes"])
    seconds = budget_s or kept["budget_s"]
    plan = Plan(
        cells_kept,
        paths,
        real,
        seconds,
        steer=to_precision(about["baseline"]),
        processes=least,
        most_processes=most,
        seed=kept["seed"],
        first_process=done,
        twins=twins_of(paths),
    )
    return plan, about
