"""Two runs, cell by cell. They share no round, so this claims less than a race of both."""

from collections import defaultdict
from collections.abc import Collection

import numpy as np
import pandas as pd

from benchmarks import format
from benchmarks.compare.revisions import CompareError
from benchmarks.compare.table import COLUMNS, Comparison
from benchmarks.machine.describe import differences
from benchmarks.results.records import KEY, is_control
from benchmarks.results.store import CELL, Run
from benchmarks.statistics.estimates import Estimate, estimates, unpaired
from benchmarks.statistics.rounds import Rounds, rounds_of_table, times
from benchmarks.statistics.samples import cells_of
from benchmarks.statistics.verdicts import RatioEstimate, verdicts

# The noise floor of a cell without unchanged code, which would tell how the machine drifted between
# the runs: clock and bandwidth of one machine were seen to change by a factor of two.
_UNKNOWN_DRIFT = 1.0
_RATIO = ["ratio", "ratio_low", "ratio_high"]


def compare_runs(base: Run, head: Run, threshold: float, names: Collection[str] = ()) -> Comparison:
    """Head's times over base's in every cell that both have measured, of the named implementations.

    Without names, of all; the rest still tell how the machine has drifted.

    A change has to be beyond the threshold and beyond what unchanged code differs by in that cell.
    Runs of different machines get ratios and no verdicts.
    """
    rounds = rounds_of_table(base.samples), rounds_of_table(head.samples)
    table = _matched(*rounds)
    if table.empty:
        raise CompareError(f"{base.folder} and {head.folder} have no measured cell in common")
    table["changed"] = [_changed(base, head, name) for name in table["implementation"]]
    drifts = _drifts(table)
    different = _different_machines(base, head)
    if not different:
        columns = table[_RATIO].to_numpy(), table["processes"], drifts.fillna(_UNKNOWN_DRIFT)
        ratios = [RatioEstimate(Estimate(*r), *rest) for r, *rest in zip(*columns, strict=True)]
        table["verdict"] = list(map(str, verdicts(ratios, threshold)))
    unchanged = sorted(set(table.loc[table["changed"] == "", "implementation"]))
    shown = ~is_control(table["implementation"])
    if names:
        shown &= table["implementation"].isin(list(names))
    title = f"{base.folder.name} → {head.folder.name}"
    notes = _notes(base, head, different, unchanged, drifts.dropna())
    table = table[shown].reset_index(drop=True)
    notes += _interference(*rounds, table)
    return Comparison(title, threshold, table, tuple(notes))


def _matched(base: Rounds, head: Rounds) -> pd.DataFrame:
    """A row with times and ratio for every implementation in every cell that both have measured."""
    keys = [(cell, name) for cell in base.rows for name in base.columns]
    sides = [times(side, keys) for side in (base, head)]
    table = pd.DataFrame([(name, *cell) for cell, name in keys], columns=list(KEY))
    table["base_ns"], table["head_ns"] = (estimates(side)[0] for side in sides)
    table[_RATIO] = unpaired(sides[1], sides[0]).T
    table["processes"] = np.minimum(*(side.processes for side in sides))
    table = table[table["processes"] > 0].reindex(columns=COLUMNS)
    return table.assign(verdict="", status="ok", reason="", head="")


def _interference(base: Rounds, head: Rounds, table: pd.DataFrame) -> list[str]:
    """A note on the rows in which disturbed samples had to count."""
    keys = zip(cells_of(table), table["implementation"], strict=True)
    many = sum(key in base.crowded or key in head.crowded for key in keys)
    if not many:
        return []
    return [
        f"Other programs had the processor during most samples of {format.count(many, 'row')}, so "
        "all samples count there (interference); measure in a quieter hour."
    ]


def _changed(base: Run, head: Run, name: str) -> str:
    """What has changed between the runs of this implementation, as far as they say; empty if nothing."""
    sides = [(run.about.get("implementations") or {}).get(name) or {} for run in (base, head)]
    digests = [side.get("digest") for side in sides]
    if None in digests:
        return "unknown"
    parts = ["code"] if digests[0] != digests[1] else []
    libraries = [side.get("libraries") for side in sides]
    if None in libraries:  # of an earlier version, which recorded those of the project alone
        libraries = [run.about.get("versions") for run in (base, head)]
    if libraries[0] != libraries[1]:
        parts.append("libraries")
    return ", ".join(parts)


def _drifts(table: pd.DataFrame) -> pd.Series:
    """What the controls of each row differ by, as a share; nan without one.

    They are the other implementations in its cell that did not change.
    """
    moved: defaultdict[tuple, dict[str, float]] = defaultdict(dict)
    rows = list(table[["implementation", "changed", "ratio", *CELL]].itertuples(index=False))
    for name, changed, ratio, *cell in rows:
        if not changed:
            moved[tuple(cell)][name] = abs(np.log(ratio))
    controls = [
        [log for other, log in moved[tuple(cell)].items() if other != name]
        for name, _, _, *cell in rows
    ]
    return pd.Series(np.expm1([max(logs, default=np.nan) for logs in controls]), table.index)


def _different_machines(base: Run, head: Run) -> list[str]:
    return differences(*((run.about.get("machine") or {}) for run in (base, head)))


def _notes(
    base: Run, head: Run, different: Collection[str], unchanged: Collection[str], drifts: pd.Series
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
    if different:
        return notes
    if drifts.empty:
        bar = (
            "Nothing in both is known to be unchanged, so a change has to be beyond a factor of two, "
            "which is how far one machine was seen to drift."
        )
    else:
        bar = (
            f"Code that did not change ({', '.join(unchanged)}) differs by {drifts.median():.1%} in "
            f"the median cell, {drifts.max():.1%} at most; a change has to be beyond that too."
        )
    notes.append(
        "The runs were at different times, so this claims less than a race of both "
        f"(compare git:BASE git:HEAD). {bar}"
    )
    return notes
