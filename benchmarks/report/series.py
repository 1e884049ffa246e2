"""Times against one size while the other stays: a line of sizes, and who is fastest along it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from benchmarks import format
from benchmarks.report.data import MAIN, SETTING, Data

LEAST_SIZES = 3
MOST_PANELS = 6


@dataclass(frozen=True, eq=False)
class Series:
    """The results and winners of cells that differ in the size `along` alone, sorted by it.

    `others` are the same cells with another dtype, order or number of threads.
    """

    along: str
    at: str
    setting: str
    rows: pd.DataFrame
    winners: pd.DataFrame
    others: Sequence["Series"] = ()


def select(data: Data, along: str, fixed: str) -> Series | None:
    """The series with the most sizes, of cost_gradient if there is one; None if all are short."""
    keys = ["operation", "data", *SETTING, fixed]
    sizes = data.measured.groupby(keys)[along].nunique().reset_index(name="sizes")
    sizes = sizes[sizes["sizes"] >= LEAST_SIZES]
    if sizes.empty:
        return None
    sizes["main"] = sizes["operation"] == MAIN
    sizes["usual"] = (sizes[SETTING] == list(data.setting)).all(axis=1)
    best = sizes.sort_values(["main", "sizes", "usual", *keys], ascending=False).iloc[0]
    own = [name for name in keys if name not in SETTING]
    alike = sizes[(sizes[own] == best[own]).all(axis=1)].drop(index=best.name).sort_values(keys)
    others = [_series(data, other, keys, along, fixed) for _, other in alike.iterrows()]
    return _series(data, best, keys, along, fixed, others[: MOST_PANELS - 1])


def _series(data: Data, which: pd.Series, keys: list[str], along, fixed, others=()) -> Series:
    rows, winners = (
        table[(table[keys] == which[keys]).all(axis=1)].sort_values(along)
        for table in (data.results, data.winners)
    )
    threads = format.count(which["threads"], "thread")
    setting = (
        f"{which['operation']}, {which['data']} data, {which['dtype']}, {which['order']} order"
    )
    at = f"{fixed} = {format.count(which[fixed])}"
    return Series(along, at, f"{setting}, {threads}", rows, winners, others)


def title(series: Series) -> str:
    """Who is fastest at the largest size, and from which size on; or that it is a tie."""
    last = series.winners.iloc[-1]
    size = format.count(last[series.along])
    largest = f"{series.along} = {size}"
    winner, second = format.short(last["winner"]), last["second"]
    if not isinstance(second, str):
        time = format.time(last["median_ns"])
        return f"At {series.at}, {winner} takes {time} a call at {largest}"
    if last["tie"]:
        return f"At {series.at}, {winner} and {format.short(second)} tie at {largest}"
    held = (series.winners["winner"] == last["winner"]) & ~series.winners["tie"].astype(bool)
    since = series.winners[held[::-1].cumprod()[::-1].astype(bool)].iloc[0][series.along]
    if held.all():
        return f"At {series.at}, {winner} is fastest at every {series.along} measured"
    if since == last[series.along]:
        return f"At {series.at}, {winner} is fastest at the largest {series.along}, {size}"
    return f"At {series.at}, {winner} is fastest from {series.along} = {format.count(since)} on"
