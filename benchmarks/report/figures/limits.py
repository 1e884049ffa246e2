"""How fast can this machine's memory be read, at best?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.report.figures import _axes
from benchmarks.report.figures._style import FAINT, INK, PALE, wrapped

PLACE = 70
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
_MARKERS = "os^Dv"


@dataclass(frozen=True, eq=False)
class Curves:
    """Bytes a second against the working set, a row for each size and thread count; cache sizes by level."""

    rows: pd.DataFrame
    caches: Mapping[str, int] = field(default_factory=dict)


def select(data: Data) -> Curves | None:
    return curves(data.limits, data.about.get("machine") or {})


def curves(limits: pd.DataFrame, machine: Mapping[str, Any]) -> Curves | None:
    """What a table of limits says of reading, and what run.json's `machine` says of the caches."""
    if limits.empty or not (limits["what"] == "read").any():
        return None
    rows = limits[limits["what"] == "read"].sort_values(["threads", "working_set_bytes"])
    named = {level: machine.get(f"{level.lower()}_cache_bytes") for level in ("L1", "L2", "L3")}
    return Curves(rows, {level: size for level, size in named.items() if size})


def title(found: Curves) -> str:
    rows = found.rows[found.rows["threads"] == found.rows["threads"].max()]
    first, last = rows.iloc[0], rows.iloc[-1]
    return (
        f"{format.count(int(last['threads']), 'thread')} read {_rate(last['per_s'])} from memory "
        f"and {_rate(first['per_s'])} from the first cache"
    )


def draw(found: Curves) -> Figure:
    """A line for each thread count, and where each cache of one core ends."""
    figure = Figure(figsize=(9, 4.2))
    axes = figure.subplots()
    threads: Any
    for k, (threads, own) in enumerate(found.rows.groupby("threads")):
        axes.plot(
            own["working_set_bytes"], own["per_s"], color=_COLOURS[k % 5], marker=_MARKERS[k % 5],
            markersize=5, linewidth=1.6, label=format.count(int(threads), "thread"),
        )  # fmt: skip
    sizes = sorted(found.rows["working_set_bytes"].unique())
    form = FuncFormatter(lambda value, _: format.memory(value))
    _axes.ticked(axes, "x", FixedLocator(sizes[::2]), form)
    low, high = found.rows["per_s"].min(), found.rows["per_s"].max()
    ticks = [
        t * 1e9
        for t in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
        if low / 2 < t * 1e9 < high * 2
    ]
    _axes.ticked(axes, "y", FixedLocator(ticks), FuncFormatter(lambda value, _: _rate(value)))
    axes.set_ylim(low / 1.5, high * 1.8)
    for level, size in found.caches.items():
        axes.axvline(size, color=PALE, linewidth=6, zorder=0)
        axes.text(size, high * 1.75, level, color=FAINT, ha="center", va="top")
    axes.grid(True)
    axes.set_xlabel("working set (bytes read over and over, by all threads together)")
    axes.set_ylabel("read, the best of several probes (bytes a second)")
    axes.legend(loc="lower left", labelcolor=INK)
    axes.set_title(wrapped(title(found), 9), pad=12)
    return figure


def table(found: Curves) -> list[dict[str, str]]:
    """The rates at each size, a column for each thread count, and whose they were."""
    rows = []
    size: Any
    for size, own in found.rows.groupby("working_set_bytes"):
        row = {"working set": format.memory(size)}
        for one in own.to_dict("records"):
            name = format.count(int(one["threads"]), "thread")
            row[name] = f"{_rate(one['per_s'])} ({one['probe']})"
        rows.append(row)
    return rows


def _rate(per_s: float) -> str:
    return f"{per_s / 1e9:,.3g} GB/s"
