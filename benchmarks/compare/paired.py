"""Revisions raced in the same rounds: paired, on the same machine, at the same time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import format
from benchmarks.compare.revisions import CompareError, Side, changed_files
from benchmarks.compare.sequential_test import (
    MAX_PROCESSES,
    Decision,
    Pair,
    SequentialTest,
    beside,
)
from benchmarks.compare.table import COLUMNS, Comparison
from benchmarks.data import Dataset
from benchmarks.machine import describe as machine
from benchmarks.registry import digest, is_peer
from benchmarks.results import store
from benchmarks.results.records import (
    BASE,
    CONTROL,
    HEAD,
    KEY,
    Cell,
    Outcome,
    Status,
    family,
    version_of,
)
from benchmarks.schedule import run as running
from benchmarks.schedule.allocation import AllocationPolicy
from benchmarks.schedule.plan import Plan
from benchmarks.statistics.estimates import estimates
from benchmarks.statistics.rounds import Rounds, rounds_of_table, times

_ROUNDS = 6  # what differs is drawn from round to round as much as from process to process


def race(
    base: Side,
    heads: Sequence[Side],
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
    """Race the named implementations; without names, those whose code differs, and if none does, all.

    What was measured is in `folder`, as a run of implementations named X@base and X@head; of several
    heads, the others are X@head2 and so on.
    """
    sides = {HEAD + (str(k) if k > 1 else ""): side for k, side in enumerate(heads, start=1)}
    common, notes = _common([base, *heads], names)
    if not names:
        common, unchanged = _changed(common, base, heads)
        notes += [f"Unchanged, and not raced: {', '.join(unchanged)}."] if unchanged else []
    paths = {n + BASE: base.implementations[n] for n in common}
    bases = {n + head: n + BASE for n in common for head in sides}
    paths |= {n: sides[version_of(n)].implementations[family(n)] for n in bases}
    differ = {n: changed_files(paths[b], paths[n]) for n, b in bases.items()}
    same_code = {n: b for n, b in bases.items() if digest(paths[n]) == digest(paths[b])}
    if not same_code:  # nothing would tell what identical code differs by
        twin, own = common[0] + CONTROL, common[0] + BASE
        paths[twin], bases[twin], same_code[twin] = paths[own], own, own
    test = SequentialTest(beside(bases), threshold)
    plan = plan_of(test.allocate, bases, cells, paths, budget_s, seed)
    plan = replace(plan, datasets=datasets, same_code=same_code)
    outcomes = running.execute(plan, folder, dict(about), watch)
    run = store.read(folder)
    table = _table(test, outcomes, run.samples, differ)
    notes += [*_notes(differ), *_floor(table), *run.about["warnings"]]
    table = table[table["head"] != CONTROL].reset_index(drop=True)
    if len(heads) > 1:
        table["head"] = table["head"].map({head: side.short for head, side in sides.items()})
    else:
        table["head"] = ""
    title = f"{base.short} → {format.listing([head.short for head in heads])}"
    return Comparison(title, threshold, table, tuple(notes))


def plan_of(
    policy: AllocationPolicy,
    partners: Mapping[str, str],
    cells: tuple[Cell, ...],
    paths: Mapping[str, Path],
    budget_s: float,
    seed: int,
) -> Plan:
    """How pairs are measured: many sets of processes with few rounds each, as the policy asks."""
    return Plan(
        cells,
        paths,
        {},
        budget_s,
        policy=policy,
        max_processes=MAX_PROCESSES,
        rounds=_ROUNDS,
        seed=seed,
        partners=partners,
        essential=frozenset(cells),
        fresh_sets=0,
    )


def _table(
    test: SequentialTest,
    outcomes: Sequence[Outcome],
    samples: pd.DataFrame,
    differ: Mapping[str, list[str]],
) -> pd.DataFrame:
    """A row for each implementation, head and cell, also where one side failed; `head` is the name's end."""
    by_cell: dict[Cell, dict[str, Outcome]] = {}
    for outcome in outcomes:
        by_cell.setdefault(outcome.cell, {})[outcome.implementation] = outcome
    rounds = rounds_of_table(samples)
    next_process = int(samples["process"].max()) + 1 if len(samples) else 0
    decisions = test.decide(rounds, test.pairs(by_cell), next_process)
    measured = _measured(decisions, rounds, samples)
    rows = []
    for head in (outcome for outcome in outcomes if not outcome.implementation.endswith(BASE)):
        name, cell = family(head.implementation), head.cell
        base = by_cell[cell].get(name + BASE, head)
        pair = Pair(cell, name + BASE, head.implementation)
        row = measured.get(pair, {"verdict": ""})
        failed = [side for side in (base, head) if side.status is not Status.OK]
        if failed:
            who = "both" if len(failed) == 2 else failed[0].implementation
            row = {"verdict": "", "reason": f"{who}: {failed[-1].reason}"}
        status = failed[-1].status if failed else Status.OK
        if not failed and pair not in measured:
            status, row["reason"] = Status.SKIPPED, "there was no time for it: raise --budget"
        row = {"reason": "", "status": str(status), **row}
        row["changed"] = ", ".join(differ.get(head.implementation, []))
        rows.append(
            {"implementation": name, **cell._asdict(), "head": version_of(pair.head), **row}
        )
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


def _common(sides: Sequence[Side], names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The implementations to race, and a note on those that not all sides have."""
    for name in names:
        for side in sides:
            if name not in side.implementations:
                available = ", ".join(side.implementations)
                raise CompareError(f"{side.named} has no implementation {name}; it has {available}")
    everywhere = set.intersection(*({*side.implementations} for side in sides))
    common = list(names) or [
        name
        for name, path in sides[0].implementations.items()
        if name in everywhere and not is_peer(path)
    ]
    if not common:
        named = format.listing([side.named for side in sides])
        raise CompareError(f"{named} have no implementation in common")
    notes = []
    for side in sides:
        unpaired = sorted({*side.implementations} - everywhere)
        if unpaired:
            notes.append(f"In {side.named}, but not everywhere: {', '.join(unpaired)}.")
    return common, notes


def _floor(table: pd.DataFrame) -> list[str]:
    """What identical code differs by: the noise floor of this comparison."""
    identical = table[(table["changed"] == "") & (table["verdict"] != "")]
    if identical.empty:
        return []
    differ = pd.Series(np.expm1(np.abs(np.log(identical["ratio"].astype(float)))))
    named = ", ".join(dict.fromkeys(identical["implementation"]))
    return [
        f"A/A noise floor: the same code on both sides ({named}) differs by {differ.median():.1%} in the "
        f"median of {format.count(len(differ), 'cell')}, {differ.max():.1%} at most."
    ]


def _changed(
    common: Sequence[str], base: Side, heads: Sequence[Side]
) -> tuple[list[str], list[str]]:
    """Those whose code differs on any side, and the others; if none differs, all are raced."""
    changed = [
        name
        for name in common
        if any(changed_files(base.implementations[name], h.implementations[name]) for h in heads)
    ]
    if not changed:
        return list(common), []
    return changed, [name for name in common if name not in changed]


def _notes(differ: Mapping[str, list[str]]) -> list[str]:
    """What differs between the sides, and what does not; by the name of each head's version."""
    changed = {family(name) for name, files in differ.items() if files}
    files = dict.fromkeys(file for names in differ.values() for file in names)
    notes = [f"The measured code differs in {', '.join(files)}."]
    if not changed:
        notes = ["No measured code differs; every verdict but `same` would be a false alarm."]
    unchanged = [name for name in dict.fromkeys(map(family, differ)) if name not in changed]
    if changed and unchanged:
        notes.append(f"Unchanged: {', '.join(unchanged)}.")
    versions = machine.versions(("numpy", "numba")).items()
    named = ", ".join(f"{name} {version}" for name, version in versions)
    return [*notes, f"All ran under this harness and with the libraries installed here ({named})."]
