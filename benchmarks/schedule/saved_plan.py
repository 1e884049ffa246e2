"""A plan as plain data in run.json, and the plan for the rest of an interrupted run from there."""

from collections.abc import Iterator, Mapping
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from benchmarks import data, registry
from benchmarks.data import Dataset
from benchmarks.machine import describe as machine
from benchmarks.machine import kept
from benchmarks.operations import operations
from benchmarks.problem.arguments import digest
from benchmarks.results import store
from benchmarks.results.records import Cell
from benchmarks.schedule.allocation import PRECISE
from benchmarks.schedule.plan import (
    Plan,
    PlanError,
    by_name,
    controls_of,
    partners_of,
    towards,
)

_Count = Annotated[int, msgspec.Meta(ge=1, le=10**12)]
_MAX_SHOWN = 200  # characters of why a plan is refused


class _Cell(msgspec.Struct, forbid_unknown_fields=True):
    """A Cell, as run.json has it."""

    operation: str
    data: str
    n_x: _Count
    m: _Count
    dtype: Literal["float64", "float32"]
    order: Literal["C", "F"]
    threads: _Count
    cache: Literal["warm", "cold"] = "warm"


class _Plan(msgspec.Struct):
    """What `describe` writes, and `resumed` reads; versions before wrote less."""

    cells: Annotated[list[_Cell], msgspec.Meta(min_length=1)]
    implementations: Annotated[dict[str, str], msgspec.Meta(min_length=1)]
    sources: list[str]
    seed: Annotated[int, msgspec.Meta(ge=0)]
    processes: tuple[_Count, _Count]
    budget_s: float | None
    data: dict[str, list[str]] = {}
    essential: list[int] = []
    precision: Annotated[float, msgspec.Meta(gt=0, lt=1)] = PRECISE


def describe(plan: Plan, sources: Mapping[str, Dataset], precision: float) -> dict:
    """What `resumed` needs to build the plan again, as plain data."""
    places = {s: s if s in data.NAMES else str(Path(s).absolute()) for s in sources}
    return {
        "cells": [cell._asdict() for cell in plan.cells],
        "implementations": {
            name: registry.shown(path) for name, path in plan.implementations.items()
        },
        "sources": list(places.values()),
        "data": {places[s]: [digest(d.X), digest(d.Y)] for s, d in sources.items()},
        "seed": plan.seed,
        "processes": [plan.processes, plan.max_processes],
        "essential": [plan.cells.index(cell) for cell in plan.cells if cell in plan.essential],
        "precision": precision,
        "budget_s": None if plan.budget_s == inf else plan.budget_s,
    }


def resumed(folder: Path, budget_s: float | None) -> tuple[Plan, dict]:
    """The plan for the rest of an interrupted run, and its run.json.

    It goes on with the set of processes after the last that has samples.
    """
    run = store.read(folder)
    about = run.about
    before = _plan_in(folder, about)
    paths = {name: registry.ROOT / path for name, path in before.implementations.items()}
    cells = tuple(Cell(*msgspec.structs.astuple(cell)) for cell in before.cells)
    loaded = {source: data.load(source) for source in before.sources}
    real = by_name(loaded)
    if changes := list(dict.fromkeys(_changes(about, before.data, paths, loaded))):
        raise PlanError(
            f"{folder}: {'; '.join(changes)}. Times of before and of now do not go together: start a "
            "new run"
        )
    done = int(run.samples["process"].max()) + 1 if len(run.samples) else 0
    if about.get("state") == "complete":
        raise PlanError(f"{folder} is complete: there is nothing left to resume")
    processes, max_processes = (max(1, sets - done) for sets in before.processes)
    baseline, precision = about["baseline"], before.precision
    plan = Plan(
        cells,
        paths,
        real,
        budget_s or before.budget_s or inf,
        **towards(baseline, precision, processes, max_processes),
        seed=before.seed,
        first_process=done,
        same_code=controls_of(paths),
        partners=partners_of(paths, baseline),
        essential=frozenset(cells[k] for k in before.essential),
    )
    return plan, about


def _plan_in(folder: Path, about: Mapping[str, Any]) -> _Plan:
    """The plan in run.json; PlanError where there is none that can be carried out."""
    try:
        plan = msgspec.convert(about.get("plan"), _Plan)
        if about.get("baseline") not in plan.implementations:
            raise ValueError(f"its baseline {about.get('baseline')} takes no part")
        if any(cell.operation not in operations() for cell in plan.cells):
            raise ValueError("it has an operation that is not there any more")
        if not all(0 <= k < len(plan.cells) for k in plan.essential):
            raise ValueError("it has fewer cells than it says")
    except (ValueError, msgspec.ValidationError) as error:
        reason = str(error)[:_MAX_SHOWN]
        raise PlanError(
            f"{folder}: run.json does not say what the run's plan was ({reason}): start a new run"
        ) from None
    return plan


def _changes(
    about: Mapping[str, Any],
    digests_before: Mapping[str, list[str]],
    paths: Mapping[str, Path],
    loaded: Mapping[str, Dataset],
) -> Iterator[str]:
    """What is not as it was when the run began: machine, code, libraries, data."""
    now = machine.describe()
    for difference in machine.differences(about.get("machine") or now, now):
        yield f"the machine is another ({difference})"
    for name, path in paths.items():
        before = (about.get("implementations") or {}).get(name) or {}
        if not path.is_file():
            raise registry.RegistryError(f"{name}: {path} is not there any more")
        if (before.get("digest") or "") not in ("", registry.digest(path)):
            yield f"{path} is not what it was when the run began"
        versions = kept.library_versions(path)
        for library, version in sorted((before.get("libraries") or {}).items()):
            if versions.get(library) != version:
                yield f"{library} was {version} and is {versions.get(library, 'missing')}"
    for source in loaded:
        digests = digests_before.get(source)
        if digests is not None and digests != [digest(loaded[source].X), digest(loaded[source].Y)]:
            yield f"the data {source} is not what it was when the run began"
