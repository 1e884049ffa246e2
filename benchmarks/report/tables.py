"""The tables of the report, as rows of plain text; no rows where the run has nothing of the kind."""

import re
from collections.abc import Mapping
from math import ceil
from statistics import median
from typing import Any

from benchmarks import format
from benchmarks.report import ratios
from benchmarks.report.data import Cell, Data, errors
from benchmarks.report.lesson import LOOP
from benchmarks.results.store import CELL

Rows = list[dict[str, str]]

PREPARE = ("prepare_ns",)
ONCE = (*PREPARE, "extra_ns")  # and the slowest first call, beyond a call


def starting(data: Data) -> Rows:
    """Start-up cost in the central cell, and after how many calls it breaks even."""
    about = data.about.get("implementations") or {}
    costs = _costs(data, data.central())
    rivals = [name for name in dict.fromkeys([LOOP, data.baseline]) if name in costs]
    rows = []
    for name, cost in costs.items():
        facts = about.get(name) or {}
        imports = facts.get("import_ns") or []
        row = {"implementation": name, "what it is": str(facts.get("doc") or "")}
        row |= {"import": format.time(median(imports)) if imports else ""}
        row |= {"prepare": format.time(cost["prepare_ns"])}
        row |= {"first call": format.time(cost["first_call_ns"])}
        row |= {"a call": format.time(cost["median_ns"])}
        row |= {"slowest first call": f"{format.time(cost['slowest_ns'])}, at {cost['slowest_in']}"}
        for rival in rivals:
            row[f"ahead of {rival} after"] = _break_even(data, name, rival, costs)
        if data.baseline in costs:
            alone = _break_even(data, name, data.baseline, costs, PREPARE)
            row["prepare alone breaks even after"] = alone
        rows.append(row)
    return rows


def starting_note(data: Data) -> str:
    """How to read `starting`."""
    return (
        f"Prepare and calls are those at {data.label(data.central())}. The slowest first call of "
        "all cells includes what is done once, such as compiling. The calls to break even count "
        "it in, and prepare, on both sides."
    )


def _costs(data: Data, cell: Cell) -> dict[str, dict[str, Any]]:
    """By implementation: call and prepare in this cell, and the slowest first call of any cell."""
    ran = data.measured[data.measured["operation"] == cell[0]].dropna(subset="first_call_ns")
    # A compiler is at work in one cell's first call and is done in the next, so look at them all.
    ran = ran.assign(extra_ns=ran["first_call_ns"] - ran["median_ns"])
    slowest = ran.sort_values("extra_ns").drop_duplicates("implementation", keep="last")
    slowest = slowest.assign(slowest_in=[data.label(tuple(key)) for key in slowest[CELL].values])
    slowest = slowest.rename(columns={"first_call_ns": "slowest_ns"}).set_index("implementation")
    here = data.of(cell)[["prepare_ns", "first_call_ns", "median_ns"]]
    costs = slowest[["slowest_ns", "slowest_in", "extra_ns"]].join(here).sort_index()
    return {str(name): cost for name, cost in costs.to_dict("index").items()}


def _break_even(
    data: Data, name: str, rival: str, costs: Mapping[str, Mapping[str, Any]], counted=ONCE
) -> str:
    """The calls after which an implementation is ahead of its rival, its start-up costs included."""
    if name == rival:
        return ""
    saved = costs[rival]["median_ns"] - costs[name]["median_ns"]
    late = sum(costs[name][what] - costs[rival][what] for what in counted)
    ratio = data.speedup(data.central(), name, rival)
    if not (format.known(saved) and format.known(late)) or ratio is None:
        return ""
    if not ratios.verdict(ratio, data.floor(data.central())):
        return ratios.NO_DIFFERENCE
    if saved <= 0:
        return "never: its calls are slower"
    return format.count(max(1, ceil(late / saved)), "call")


def worth(data: Data) -> Rows:
    """Each implementation and dtype: its worst error, beside its time and its memory.

    The error is the worst of all cells; a call, its share of the limit and the memory are those of
    the largest cell of the central operation that was measured in that dtype.
    """
    several = data.results["dtype"].nunique() > 1
    rows = []
    for (name, dtype), group in errors(data.results).groupby(["implementation", "dtype"]):
        worst = group.sort_values("share").iloc[-1]
        row = {"implementation": str(name)} | ({"dtype": str(dtype)} if several else {})
        row |= {
            "worst error / bound": format.significant(worst["share"]),
            "where": data.label(tuple(worst[CELL])),
            "verdict": "passed" if worst["share"] <= 1 else "refused",
        }
        rows.append(row | _cost(data, str(name), str(dtype)))
    return rows


def worth_note(data: Data) -> str:
    """How to read `worth`."""
    note = "The error is the worst of all cells, divided by what rounding allows there."
    if not data.measured.empty:
        each = ", or its like for each dtype" if data.results["dtype"].nunique() > 1 else ""
        note += f" A call and its memory are those at {data.label(data.central())}{each}."
    return note + " Memory is the peak beyond the data, prepared copies included."


def _cost(data: Data, name: str, dtype: str) -> dict[str, str]:
    """What a call takes and needs, in the cell that stands for this dtype."""
    cells = data.measured[data.measured["dtype"] == dtype]
    here = data.of(data.central(dtype)) if len(cells) else data.measured.head(0)
    if name not in here.index:
        return dict.fromkeys(("a call", "of the limit", "memory above the data"), "")
    result: dict[Any, Any] = here.loc[name].to_dict()
    return {
        "a call": format.time(result["median_ns"]),
        "of the limit": format.percent(result["fraction_of_limit"]),
        "memory above the data": format.memory(result["extra_bytes"]),
    }


def missing(data: Data) -> Rows:
    """What was not measured; reasons that differ in their numbers alone are told once."""
    lost = data.results[data.results["median_ns"].isna()]
    untimed = "the run ended before it was timed"
    lost = lost.assign(
        reason=lost["reason"].where(lost["status"] != "ok", untimed),
        status=lost["status"].where(lost["status"] != "ok", "not timed"),
    )
    lost = lost.assign(kind=[re.sub(r"\d[\d.,e+-]*", "#", reason) for reason in lost["reason"]])
    rows = []
    for (name, status, _), group in lost.groupby(["implementation", "status", "kind"]):
        labels = list(dict.fromkeys(data.label(tuple(cell)) for cell in group[CELL].values))
        more = [format.count(len(labels) - 3, "other")] if len(labels) > 3 else []
        row = {"implementation": str(name), "status": str(status).replace("_", " ")}
        row |= {"cells": str(len(group)), "which": format.listing([*labels[:3], *more])}
        rows.append({**row, "reason": group["reason"].iloc[0]})
    return rows
