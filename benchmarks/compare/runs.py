"""Two runs, cell by cell. They share no round, so this claims less than a race of both."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import format
from benchmarks.compare.revisions import CompareError
from benchmarks.compare.table import COLUMNS, Comparison
from benchmarks.machine.describe import identity
from benchmarks.results.records import KEY, is_twin
from benchmarks.results.store import CELL, Run
from benchmarks.statistics import Compared, centre, times_of, unpaired, verdicts

# Nothing that did not change tells how the machine drifted between the runs; then this much is
# believed of it: clock and bandwidth of one machine were seen to change by a factor of two.
_DRIFT = 1.0


def between(base: Run, head: Run, threshold: float, names: Collection[str] = ()) -> Comparison:
    """Head's times over base's in every cell that both have measured, of the named implementations.

    None named are all; the others still tell how the machine has drifted.

    A change has to be beyond the threshold and beyond what code that did not change differs by in
    that cell. Runs of different machines get ratios and no verdicts.
    """
    sides = [times_of(run.samples) for run in (base, head)]
    keys = [key for key in sides[0] if key in sides[1]]
    if not keys:
        raise CompareError(f"{base.folder} and {head.folder} have no measured cell in common")
    ratios = {key: unpaired(sides[1][key], sides[0][key]) for key in keys}
    unchanged = {str(key[0]) for key in keys if not _changed(base, head, str(key[0]))}
    drifts = {key: _drift(key, ratios, unchanged) for key in keys}
    counts = {key: min(len(side[key]) for side in sides) for key in keys}
    floors = {key: _DRIFT if drift is None else drift for key, drift in drifts.items()}
    compared = [Compared(ratios[key], counts[key], floors[key]) for key in keys]
    differ = _different_machines(base, head)
    said: list[Any] = [""] * len(keys) if differ else list(verdicts(compared, threshold))
    rows = []
    for key, one, verdict in zip(keys, compared, said, strict=True):
        if is_twin(str(key[0])) or (names and key[0] not in names):
            continue
        row = dict(zip(KEY, key, strict=True))
        row |= {"base_ns": centre(sides[0][key]), "head_ns": centre(sides[1][key])}
        row |= {"ratio": one.ratio.value, "ratio_low": one.ratio.low, "ratio_high": one.ratio.high}
        row |= {"verdict": str(verdict), "processes": one.processes, "status": "ok"}
        row |= {"changed": _changed(base, head, str(key[0]))}
        rows.append(row)
    title = f"{base.folder.name} → {head.folder.name}"
    table = pd.DataFrame(rows, columns=COLUMNS)
    return Comparison(title, threshold, table, tuple(_notes(base, head, differ, unchanged, drifts)))


def _changed(base: Run, head: Run, name: str) -> str:
    """What is known to have changed between the runs of this implementation; empty is nothing."""
    sides = [(run.about.get("implementations") or {}).get(name) or {} for run in (base, head)]
    digests = [side.get("digest") for side in sides]
    if None in digests:
        return "unknown"
    parts = ["code"] if digests[0] != digests[1] else []
    if base.about.get("versions") != head.about.get("versions"):
        parts.append("libraries")
    return ", ".join(parts)


def _drift(key: tuple, ratios: dict[tuple, Any], unchanged: set[str]) -> float | None:
    """What the cell's controls differ by, as a share: code that is the same, and not its own."""
    moved = [
        abs(np.log(ratio.value))
        for other, ratio in ratios.items()
        if other[1:] == key[1:] and other[0] != key[0] and other[0] in unchanged
    ]
    return float(np.expm1(max(moved))) if moved else None


def _different_machines(base: Run, head: Run) -> list[str]:
    sides = [identity(run.about.get("machine") or {}) for run in (base, head)]
    return [
        f"{name.removesuffix('_bytes')} {fact} and {sides[1][name]}"
        for name, fact in sides[0].items()
        if fact != sides[1][name]
    ]


def _notes(base, head, differ, unchanged, drifts) -> list[str]:
    notes = []
    if differ:
        notes.append(
            f"The runs are of different machines ({'; '.join(differ)}): the ratios say nothing "
            "about the code, and there are no verdicts."
        )
    lost = len({*map(tuple, base.cells[CELL].values)} ^ {*map(tuple, head.cells[CELL].values)})
    if lost:
        notes.append(f"{format.count(lost, 'cell')} in one of the runs alone: not compared.")
    if not differ:
        seen = [drift for drift in drifts.values() if drift is not None]
        drift = (
            f"by {np.median(seen):.1%} in the median cell, {max(seen):.1%} at most" if seen else ""
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
