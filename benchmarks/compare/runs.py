"""Two runs, cell by cell. They share no round, so this claims less than a race of both."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks import format
from benchmarks.compare.revisions import CompareError
from benchmarks.compare.table import COLUMNS, Comparison
from benchmarks.machine.describe import identity
from benchmarks.results.records import Cell, is_twin
from benchmarks.results.store import CELL, Run
from benchmarks.statistics import (
    Estimate,
    RatioEstimate,
    estimates,
    rounds_of,
    times,
    unpaired,
    verdicts,
)

# The noise floor of a cell without unchanged code, which would tell how the machine drifted between
# the runs: clock and bandwidth of one machine were seen to change by a factor of two.
_UNKNOWN_DRIFT = 1.0

Key = tuple[Cell, str]
"""An implementation in a cell."""


class _Times(NamedTuple):
    """An implementation in a cell of both runs: medians, head's over base's, the fewer processes."""

    base_ns: float
    head_ns: float
    ratio: Estimate
    processes: int


def compare_runs(base: Run, head: Run, threshold: float, names: Collection[str] = ()) -> Comparison:
    """Head's times over base's in every cell that both have measured, of the named implementations.

    Without names, of all; the rest still tell how the machine has drifted.

    A change has to be beyond the threshold and beyond what unchanged code differs by in that cell.
    Runs of different machines get ratios and no verdicts.
    """
    pairs = _matched(base, head)
    if not pairs:
        raise CompareError(f"{base.folder} and {head.folder} have no measured cell in common")
    changed = {name: _changed(base, head, name) for _, name in pairs}
    unchanged = {name for name, parts in changed.items() if not parts}
    drifts = {key: _drift(key, pairs, unchanged) for key in pairs}
    different = _different_machines(base, head)
    floors = [_UNKNOWN_DRIFT if drift is None else drift for drift in drifts.values()]
    ratios = [
        RatioEstimate(pair.ratio, pair.processes, floor)
        for pair, floor in zip(pairs.values(), floors, strict=True)
    ]
    judged = [""] * len(pairs) if different else list(map(str, verdicts(ratios, threshold)))
    rows = []
    for ((cell, name), pair), verdict in zip(pairs.items(), judged, strict=True):
        if is_twin(name) or (names and name not in names):
            continue
        row = {"implementation": name, **cell._asdict(), "changed": changed[name]}
        row |= {"base_ns": pair.base_ns, "head_ns": pair.head_ns, "processes": pair.processes}
        row |= dict(zip(("ratio", "ratio_low", "ratio_high"), pair.ratio, strict=True))
        rows.append(row | {"verdict": verdict, "status": "ok"})
    title = f"{base.folder.name} → {head.folder.name}"
    table = pd.DataFrame(rows, columns=COLUMNS)
    notes = _notes(base, head, different, unchanged, drifts)
    return Comparison(title, threshold, table, tuple(notes))


def _matched(base: Run, head: Run) -> dict[Key, _Times]:
    """Every implementation in every cell that both runs have measured."""
    rounds = rounds_of(base), rounds_of(head)
    keys = [(cell, name) for cell in rounds[0].rows for name in rounds[0].columns]
    sides = [times(side, keys) for side in rounds]
    medians = [estimates(side)[0].tolist() for side in sides]
    ratios = map(Estimate._make, unpaired(sides[1], sides[0]).T.tolist())
    processes = np.minimum(sides[0].processes, sides[1].processes).tolist()
    columns = zip(keys, map(_Times, *medians, ratios, processes), strict=True)
    return {key: pair for key, pair in columns if pair.processes}


def _changed(base: Run, head: Run, name: str) -> str:
    """What has changed between the runs of this implementation, as far as they say; empty if nothing."""
    sides = [(run.about.get("implementations") or {}).get(name) or {} for run in (base, head)]
    digests = [side.get("digest") for side in sides]
    if None in digests:
        return "unknown"
    parts = ["code"] if digests[0] != digests[1] else []
    if base.about.get("versions") != head.about.get("versions"):
        parts.append("libraries")
    return ", ".join(parts)


def _drift(key: Key, pairs: Mapping[Key, _Times], unchanged: Collection[str]) -> float | None:
    """What the cell's controls differ by, as a share: unchanged implementations other than this."""
    cell, own_name = key
    controls = [
        pairs[cell, name] for name in unchanged if name != own_name and (cell, name) in pairs
    ]
    differences = [abs(np.log(control.ratio.value)) for control in controls]
    return float(np.expm1(max(differences))) if differences else None


def _different_machines(base: Run, head: Run) -> list[str]:
    sides = [identity(run.about.get("machine") or {}) for run in (base, head)]
    return [
        f"{name.removesuffix('_bytes')} {fact} and {sides[1][name]}"
        for name, fact in sides[0].items()
        if fact != sides[1][name]
    ]


def _notes(
    base: Run,
    head: Run,
    different: Collection[str],
    unchanged: Collection[str],
    drifts: Mapping[Key, float | None],
) -> list[str]:
    notes = []
    if different:
        notes.append(
            f"The runs are of different machines ({'; '.join(different)}): the ratios say nothing "
            "about the code, and there are no verdicts."
        )
    single = len({*map(tuple, base.cells[CELL].values)} ^ {*map(tuple, head.cells[CELL].values)})
    if single:
        notes.append(f"{format.count(single, 'cell')} in one of the runs alone: not compared.")
    if not different:
        measured = [drift for drift in drifts.values() if drift is not None]
        drift = (
            f"by {np.median(measured):.1%} in the median cell, {max(measured):.1%} at most"
            if measured
            else ""
        )
        notes.append(
            "The runs were at different times, so this claims less than a race of both "
            "(compare git:BASE git:HEAD). "
            + (
                f"Code that did not change ({', '.join(sorted(unchanged))}) differs {drift}; "
                "a change has to be beyond that too."
                if drift
                else "Nothing in both is known to be unchanged, so a change has to be beyond a "
                "factor of two, which is how far one machine was seen to drift."
            )
        )
    return notes
