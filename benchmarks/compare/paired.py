"""Two revisions raced in the same rounds: paired, on the same machine, at the same time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from benchmarks.compare.revisions import CompareError, Side, changes
from benchmarks.compare.sequential_test import LEAST, MOST, Judgement, Pair, Referee
from benchmarks.compare.table import Comparison, table
from benchmarks.data import Dataset
from benchmarks.machine import describe as machine
from benchmarks.registry import digest, is_peer
from benchmarks.results import store
from benchmarks.results.records import BASE, HEAD, Cell, Outcome
from benchmarks.schedule import run as running
from benchmarks.schedule.plan import Plan
from benchmarks.statistics import Gathered

_MOST_SET_S = 0.17  # of rounds for each side of a pair in a set, however long its calls
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
    differ = {n: changes(base.implementations[n], head.implementations[n]) for n in both}
    paths = {n + BASE: base.implementations[n] for n in both}
    paths |= {n + HEAD: head.implementations[n] for n in both}
    alike = [n for n in both if digest(paths[n + BASE]) == digest(paths[n + HEAD])]
    referee = Referee({n + HEAD: n + BASE for n in both}, threshold)
    twins = {n + HEAD: n + BASE for n in alike}
    plan = replace(
        plan_of(referee, cells, paths, budget_s, seed), datasets=datasets, same_code=twins
    )
    outcomes = running.execute(plan, folder, dict(about), watch)
    run = store.read(folder)
    judged = judgements(referee, run.samples, outcomes)
    notes += [*_differences(differ), _libraries()]
    notes += run.about["warnings"]
    return Comparison(
        f"{base.named} → {head.named}",
        threshold,
        table(outcomes, judged, run.samples, differ),
        tuple(notes),
    )


def plan_of(
    referee: Referee,
    cells: tuple[Cell, ...],
    paths: Mapping[str, Path],
    budget_s: float,
    seed: int,
) -> Plan:
    """How pairs are measured: many sets of processes with few rounds each, as the referee asks."""
    return Plan(
        cells,
        paths,
        {},
        budget_s,
        policy=referee.steer,
        processes=LEAST,
        max_processes=MOST,
        seed=seed,
        fair_share=_FAIR_SHARE,
        first_rounds=_FIRST_ROUNDS,
        max_set_s=_MOST_SET_S,
    )


def judgements(
    referee: Referee, samples: pd.DataFrame, outcomes: Iterable[Outcome]
) -> dict[Pair, Judgement]:
    """The referee's last word on every pair that was measured."""
    standing: dict[Cell, list[str]] = {}
    for outcome in outcomes:
        standing.setdefault(outcome.cell, []).append(outcome.implementation)
    upto = int(samples["process"].max()) + 1 if len(samples) else 0
    return referee.judge(Gathered(store.records(samples)), referee.pairs(standing), upto)


def _both(base: Side, head: Side, names: list[str]) -> tuple[list[str], list[str]]:
    """The implementations to race, and a note on those that only one side has."""
    for name in names:
        for side in (base, head):
            if name not in side.implementations:
                there = ", ".join(side.implementations)
                raise CompareError(f"{side.named} has no implementation {name}; it has {there}")
    both = names or [
        name
        for name, path in base.implementations.items()
        if name in head.implementations and not is_peer(path)
    ]
    if not both:
        raise CompareError(f"{base.named} and {head.named} have no implementation in common")
    notes = []
    for side, other in ((base, head), (head, base)):
        alone = sorted({*side.implementations} - {*other.implementations})
        if alone:
            notes.append(f"Only in {side.named}, not compared: {', '.join(alone)}.")
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
    have = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"Both ran under this harness and with the libraries installed here ({have})."
