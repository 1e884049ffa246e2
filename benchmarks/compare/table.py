"""A comparison as a table: rows for comparison.csv, for the terminal, for a pull request."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks import format
from benchmarks.markdown import bullets, code, folded, text
from benchmarks.markdown import table as markdown_table
from benchmarks.results.records import HEAD, KEY, Status
from benchmarks.statistics.verdicts import Verdict

COLUMNS = [
    *KEY,
    *("base_ns", "head_ns", "ratio", "ratio_low", "ratio_high", "verdict"),
    *("processes", "measured_s", "changed", "status", "reason", "head"),
]
_ORDER = [Verdict.SLOWER, Verdict.FASTER, Verdict.INCONCLUSIVE, Verdict.SAME]


@dataclass(frozen=True, eq=False)
class Comparison:
    """A comparison. `table` has the columns COLUMNS, a row for each implementation and cell.

    `ratio` is head's time over base's: above 1 is slower. `measured_s` is what the samples of both
    took. `changed` names the files of the measured code that differ, or what is known of that.
    `status` is `ok`, or why the one side or the other was not measured. `head` names the head where
    there are several. `command` repeats the comparison.
    """

    title: str
    threshold: float
    table: pd.DataFrame
    notes: tuple[str, ...]
    command: str = ""

    @property
    def summary(self) -> str:
        """How many of which verdict, in a line."""
        counts = self.table["verdict"].value_counts()
        parts = [f"{counts[name]} {name}" for name in _ORDER if name in counts]
        without = int((self.table["verdict"] == "").sum())
        parts += [f"{without} without a verdict"] if without else []
        return f"At a threshold of {100 * self.threshold:.3g}%: {format.listing(parts)}."


def failures(comparison: Comparison, fail_on: str) -> pd.DataFrame:
    """The rows that should stop a maintainer: slower, or failed in the head alone.

    `fail_on` is `slower`, or `inconclusive` to have these too, or `never`.
    """
    table = comparison.table
    if fail_on == "never":
        return table.head(0)
    whose = table["reason"].fillna("").str.partition(":")[0]
    of_head = whose.str.contains(HEAD, regex=False)
    harmless = table["status"].isin([Status.OK, Status.SKIPPED, Status.UNAVAILABLE])
    return table[table["verdict"].isin([Verdict.SLOWER, fail_on]) | (of_head & ~harmless)]


def rows(comparison: Comparison) -> list[dict[str, str]]:
    """Plain text for each row: changes first, the greatest on top."""
    table = comparison.table
    rank = table["verdict"].map({str(name): k for k, name in enumerate(_ORDER)}).fillna(9)
    distance = -np.abs(np.log(table["ratio"].astype(float)))
    ordered = table.assign(rank=rank, distance=distance).sort_values(["rank", "distance", *KEY])
    return [_row(row) for row in ordered.to_dict("records")]


def _row(row: Mapping) -> dict[str, str]:
    return {
        "verdict": row["verdict"] or row["status"],
        "implementation": row["implementation"],
        "revision": row["head"],
        "cell": format.cell(row),
        "base": format.time(row["base_ns"]),
        "head": format.time(row["head_ns"]),
        "head / base": format.relative_interval(row["ratio"], row["ratio_low"], row["ratio_high"]),
        "why": row["reason"] or "",
    }


def markdown(comparison: Comparison) -> str:
    """The comparison for a pull request: what changed, then what did not, folded."""
    shown = rows(comparison)
    same = [row for row in shown if row["verdict"] == Verdict.SAME]
    rest = [row for row in shown if row["verdict"] != Verdict.SAME]
    parts = [f"### {text(comparison.title)}", text(comparison.summary), markdown_table(rest)]
    if same:
        parts.append(folded(f"{len(same)} the same", markdown_table(same)))
    parts.append(bullets(comparison.notes))
    if comparison.command:
        parts.append(f"To repeat it:\n\n{code(comparison.command)}")
    return "\n\n".join(part for part in parts if part) + "\n"
