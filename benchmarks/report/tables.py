"""The tables of the report, as rows of plain text; no rows where the run has nothing of the kind."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from benchmarks import format
from benchmarks.report import ratios
from benchmarks.report.data import Data, errors
from benchmarks.results.store import CELL
from benchmarks.results.warnings import KINDS, amount_of, kind_of, split
from benchmarks.statistics.estimates import Estimate

Rows = list[dict[str, str]]

_MAX_NAMED = 3  # cells or pairs, before the rest is only counted


def worth(data: Data) -> Rows:
    """Each implementation and dtype: its worst error, beside its time and its memory.

    The error is the worst of all cells; a call, its share of the limit and the memory are those of
    the largest cell of the central operation that was measured in that dtype.
    """
    several = data.results["dtype"].nunique() > 1
    rows = []
    name: Any
    dtype: Any
    for (name, dtype), group in errors(data.results).groupby(["implementation", "dtype"]):
        worst = group.sort_values("share").iloc[-1]
        timed = (data.measured["dtype"] == dtype).any()
        here = data.of(data.central(dtype)).to_dict("index").get(name, {}) if timed else {}
        row = {
            "implementation": name,
            "dtype": dtype if several else "",
            "worst error / bound": format.significant(worst["share"]),
            "where": data.label(tuple(worst[CELL])),
            "verdict": "passed" if worst["share"] <= 1 else "refused",
            "a call": format.time(here.get("median_ns")),
            "of the limit": format.percent(here.get("fraction_of_limit")),
            "memory above the data": format.memory(here.get("extra_bytes")),
        }
        rows.append(row)
    return rows


def worth_note(data: Data) -> str:
    """How to read `worth`."""
    note = "The error is the worst of all cells, divided by what rounding allows there."
    if not data.measured.empty:
        each = ", or its like for each dtype" if data.results["dtype"].nunique() > 1 else ""
        note += f" A call and its memory are those at {data.label(data.central())}{each}."
    return note + " Memory is the peak beyond the data, prepared copies included."


def missing(data: Data) -> Rows:
    """What was not measured; reasons that differ in their numbers alone are told once."""
    lost = data.results[data.results["median_ns"].isna()]
    untimed = "the run ended before it was timed"
    lost = lost.assign(
        reason=lost["reason"].where(lost["status"] != "ok", untimed),
        status=lost["status"].where(lost["status"] != "ok", "not timed").str.replace("_", " "),
        kind=lost["reason"].str.replace(r"\d[\d.,e+-]*", "#", regex=True),
    )
    return [
        {
            "implementation": str(name),
            "status": str(status),
            "cells": str(len(group)),
            "which": _listing(dict.fromkeys(_labels(data, group))),
            "reason": group["reason"].iloc[0],
        }
        for (name, status, _), group in lost.groupby(["implementation", "status", "kind"])
    ]


def warnings(data: Data) -> Rows:
    """A row for each kind of warning: on how many pairs, which, the worst, and the remedy."""
    table = data.measured.assign(warning=data.measured["warnings"].map(split)).explode("warning")
    table = table.dropna(subset="warning")
    # The first number of a warning says how bad it is.
    badness = table["warning"].str.extract(r"(\d+(?:\.\d+)?)", expand=False).astype(float)
    table = table.assign(kind=table["warning"].map(kind_of), badness=badness.fillna(0))
    table = table.sort_values("badness", ascending=False, kind="stable")
    rows = []
    kind: Any
    for kind, group in table.groupby("kind"):
        pairs = zip(group["implementation"], _labels(data, group), strict=True)
        rows.append(
            {
                "warning": kind,
                "pairs": f"{format.count(len(group))} of {format.count(len(data.measured))}",
                "which, the worst first": _listing(f"{name} at {cell}" for name, cell in pairs),
                "the worst": amount_of(group["warning"].iloc[0]),
                "what to do": KINDS[kind].remedy if kind in KINDS else "",
            }
        )
    return rows


def _labels(data: Data, results: pd.DataFrame) -> list[str]:
    return [data.label(cell) for cell in results[CELL].itertuples(index=False, name=None)]


def _listing(names: Iterable[str]) -> str:
    """The first three, and how many others."""
    first, others = (names := list(names))[:_MAX_NAMED], len(names) - _MAX_NAMED
    return format.listing([*first, format.count(others, "other")] if others > 0 else first)


def cells(data: Data, most: int | None = None) -> Rows:
    """A row for each implementation and cell, in each cell the fastest first; `most` of them."""
    columns = ["operation", "dtype", "order", "threads", "cache", "data", "n_x", "m", "median_ns"]
    return [
        {
            "cell": data.label(tuple(row[key] for key in CELL)),
            "implementation": row["implementation"],
            "time of one call": format.time_interval(
                row["median_ns"], row["ci_low_ns"], row["ci_high_ns"]
            ),
            f"speedup over {data.baseline}": _speedup(row, data),
            "of what the hardware allows": format.percent(row["fraction_of_limit"]),
            "outliers": f"{format.count(row['outliers'])} of {format.count(row['samples'])}"
            if row["outliers"]
            else "",
            "disturbed": f"{format.count(row['disturbed'])} of {format.count(row['samples'])}"
            if row["disturbed"]
            else "",
            "warnings": row["warnings"],
        }
        for row in data.measured.sort_values(columns)[:most].to_dict("records")
    ]


def _speedup(row: Mapping[Any, Any], data: Data) -> str:
    """The speedup over the baseline with its interval; of the baseline, its noise floor."""
    if not format.known(row["speedup"]):
        return ""
    cell = tuple(row[key] for key in CELL)
    if row["implementation"] == data.baseline:
        if cell not in data.floors:
            return "the baseline"
        return f"the baseline; its A/A control differs by {format.percent(data.floor(cell))}"
    ratio = Estimate(row["speedup"], row["speedup_low"], row["speedup_high"])
    return ratios.speedup(ratio, data.floor(cell))
