"""A comparison as a table: rows for comparison.csv, for the terminal, for a pull request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks import format
from benchmarks.compare.sequential_test import Judgement, Pair
from benchmarks.markdown import bullets, folded, text
from benchmarks.markdown import table as markdown_table
from benchmarks.results.records import BASE, HEAD, KEY, Outcome, Status, family
from benchmarks.statistics import Verdict, centre, times_of

COLUMNS = [
    *KEY,
    *("base_ns", "head_ns", "ratio", "ratio_low", "ratio_high", "verdict"),
    *("processes", "measured_s", "changed", "status", "reason"),
]
_ORDER = [Verdict.SLOWER, Verdict.FASTER, Verdict.INCONCLUSIVE, Verdict.SAME]


@dataclass(frozen=True, eq=False)
class Comparison:
    """What came of it. `table` has the columns COLUMNS, a row for each implementation and cell.

    `ratio` is head's time over base's: above 1 is slower. `measured_s` is what the samples of both
    took. `changed` names the files of the measured code that differ, or what is known of that.
    `status` is `ok`, or why the one side or the other was not measured.
    """

    title: str
    threshold: float
    table: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def summary(self) -> str:
        """How many of which verdict, in a line."""
        counts = self.table["verdict"].value_counts()
        said = [f"{counts[name]} {name}" for name in _ORDER if name in counts]
        lost = int((self.table["verdict"] == "").sum())
        said += [f"{lost} without a verdict"] if lost else []
        return f"At a threshold of {100 * self.threshold:.3g}%: {format.listing(said)}."


def table(
    outcomes: Iterable[Outcome],
    judged: Mapping[Pair, Judgement],
    samples: pd.DataFrame,
    differ: Mapping[str, list[str]],
) -> pd.DataFrame:
    """A row for each implementation and cell, also where one side failed."""
    times, spent_ns = (
        times_of(samples),
        samples.groupby(list(KEY), observed=True)["elapsed_ns"].sum(),
    )
    known = {(outcome.implementation, outcome.cell): outcome for outcome in outcomes}
    rows = []
    for (name, cell), base in known.items():
        if not name.endswith(BASE):
            continue
        own, other = family(name), family(name) + HEAD
        head = known.get((other, cell))
        sides = [base] if head is None else [head, base]
        failed = next((one for one in sides if one.status is not Status.OK), None)
        row = {"implementation": own, **cell._asdict(), "changed": ", ".join(differ.get(own, []))}
        row |= {"status": str(failed.status if failed else Status.OK), "verdict": ""}
        row |= {"reason": f"{failed.implementation}: {failed.reason}" if failed else ""}
        judgement = judged.get(Pair(cell, name, other))
        if judgement and not failed:
            keys = [(one, *cell) for one in (name, other)]
            row |= {"base_ns": centre(times[keys[0]]), "head_ns": centre(times[keys[1]])}
            row |= dict(zip(("ratio", "ratio_low", "ratio_high"), judgement.ratio, strict=True))
            row |= {"verdict": str(judgement.verdict), "processes": judgement.processes}
            row |= {"measured_s": sum(spent_ns[key] for key in keys) / 1e9}
        rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def slower(comparison: Comparison) -> pd.DataFrame:
    """The rows that a maintainer is to be stopped by: slower, or failed in the head alone."""
    found = comparison.table
    of_head = found["reason"].fillna("").str.contains(f"{HEAD}: ", regex=False)
    harmless = found["status"].isin([Status.OK, Status.SKIPPED, Status.UNAVAILABLE])
    return found[(found["verdict"] == Verdict.SLOWER) | (of_head & ~harmless)]


def rows(comparison: Comparison) -> list[dict[str, str]]:
    """Plain text for each row, what changed first, the greatest change on top."""
    found = comparison.table
    rank = found["verdict"].map({str(name): k for k, name in enumerate(_ORDER)}).fillna(9)
    distance = -np.abs(np.log(found["ratio"].astype(float)))
    ordered = found.assign(rank=rank, distance=distance).sort_values(["rank", "distance", *KEY])
    return [_row(row) for row in ordered.to_dict("records")]


def _row(row: Mapping) -> dict[str, str]:
    size = f"{row['operation']} {format.size(row['n_x'], row['m'])}"
    extra = [str(row["data"])] if row["data"] != "synthetic" else []
    extra += [f"{row['dtype']} {row['order']}, {format.count(row['threads'], 'thread')}"]
    ratio = ""
    if format.known(row["ratio"]):
        ratio = f"{row['ratio']:.3f} [{row['ratio_low']:.3f}, {row['ratio_high']:.3f}]"
    return {
        "verdict": row["verdict"] or row["status"],
        "implementation": row["implementation"],
        "cell": f"{size} ({', '.join(extra)})",
        "base": format.time(row["base_ns"]),
        "head": format.time(row["head_ns"]),
        "head / base": ratio,
        "why": row["reason"] or "",
    }


def markdown(comparison: Comparison) -> str:
    """The comparison for a pull request: what changed, then what did not, folded."""
    shown = rows(comparison)
    dull = [row for row in shown if row["verdict"] == Verdict.SAME]
    news = [row for row in shown if row["verdict"] != Verdict.SAME]
    parts = [f"### {text(comparison.title)}", text(comparison.summary), markdown_table(news)]
    if dull:
        parts.append(folded(f"{len(dull)} the same", markdown_table(dull)))
    parts.append(bullets(comparison.notes))
    return "\n\n".join(part for part in parts if part) + "\n"
