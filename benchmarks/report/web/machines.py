"""Which machine is fastest where: each one's best time, and what its own baseline is beaten by."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.report.tables import Rows
from benchmarks.results.records import is_control
from benchmarks.results.store import CELL

_CELL = [name for name in CELL if name != "threads"]
_MAX_ROWS = 40
_KIND = ("processor", "cores", "architecture")


def kind(data: Data) -> str:
    """What machines of one kind have in common."""
    machine = data.about.get("machine") or {}
    return ", ".join(str(machine[name]) for name in _KIND if machine.get(name))


def versions_that_differ(runs: Mapping[str, Data]) -> Rows:
    """A row for each library whose version is not the same in all the runs that have it."""
    versions = {name: _versions(data) for name, data in runs.items()}
    libraries = sorted({library for each in versions.values() for library in each})
    return [
        {"library": library, **{name: each.get(library, "") for name, each in versions.items()}}
        for library in libraries
        if len({each[library] for each in versions.values() if library in each}) > 1
    ]


def _versions(data: Data) -> dict[str, str]:
    """Of the libraries of the run, and of those that its implementations import."""
    machine = data.about.get("machine") or {}
    found = {"Python": machine["python"]} if machine.get("python") else {}
    found |= data.about.get("versions") or {}
    for about in (data.about.get("implementations") or {}).values():
        found |= about.get("libraries") or {}
    return {str(library): str(version) for library, version in found.items()}


def sharing(runs: Mapping[str, Data]) -> list[list[str]]:
    """The runs that were made on one machine at one time, together: they disturbed each other."""
    groups: list[list[str]] = []
    for name, data in runs.items():
        met = [group for group in groups if any(_together(data, runs[other]) for other in group)]
        groups = [group for group in groups if group not in met]
        groups.append([*(other for group in met for other in group), name])
    return [group for group in groups if len(group) > 1]


def _together(one: Data, other: Data) -> bool:
    names = [(data.about.get("machine") or {}).get("name") for data in (one, other)]
    begun = [str(data.about.get("started") or "") for data in (one, other)]
    ended = [str(data.about.get("finished") or "") for data in (one, other)]
    known = all((*names, *begun, *ended))
    return known and names[0] == names[1] and max(begun) < min(ended)


def rows(runs: Mapping[str, Data]) -> Rows:
    """For each cell that several have: each one's fastest, with as many threads as it likes, and its
    speedup over its own baseline; which run is fastest; and the spread of those of one kind.

    Times of different runs are not of the same rounds: where their intervals overlap, none is said to be
    the fastest.
    """
    best = {name: _best(data) for name, data in runs.items()}
    cells = [
        cell for cell in _cells(best.values()) if sum(cell in each for each in best.values()) > 1
    ]
    table = []
    for cell in cells[:_MAX_ROWS]:
        operation, data, n_x, m, dtype, order, cache = cell
        size = format.size_of_data(n_x, m, data)
        place = ", ".join([size, dtype, order, *format.caches(cache)])
        row = {"operation": operation, "cell": place}
        present = {name: each[cell] for name, each in best.items() if cell in each}
        for name in runs:
            row[name] = _text(present[name]) if name in present else ""
        row["fastest"] = _fastest(present)
        if pooled := _pooled(runs, present):
            row["machines of one kind"] = pooled
        table.append(row)
    return table


def _best(data: Data) -> dict[tuple, dict[str, Any]]:
    """The fastest of each cell, whatever the number of threads."""
    timed = data.measured[~is_control(data.measured["implementation"])]
    if timed.empty:
        return {}
    fastest = timed.loc[timed.groupby(_CELL)["median_ns"].idxmin()]
    records: Any = fastest.to_dict("records")
    return {tuple(row[name] for name in _CELL): row for row in records}


def _cells(each: Any) -> list[tuple]:
    cells = {cell for cells in each for cell in cells}
    return sorted(cells, key=lambda cell: (cell[0], -cell[2] * cell[3], cell))


def _text(row: Mapping[str, Any]) -> str:
    times = (row[name] for name in ("median_ns", "ci_low_ns", "ci_high_ns"))
    text = f"{row['implementation']} {format.time_interval(*times)}"
    if pd.notna(row["speedup"]) and row["implementation"] != row["baseline"]:
        speedup = (row[name] for name in ("speedup", "speedup_low", "speedup_high"))
        text += f", {format.ratio_interval(*speedup)} over {row['baseline']}"
    return text


def _fastest(present: Mapping[str, Mapping[str, Any]]) -> str:
    ranked = sorted(present, key=lambda name: present[name]["median_ns"])
    first, *others = (present[name] for name in ranked)
    equal = [
        name
        for name, row in zip(ranked[1:], others, strict=True)
        if first["ci_high_ns"]
        >= row["ci_low_ns"]  # it need not be the second: an interval may be wide
    ]
    if equal:
        return f"{' or '.join([ranked[0], *equal])}: their intervals overlap"
    return f"{ranked[0]}, {format.ratio(others[0]['median_ns'] / first['median_ns'])}×"


def _pooled(runs: Mapping[str, Data], present: Mapping[str, Mapping[str, Any]]) -> str:
    """From the fastest to the slowest of each kind that there are several machines of."""
    kinds: dict[str, dict[str, list[float]]] = {}
    for name, row in present.items():
        machine = str((runs[name].about.get("machine") or {}).get("name") or f"that of {name}")
        kinds.setdefault(kind(runs[name]), {}).setdefault(machine, []).append(row["median_ns"])
    texts = []
    for name, pooled in kinds.items():
        times = [time for each in pooled.values() for time in each]
        if len(pooled) > 1:  # several runs on one machine are one machine
            texts.append(
                f"{len(pooled)} of {name}: {format.time(min(times))} to {format.time(max(times))}"
            )
    return "; ".join(texts)
