"""The rows of history.csv, one for each revision, implementation and cell; and what changed."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import isnan
from typing import Any

import pandas as pd

from benchmarks import format
from benchmarks.compare.history.commits import Commit
from benchmarks.compare.history.lines import Line
from benchmarks.compare.history.race import Raced
from benchmarks.compare.sequential_test import Decision, Pair
from benchmarks.results.records import KEY, Cell, Status
from benchmarks.statistics.estimates import Estimate
from benchmarks.statistics.verdicts import CHANGED, Verdict, beyond

COLUMNS = [
    *KEY,
    *("number", "revision", "date", "subject", "version", "status", "reason"),
    *("ratio", "ratio_low", "ratio_high", "before", "step", "step_low", "step_high"),
    *("verdict", "processes"),
]
"""`number` counts the revisions from 0; `version` is the code it has, X@COMMIT. `ratio` is its time over
that of the line's first version that works, `step` over that of the version before it, of the revision `before`, if
the code is another. `status` is ok, that of a run's cell, or one of the two below."""
ABSENT, NOT_RACED = "absent", "not_raced"


def rows(
    found: Sequence[Commit], lines: Sequence[Line], cells: Sequence[Cell], races: Sequence[Raced]
) -> pd.DataFrame:
    """The table of all lines; `races` in the order in which they were made: the last one decides."""
    every = [row for line in lines for cell in cells for row in _line(found, line, cell, races)]
    return pd.DataFrame(every, columns=COLUMNS)


def _line(
    found: Sequence[Commit], line: Line, cell: Cell, races: Sequence[Raced]
) -> Iterator[dict[str, Any]]:
    raced = [version for version in line.steps if any(r.stands(cell, version) for r in races)]
    decisions = _decisions(raced, cell, races)
    first, earlier, before = next(iter(raced), ""), "", ""
    for number, (commit, version) in enumerate(zip(found, line.versions, strict=True)):
        status, reason = _status(cell, version, races)
        row = {"implementation": line.implementation, **cell._asdict(), "number": number}
        row |= {"revision": commit.short, "date": commit.date, "subject": commit.subject}
        row |= {"version": version, "status": status, "reason": reason, "verdict": ""}
        if status == Status.OK:
            row |= _estimate("ratio", _relative(races, cell, first, version))
            if earlier and version != earlier:
                decision = decisions.get((earlier, version))
                if decision is not None:
                    row |= _estimate("step", decision.ratio) | {"before": before}
                    row |= {"verdict": str(decision.verdict), "processes": decision.processes}
            earlier, before = version, commit.short
        yield row


def _decisions(
    raced: Sequence[str], cell: Cell, races: Sequence[Raced]
) -> Mapping[tuple[str, str], Decision]:
    """The decision on each step between two versions that were raced one after another."""
    found = {}
    for sides in pairwise(raced):
        for race in races:
            if Pair(cell, *sides) in race.decisions:
                found[sides] = race.decisions[Pair(cell, *sides)]
    return found


def _status(cell: Cell, version: str, races: Sequence[Raced]) -> tuple[str, str]:
    if not version:
        return ABSENT, "it has no such file"
    for race in reversed(races):
        if outcome := race.outcomes.get((cell, version)):
            return str(outcome.status), outcome.reason
    return NOT_RACED, ""


def _relative(races: Sequence[Raced], cell: Cell, first: str, version: str) -> Estimate:
    """The last that a race says of it."""
    found = (race.relative(cell, first, version) for race in reversed(races))
    nothing = Estimate(float("nan"), float("nan"), float("nan"))
    return next((estimate for estimate in found if not isnan(estimate.value)), nothing)


def _estimate(name: str, numbers: Estimate) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), numbers, strict=True))


def changes(table: pd.DataFrame) -> pd.DataFrame:
    """The rows at which the time changed, the greatest change first."""
    changed = table[table["verdict"].isin(CHANGED)]
    size = changed["step"].astype(float).map(lambda ratio: max(ratio, 1 / ratio))
    return changed.assign(size=size).sort_values("size", ascending=False).drop(columns="size")


def said(row: Mapping[Any, Any]) -> str:
    """A change in words: slower by 12% [10, 14] since 3f2a9c1 "Revision 7"."""
    low, value, high = (100 * abs(row[name] - 1) for name in ("step_low", "step", "step_high"))
    low, high = sorted((low, high))
    digits = 0 if value >= 10 else 1
    by = f"{value:.{digits}f}% [{low:.{digits}f}, {high:.{digits}f}]"
    subject = f' "{row["subject"]}"' if row["subject"] else ""
    return f"{row['verdict']} by {by} since {row['revision']}{subject}"


def where(row: Mapping[Any, Any]) -> str:
    """The implementation and the cell of a row, in words."""
    return f"{row['implementation']}, {format.cell(row)}"


def notes(table: pd.DataFrame, threshold: float) -> list[str]:
    """What the changes do not tell: what was not measured, not decided, or came in small steps."""
    told = []
    for status in dict.fromkeys(table["status"]):
        rows = table[table["status"] == status]
        if status not in (Status.OK, NOT_RACED):
            named = ", ".join(dict.fromkeys(rows["revision"]))
            reason = str(rows["reason"].iloc[0])
            told.append(f"Stepped over, {status}: {named} ({reason}).")
    undecided = table[table["verdict"] == Verdict.INCONCLUSIVE]
    if len(undecided):
        named = ", ".join(dict.fromkeys(undecided["revision"]))
        told.append(f"Not decided in the time there was: {named}.")
    unraced = table.loc[table["status"] == NOT_RACED, "revision"].nunique()
    if unraced:
        told.append(
            f"Not raced: {format.count(unraced, 'revision')}. Halving finds the largest change and may miss "
            "others that cancel; race a part of them (A..B) to see more."
        )
    for _, rows in table.groupby(list(KEY), sort=False):
        known = rows.dropna(subset="ratio")
        steady = not known["verdict"].isin(CHANGED).any()
        last = known.iloc[-1] if len(known) else None
        if steady and last is not None and beyond(last["ratio_low"], last["ratio_high"], threshold):
            told.append(
                f"{where(last.to_dict())}: the last takes {format.ratio(last['ratio'])}× the time of the first, "
                f"though no step alone is beyond {100 * threshold:.3g}%."
            )
    return told


def nothing(table: pd.DataFrame, threshold: float) -> str:
    """The last line where nothing changed."""
    share = f"{100 * threshold:.3g}%"
    if (table["verdict"] == Verdict.SAME).any():
        return f"no change beyond {share} between any two versions that were raced"
    return f"no step was decided at a threshold of {share}; give it more time: --budget SECONDS"
