"""A plan as plain data in run.json, and the plan for the rest of an interrupted run from there."""

from collections.abc import Mapping
from math import inf
from pathlib import Path

from benchmarks import data, registry
from benchmarks.data import Dataset
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


def describe(plan: Plan, sources: Mapping[str, Dataset], precision: float) -> dict:
    """What `resumed` needs to build the plan again, as plain data."""
    return {
        "cells": [cell._asdict() for cell in plan.cells],
        "implementations": {
            name: registry.shown(path) for name, path in plan.implementations.items()
        },
        "sources": list(sources),
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
    try:
        before = about["plan"]
        paths = {name: registry.ROOT / path for name, path in before["implementations"].items()}
        cells = tuple(Cell(**cell) for cell in before["cells"])
        real = by_name({source: data.load(source) for source in before["sources"]})
    except (KeyError, TypeError) as error:
        raise PlanError(
            f"{folder}: run.json does not say what the run's plan was ({error})"
        ) from None
    for name, path in paths.items():
        if not path.is_file():
            raise registry.RegistryError(f"{name}: {path} is not there any more")
        digest = (about.get("implementations") or {}).get(name, {}).get("digest")
        if digest and digest != registry.digest(path):
            raise PlanError(
                f"{folder}: {path} is not what it was when the run began; its times do not go "
                "together with those of now. Start a new run"
            )
    done = int(run.samples["process"].max()) + 1 if len(run.samples) else 0
    if about.get("state") == "complete":
        raise PlanError(f"{folder} is complete: there is nothing left to resume")
    processes, max_processes = (max(1, sets - done) for sets in before["processes"])
    baseline, precision = about["baseline"], before.get("precision", PRECISE)
    plan = Plan(
        cells,
        paths,
        real,
        budget_s or before["budget_s"] or inf,
        **towards(baseline, precision, processes, max_processes),
        seed=before["seed"],
        first_process=done,
        same_code=controls_of(paths),
        partners=partners_of(paths, baseline),
        essential=frozenset(cells[k] for k in before.get("essential", [])),
    )
    return plan, about
