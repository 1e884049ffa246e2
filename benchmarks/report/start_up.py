"""Start-up cost and break-even: what an implementation takes before its calls are fast."""

from collections.abc import Mapping
from math import ceil
from statistics import median
from typing import Any

from benchmarks import format
from benchmarks.report import headline, ratios
from benchmarks.report.data import Cell, Data
from benchmarks.report.lesson import LOOP
from benchmarks.report.tables import Rows
from benchmarks.results.store import CELL


def rows(data: Data) -> Rows:
    """Start-up cost in the central cell, and after how many calls it breaks even."""
    if data.measured.empty:
        return []
    about = data.about.get("implementations") or {}
    costs = _costs(data, data.central())
    rivals = [name for name in dict.fromkeys([LOOP, data.baseline]) if name in costs]
    table = []
    for name, cost in costs.items():
        facts = about.get(name) or {}
        imports = facts.get("import_ns") or []
        row = {
            "implementation": name,
            "what it is": str(facts.get("doc") or ""),
            "import": format.time(median(imports)) if imports else "",
            "prepare": format.time(cost["prepare_ns"]),
            "first call": format.time(cost["first_ns"]),
            "a call": format.time(cost["median_ns"]),
            "slowest first call": f"{format.time(cost['slowest_ns'])}, {cost['slowest_in']}",
        }
        for rival in rivals:
            row[f"ahead of {rival} after"] = _break_even(
                data, name, rival, costs, ["prepare_ns", "extra_ns"]
            )
        if data.baseline in costs:
            alone = _break_even(data, name, data.baseline, costs, ["prepare_ns"])
            row["prepare alone breaks even after"] = alone
        table.append(row)
    return table


def note(data: Data) -> str:
    """How to read `rows`, where anything was measured."""
    if data.measured.empty:
        return ""
    return (
        f"Prepare and calls are those at {data.label(data.central())}. The slowest first call of "
        "all cells includes what is done once, such as compiling; a compiled file that was there "
        "already is not used for it. The calls to break even count it in, and prepare, on both sides."
    )


def _costs(data: Data, cell: Cell) -> dict[str, dict[str, Any]]:
    """By implementation: call and prepare in this cell, and the slowest first call of any cell."""
    ran = data.measured[data.measured["operation"] == cell[0]].dropna(subset="first_call_ns")
    # What was compiled before is only loaded, so the gate's first call, with nothing compiled, counts
    # too. A compiler is at work in one cell's first call and done in the next, so look at them all.
    first_ns = ran[["first_call_ns", "compile_ns"]].max(axis=1)
    ran = ran.assign(first_ns=first_ns, extra_ns=first_ns - ran["median_ns"])
    slowest = ran.sort_values("extra_ns").drop_duplicates("implementation", keep="last")
    slowest = slowest.assign(slowest_in=[_where(data, row) for row in slowest.to_dict("records")])
    slowest = slowest.rename(columns={"first_ns": "slowest_ns"}).set_index("implementation")
    here = data.of(cell)[["prepare_ns", "first_call_ns", "compile_ns", "median_ns"]]
    here = here.assign(first_ns=here[["first_call_ns", "compile_ns"]].max(axis=1))
    costs = slowest[["slowest_ns", "slowest_in", "extra_ns"]].join(here).sort_index()
    return {str(name): cost for name, cost in costs.to_dict("index").items()}


def _where(data: Data, row: Mapping[Any, Any]) -> str:
    """In which cell a first call was; of one that compiled in the gate, the day if that was before."""
    if not row["compile_ns"] > row["first_call_ns"]:
        return f"at {data.label(tuple(row[key] for key in CELL))}"
    day = row["compiled_on"]
    return f"compiling on {day}" if day and day != headline.date(data) else "compiling"


def _break_even(
    data: Data, name: str, rival: str, costs: Mapping[str, Mapping[str, Any]], counted: list[str]
) -> str:
    """The calls after which an implementation is ahead of its rival, the counted costs included.

    `extra_ns` is what the slowest first call took beyond a call.
    """
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
