"""Two revisions raced in the same rounds: paired, on the same machine, at the same time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.compare.revisions import CompareError, Side, changed_files
from benchmarks.compare.sequential_test import MAX_PROCESSES, Decision, Pair, SequentialTest
from benchmarks.compare.table import COLUMNS, Comparison
from benchmarks.data import Dataset
from benchmarks.machine import describe as machine
from benchmarks.registry import digest, is_peer
from benchmarks.results import store
from benchmarks.results.records import BASE, HEAD, KEY, Cell, Outcome, Status, family
from benchmarks.schedule import run as running
from benchmarks.schedule.plan import Plan
from benchmarks.statistics.estimates import estimates
from benchmarks.statistics.rounds import Rounds, rounds_of_table, times

_ROUNDS = 6  # what differs is drawn from round to round as much as from process to process


def race(
    base: Side,
    head: Side,
    names: Sequence[str],
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
    both, notes = _both(base, head, names)
    paths = {n + BASE: base.implementations[n] for n in both}
    paths |= {n + HEAD: head.implementations[n] for n in both}
    differ = {n: changed_files(paths[n + BASE], paths[n + HEAD]) for n in both}
    bases = {n + HEAD: n + BASE for n in both}
    same_code = {n: b for n, b in bases.items() if digest(paths[n]) == digest(paths[b])}
    test = SequentialTest(bases, threshold)
    plan = plan_of(test, cells, paths, budget_s, seed)
    plan = replace(plan, datasets=datasets, same_code=same_code)
    outcomes = running.execute(plan, folder, dict(about), watch)
    run = store.read(folder)
    table = _table(test, outcomes, run.samples, differ)
    notes += [*_notes(differ), *run.about["warnings"]]
    return Comparison(f"{base.named} → {head.named}", threshold, table, tuple(notes))


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
        max_processes=MAX_PROCESSES,
        rounds=_ROUNDS,
        seed=seed,
        partners=test.bases,
        essential=frozenset(cells),
        fresh_sets=0,
    )


def _table(
    test: SequentialTest,
    outcomes: Sequence[Outcome],
    samples: pd.DataFrame,
    differ: Mapping[str, list[str]],
) -> pd.DataFrame:
    """A row for each implementation and cell, also where one side failed."""
    by_cell: dict[Cell, dict[str, Outcome]] = {}
    for outcome in outcomes:
        by_cell.setdefault(outcome.cell, {})[outcome.implementation] = outcome
    rounds = rounds_of_table(samples)
    next_process = int(samples["process"].max()) + 1 if len(samples) else 0
    decisions = test.decide(rounds, test.pairs(by_cell), next_process)
    measured = _measured(decisions, rounds, samples)
    rows = []
    for base in (outcome for outcome in outcomes if outcome.implementation.endswith(BASE)):
        name, cell = family(base.implementation), base.cell
        head = by_cell[cell].get(name + HEAD, base)
        row = measured.get(Pair(cell, name + BASE, name + HEAD), {"verdict": ""})
        failed = [side for side in (base, head) if side.status is not Status.OK]
        if failed:
            who = "both" if len(failed) == 2 else failed[0].implementation
            row = {"verdict": "", "reason": f"{who}: {failed[-1].reason}"}
        status = failed[-1].status if failed else Status.OK
        row = {"reason": "", "status": str(status), **row}
        changed = ", ".join(differ.get(name, []))
        rows.append({"implementation": name, **cell._asdict(), "changed": changed, **row})
    return pd.DataFrame(rows, columns=COLUMNS)


def _measured(
    decisions: Mapping[Pair, Decision], rounds: Rounds, samples: pd.DataFrame
) -> dict[Pair, dict[str, Any]]:
    """The columns of each pair that was measured: its times, its ratio and its verdict."""
    sides = [(p.cell, name) for p in decisions for name in (p.base, p.head)]
    median_ns = estimates(times(rounds, sides))[0].reshape(-1, 2).tolist()
    spent_ns = samples.groupby(list(KEY), observed=True)["elapsed_ns"].sum().to_dict()
    rows = {}
    for (pair, decision), (base_ns, head_ns) in zip(decisions.items(), median_ns, strict=True):
        row = {"base_ns": base_ns, "head_ns": head_ns, "processes": decision.processes}
        row |= dict(zip(("ratio", "ratio_low", "ratio_high"), decision.ratio, strict=True))
        both_ns = sum(spent_ns[name, *pair.cell] for name in (pair.base, pair.head))
        rows[pair] = row | {"verdict": str(decision.verdict), "measured_s": both_ns / 1e9}
    return rows


def _both(base: Side, head: Side, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The implementations to race, and a note on those that only one side has."""
    for name in names:
        for side in (base, head):
            if name not in side.implementations:
                available = ", ".join(side.implementations)
                raise CompareError(f"{side.named} has no implementation {name}; it has {available}")
    both = list(names) or [
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


def _notes(differ: Mapping[str, list[str]]) -> list[str]:
    """What differs between the two sides, and what does not."""
    changed = {name: files for name, files in differ.items() if files}
    files = dict.fromkeys(file for names in changed.values() for file in names)
    notes = [f"The measured code differs in {', '.join(files)}."]
    if not changed:
        notes = ["No measured code differs; every verdict but `same` would be a false alarm."]
    elif len(changed) < len(differ):
        notes.append(f"Unchanged: {', '.join(name for name in differ if name not in changed)}.")
    versions = machine.versions(("numpy", "numba")).items()
    named = ", ".join(f"{name} {version}" for name, version in versions)
    return [*notes, f"Both ran under this harness and with the libraries installed here ({named})."]
