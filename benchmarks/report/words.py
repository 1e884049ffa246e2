"""The answer in words: every sentence is computed from the run, and says how sure it is."""

from collections.abc import Sequence

import pandas as pd

from benchmarks.report import certainty, human, taught
from benchmarks.report.data import Cell, Data
from benchmarks.report.taught import LOOP, VECTORIZED
from benchmarks.store import CELL


def sentences(data: Data) -> list[str]:
    """The headline, most important first, in plain text."""
    found = [*_state(data)]
    if data.measured.empty:
        found.append("Nothing was measured, so there is nothing to compare.")
    else:
        found += [*_dot(data), *_central(data), *_tally(data)]
        found += [*_limit(data), *certainty.noise(data), *_accuracy(data)]
    return [*found, *_missing(data), *certainty.precision(data)]


def machine(data: Data) -> str:
    """The machine in brackets' words: 2 cores, AMD EPYC. Empty where the run does not tell."""
    about = data.about.get("machine") or {}
    cores = about.get("cores")
    parts = [human.count(cores, "core")] if isinstance(cores, int) else []
    return ", ".join([*parts, *([str(about["processor"])] if about.get("processor") else [])])


def _state(data: Data) -> list[str]:
    state = data.about.get("state", "complete")
    if state == "complete":
        return []
    return [f"This run is not complete (its state is: {state}); this is what it had measured."]


def _dot(data: Data) -> list[str]:
    """The lesson's first demonstration, beside what the lesson's own clock said."""
    dot = next((one for one in taught.shown(data) if one.demonstration.operation == "dot"), None)
    if dot is None or not {LOOP, VECTORIZED} <= set(dot.times_ns.index):
        return []
    ratio = data.speedup(dot.cell, VECTORIZED, LOOP)
    if ratio is None:
        return []
    n_x = dot.cell[CELL.index("n_x")]
    place = f"On this machine ({machine(data)})" if machine(data) else "On this machine"
    size = "" if n_x == taught.DOT_SIZE else f" at {human.count(taught.DOT_SIZE)}"
    return [
        f"{place}, the dot product of {human.count(n_x)} numbers, vectorized "
        f"({VECTORIZED}, {human.time(dot.times_ns[VECTORIZED])}), is {human.against(ratio, data.floor(dot.cell))} "
        f"a loop ({LOOP}, {human.time(dot.times_ns[LOOP])}); "
        f"the lesson saw {human.ratio(taught.DOT_TIMES)} times{size}."
    ]


def _central(data: Data) -> list[str]:
    cell = data.central()
    results = data.of(cell)
    times = results["median_ns"].dropna().sort_values()
    winner = str(times.index[0])
    said = f"At {data.label(cell)}, "
    pair = data.speedup(cell, VECTORIZED, LOOP) if {VECTORIZED, LOOP} <= set(times.index) else None
    if len(times) == 1:
        said += f"{winner} takes {human.time(times[winner])} a call; nothing else was measured"
    elif pair and winner != LOOP:
        than = human.against(pair, data.floor(cell))
        said += f"{_timed(VECTORIZED, times)} is {than} {_timed(LOOP, times)}"
        if len(times) == 2:
            return [f"{said}."]
        ahead = human.standing(pair, data.floor(cell))[0] == "faster"
        still = " still" if ahead else f" than {VECTORIZED}"
        said += "; " + _fastest(data, cell, list(times.index), still)
    else:
        said += _lead(data, cell, winner, str(times.index[1]), times)
    return [f"{said}.", *_skipped_there(results)]


def _timed(name: str, times: pd.Series) -> str:
    return f"{name} ({human.time(times[name])})"


def _fastest(data: Data, cell: Cell, ranked: Sequence[str], still: str) -> str:
    """How the fastest compares with numpy_vectorized; or, if that is it, with the next."""
    other = ranked[1] if ranked[0] == VECTORIZED else ranked[0]
    ratio = data.speedup(cell, other, VECTORIZED)
    if ratio is None:
        return f"{ranked[0]} is the fastest"
    how, amount = human.standing(ratio, data.floor(cell))
    if how == "faster":
        return f"{other} is {human.times(amount)} faster{still}"
    if how == "slower":
        return f"nothing is faster: the next, {other}, is {human.times(amount)} slower"
    return f"{other} and {VECTORIZED} are indistinguishable"


def _lead(data: Data, cell: Cell, first: str, second: str, times: pd.Series) -> str:
    ratio = data.speedup(cell, first, second)
    if ratio is None:
        return f"{_timed(first, times)} is the fastest"
    next_one = f"{_timed(second, times)}, the next fastest"
    return f"{_timed(first, times)} is {human.against(ratio, data.floor(cell))} {next_one}"


def _skipped_there(results: pd.DataFrame) -> list[str]:
    """What is known of the loop where it would have taken too long."""
    loop = results.to_dict("index").get(LOOP)
    if loop is None or loop["status"] != "skipped":
        return []
    predicted = human.time(loop["predicted_ns"])
    about = f": a call would have taken about {predicted}" if predicted else ""
    return [f"{LOOP} was skipped there{about}."]


def _limit(data: Data) -> list[str]:
    """How near the fastest comes to the hardware, in the central cell and at its nearest."""
    known = data.measured.dropna(subset=["fraction_of_limit"])
    known = known[known["operation"] == data.operation()]
    here = data.of(data.central())["fraction_of_limit"].dropna()
    if known.empty or here.empty:
        return []
    best = known.iloc[known["fraction_of_limit"].argmax()]
    there = data.label(tuple(best[CELL]))
    said = f"At {data.label(data.central())}, {here.idxmax()} is at {human.percent(here.max())} of what the hardware allows"
    if there == data.label(data.central()):
        return [f"{said}, which is the nearest that anything comes."]
    share = human.percent(best["fraction_of_limit"])
    return [
        f"{said}; the nearest that anything comes is {share}, {best['implementation']} at {there}."
    ]


def _tally(data: Data) -> list[str]:
    winners = data.winners[data.winners["operation"] == data.operation()].dropna(subset="second")
    if len(winners) < 2:
        return []
    cells = f"{human.count(len(winners), 'cell')} of {data.operation()}"
    if not (won := tally(winners)):
        return [f"All {cells} are ties."]
    return [f"Of {cells} that were raced, the fastest is {won}."]


def tally(winners: pd.DataFrame, width: int = 1000) -> str:
    """Who is fastest in how many cells, names cut to the width; empty if all are ties."""
    won = winners[~winners["tie"].astype(bool)]["winner"].value_counts()
    names = sorted(won.index, key=lambda name: (-won[name], name))
    many = {name: "all" if won[name] == len(winners) else str(won[name]) for name in names}
    ties = len(winners) - int(won.sum())
    tied = f"; {human.count(ties, 'is a tie', 'are ties')}" if ties else ""
    parts = [f"{human.short(name, width)} in {many[name]}" for name in names]
    return human.listing(parts) + tied if parts else ""


def _accuracy(data: Data) -> list[str]:
    checked = data.measured.dropna(subset=["error", "bound"])
    checked = checked[checked["bound"] > 0]
    if checked.empty:
        return []
    shares = checked["error"] / checked["bound"]
    worst = checked.iloc[shares.argmax()]
    return [
        f"All that was timed gives the right answer: the worst error is {shares.max():.2g} of what "
        f"rounding allows, {worst['implementation']}'s at {data.label(tuple(worst[CELL]))}."
    ]


def _missing(data: Data) -> list[str]:
    """How much was not measured, by what became of it."""
    lost = data.results[data.results["median_ns"].isna()]
    if lost.empty:
        return []
    counts = lost["status"].replace("ok", "not timed").str.replace("_", " ").value_counts()
    parts = [f"{number} {status}" for status, number in sorted(counts.items())]
    return [
        f"Not measured: {human.count(len(lost))} of {human.count(len(data.results))} pairs of "
        f"implementation and cell ({human.listing(parts)})."
    ]
