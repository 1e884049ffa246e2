"""Two revisions raced in the same rounds: paired, on the same machine, at the same time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from benchmarks.compare.revisions import CompareError, Side, changed_files
from benchmarks.compare.sequential_test import MAX_PROCESSES, Decision, Pair, SequentialTest
from benchmarks.compare.table import Comparison, build_table
from benchmarks.data import Dataset
from benchmarks.machine import describe as machine
from benchmarks.registry import digest, is_peer
from benchmarks.results import store
from benchmarks.results.records import BASE, HEAD, Cell, Outcome
from benchmarks.schedule import run as running
from benchmarks.schedule.plan import Plan
from benchmarks.statistics.estimates import MIN_PROCESSES
from benchmarks.statistics.rounds import rounds_of_table

_MAX_SET_S = 0.17  # of rounds for each side of a pair in a set, however long its calls
_FIRST_ROUNDS = 6
_FAIR_SHARE = 0.3


def race(
    base: Side,
    head: Side,
    names: Iterable[str],
    cells: tuple[Cell, ...],
    datasets: Mapping[str, Dataset],
    threshold: float,
    budget_s: float,
    seed: int,
    folder: Path,
    watch: Callable[[str, float, float], None],
    about: Mapping[str, object],
) -> Comparison:
    """Race the named implementations (all, if none are named) that both sides have.

    What was measured is in `folder`, as a run of implementations named X@base and X@head.
    """
    both, notes = _both(base, head, list(names))
    differ = {n: changed_files(base.implementations[n], head.implementations[n]) for n in both}
    paths = {n + BASE: base.implementations[n] for n in both}
    paths |= {n + HEAD: head.implementations[n] for n in both}
    alike = [n for n in both if digest(paths[n + BASE]) == digest(paths[n + HEAD])]
    test = SequentialTest({n + HEAD: n + BASE for n in both}, threshold)
    same_code = {n + HEAD: n + BASE for n in alike}
    plan = replace(
        plan_of(test, cells, paths, budget_s, seed), datasets=datasets, same_code=same_code
    )
    outcomes = running.execute(plan, folder, dict(about), watch)
    run = store.read(folder)
    decisions = _decisions(test, run.samples, outcomes)
    notes += [*_differences(differ), _libraries()]
    notes += run.about["warnings"]
    return Comparison(
        f"{base.named} → {head.named}",
        threshold,
        build_table(outcomes, decisions, run.samples, differ),
        tuple(notes),
    )


def plan_of(
    test: SequentialTest,
    cells: tuple[Cell, ...],
    paths: Mapping[str, Path],
    budget_s: float,
    seed: int,
) -> Plan:
    """How pairs are measured: many sets of processes with few rounds each, as the test asks."""
    return Plan(
        cells,
        paths,
        {},
        budget_s,
        policy=test.allocate,
        processes=MIN_PROCESSES,
        max_processes=MAX_PROCESSES,
        seed=seed,
        fair_share=_FAIR_SHARE,
        first_rounds=_FIRST_ROUNDS,
        max_set_s=_MAX_SET_S,
    )


def _decisions(
    test: SequentialTest, samples: pd.DataFrame, outcomes: Iterable[Outcome]
) -> dict[Pair, Decision]:
    """The final decision on every pair that was measured."""
    names: dict[Cell, list[str]] = {}
    for outcome in outcomes:
        names.setdefault(outcome.cell, []).append(outcome.implementation)
    next_process = int(samples["process"].max()) + 1 if len(samples) else 0
    return test.decide(rounds_of_table(samples), test.pairs(names), next_process)


def _both(base: Side, head: Side, names: list[str]) -> tuple[list[str], list[str]]:
    """The implementations to race, and a note on those that only one side has."""
    for name in names:
        for side in (base, head):
            if name not in side.implementations:
                available = ", ".join(side.implementations)
                raise CompareError(f"{side.named} has no implementation {name}; it has {available}")
    both = names or [
        name
        for name, path in base.implementations.items()
        if name in head.implementations and not is_peer(path)
    ]
    if not both:
        raise CompareError(f"{base.named} and {head.named} have no implementation in common")
    notes = []
    for side, other in ((base, head), (head, base)):
        unpaired = sorted({*side.implementations} - {*other.implementations})
        if unpaired:
            notes.append(f"Only in {side.named}, not compared: {', '.join(unpaired)}.")
    return both, notes


def _differences(differ: Mapping[str, list[str]]) -> list[str]:
    changed = {name: files for name, files in differ.items() if files}
    if not changed:
        return ["No measured code differs; every verdict but `same` would be a false alarm."]
    files = dict.fromkeys(file for names in changed.values() for file in names)
    notes = [f"The measured code differs in {', '.join(files)}."]
    if len(changed) < len(differ):
        notes.append(f"Unchanged: {', '.join(name for name in differ if name not in changed)}.")
    return notes


def _libraries() -> str:
    versions = machine.versions(("numpy", "numba"))
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"Both ran under this harness and with the libraries installed here ({named})."
