"""Many revisions in the same rounds: between which two did something change, and by how much?

commits     the revisions that were asked for, oldest first
lines       an implementation's versions, one for each code that it ever had
changes     a sequential test of a line: at which step did the time change?
race        versions raced side by side, as that test asks
bisection   in a long line: which versions to race next
table       the rows of history.csv, and what changed
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

import pandas as pd

from benchmarks.compare.history.bisection import AT_ONCE, bisect
from benchmarks.compare.history.changes import Steps
from benchmarks.compare.history.commits import Commit
from benchmarks.compare.history.lines import Line
from benchmarks.compare.history.race import Asked, Raced, race
from benchmarks.compare.history.table import rows
from benchmarks.compare.revisions import difference
from benchmarks.results.records import Cell

INTERRUPTED = "interrupted: only the races that were whole by then are told"


def measure(
    found: Sequence[Commit], lines: Sequence[Line], asked: Asked, budget_s: float, folder: Path
) -> tuple[pd.DataFrame, list[str]]:
    """The table of the history, and the warnings of its races: they are in folder/race-1 and so on.

    Lines of up to AT_ONCE versions are raced together; each longer one is bisected. Interrupted after
    the first race, it gives the table so far, and INTERRUPTED is the first warning.
    """
    began, races = monotonic(), list[Raced]()
    paths = {name: path for line in lines for name, path in line.paths.items()}

    def race_one(steps: Sequence[Steps], firsts: Sequence[str], cells: Sequence[Cell]) -> Raced:
        left_s = max(1.0, budget_s - (monotonic() - began))
        narrowed = asked._replace(cells=tuple(cells))
        where = folder / f"race-{len(races) + 1}"
        races.append(race(steps, firsts, paths, narrowed, left_s, where))
        return races[-1]

    warnings: dict[str, None] = {}
    short = [line.steps for line in lines if len(line.steps) <= AT_ONCE]
    try:
        if short:
            race_one(short, [steps[0] for steps in short], asked.cells)
        for line in lines:
            if len(line.steps) > AT_ONCE:
                bisect(line.steps, asked.cells, _racer(race_one, line.steps[0]))
    except KeyboardInterrupt:
        if not races:
            raise
        warnings[INTERRUPTED] = None
    warnings |= dict.fromkeys(warning for each in races for warning in each.warnings)
    return rows(found, lines, asked.cells, races), list(warnings)


def _racer(
    race_one: Callable[[Sequence[Steps], Sequence[str], Sequence[Cell]], Raced], first: str
) -> Callable[[Steps, Sequence[Cell]], Raced]:
    """Races one line's steps beside its first version."""
    return lambda steps, cells: race_one([steps], [first], cells)


def differences(
    found: Sequence[Commit], lines: Sequence[Line], changed: Sequence[Mapping[Any, Any]]
) -> list[str]:
    """The diff of the measured code at each of the rows of the table that changed."""
    by_name = {line.implementation: line for line in lines}
    number = {commit.short: k for k, commit in enumerate(found)}
    texts = []
    for row in changed:
        line = by_name[row["implementation"]]
        before = line.paths[line.versions[number[row["before"]]]]
        texts.append(difference(before, line.paths[row["version"]]))
    return texts
