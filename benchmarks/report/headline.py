"""The answer in words: every sentence is computed from the run, and says how sure it is."""

from collections.abc import Sequence

import pandas as pd

from benchmarks import format
from benchmarks.report import confidence, lesson, ratios
from benchmarks.report.data import Cell, Data
from benchmarks.report.lesson import LOOP, VECTORIZED
from benchmarks.results.store import CELL


def sentences(data: Data) -> list[str]:
    """The headline, most important first, in plain text."""
    found = [*_state(data)]
    if data.measured.empty:
        found.append("Nothing was measured, so there is nothing to compare.")
    else:
        first, *rest = [*_central(data), *_dot(data)]
        found += [_here(data, first), *rest, *_tally(data)]
        found += [*_limit(data), *confidence.noise(data), *_accuracy(data)]
    return [*found, *_missing(data), *confidence.precision(data)]


def machine(data: Data) -> str:
    """The machine in brackets' words: 2 cores, AMD EPYC. Empty where the run does not tell."""
    about = data.about.get("machine") or {}
    cores = about.get("cores")
    parts = [format.count(cores, "core")] if isinstance(cores, int) else []
    return ", ".join([*parts, *([str(about["processor"])] if about.get("processor") else [])])


def _here(data: Data, sentence: str) -> str:
    """The sentence, as one of this machine."""
    place = f"On this machine ({machine(data)})" if machine(data) else "On this machine"
    return f"{place}, {sentence[0].lower()}{sentence[1:]}"


def _state(data: Data) -> list[str]:
    state = data.about.get("state", "complete")
    if state == "complete":
        return []
    return [f"This run is not complete (its state is: {state}); this is what it had measured."]


def _dot(data: Data) -> list[str]:
    """The lesson's first demonstration, beside what the lesson's own clock said."""
    dot = _shown_dot(data)
    ratio = data.speedup(dot.cell, VECTORIZED, LOOP) if dot else None
    if dot is None or ratio is None:
        return []
    n_x = dot.cell[CELL.index("n_x")]
    size = "" if n_x == lesson.DOT_SIZE else f" at {format.count(lesson.DOT_SIZE)}"
    return [
        f"The dot product of {format.count(n_x)} numbers, vectorized "
        f"({VECTORIZED}, {format.time(dot.times_ns[VECTORIZED])}), is {ratios.against(ratio, data.floor(dot.cell))} "
        f"a loop ({LOOP}, {format.time(dot.times_ns[LOOP])}); "
        f"the lesson saw {format.ratio(lesson.DOT_TIMES)} times{size}."
    ]


def _shown_dot(data: Data) -> lesson.Shown | None:
    """The dot product, where both the loop and the vectorized were timed in the same rounds."""
    for one in lesson.shown(data):
        if one.demonstration.operation == "dot" and {LOOP, VECTORIZED} <= set(one.times_ns.index):
            return one if data.speedup(one.cell, VECTORIZED, LOOP) else None
    return None


def _central(data: Data) -> list[str]:
    """What vectorizing brings in the cell that stands for the run, and what more there is to gain.

    Nothing where that is the lesson's dot product, of which `_dot` tells.
    """
    cell = data.central()
    if (dot := _shown_dot(data)) and dot.cell == cell:
        return []
    results = data.of(cell)
    times = results["median_ns"].dropna().sort_values()
    winner = str(times.index[0])
    said = f"At {data.label(cell)}, "
    pair = data.speedup(cell, VECTORIZED, LOOP) if {VECTORIZED, LOOP} <= set(times.index) else None
    if len(times) == 1:
        said += f"{winner} takes {format.time(times[winner])} a call{_share(results, winner)}; "
        said += "nothing else was measured"
    elif pair and winner != LOOP:
        than = ratios.against(pair, data.floor(cell))
        said += f"{_timed(VECTORIZED, times)} is {than} {_timed(LOOP, times)}"
        if len(times) == 2:
            return [f"{said}."]
        ahead = ratios.standing(pair, data.floor(cell))[0] == "faster"
        still = " still" if ahead else f" than {VECTORIZED}"
        said += "; " + _fastest(data, cell, list(times.index), still)
    else:
        said += _lead(data, cell, winner, str(times.index[1]), times)
    return [f"{said}.", *_skipped_there(results)]


def _timed(name: str, times: pd.Series) -> str:
    return f"{name} ({format.time(times[name])})"


def _fastest(data: Data, cell: Cell, ranked: Sequence[str], still: str) -> str:
    """How the fastest compares with numpy_vectorized; or, if that is it, with the next."""
    other = ranked[1] if ranked[0] == VECTORIZED else ranked[0]
    ratio = data.speedup(cell, other, VECTORIZED)
    if ratio is None:
        return f"{ranked[0]} is the fastest"
    how, amount = ratios.standing(ratio, data.floor(cell))
    if how == "faster":
        return f"{other} is {ratios.times(amount)} faster{still}{_share(data.of(cell), other)}"
    if how == "slower":
        return f"nothing is faster: the next, {other}, is {ratios.times(amount)} slower"
    return f"{other} and {VECTORIZED} are indistinguishable"


def _lead(data: Data, cell: Cell, first: str, second: str, times: pd.Series) -> str:
    """How the fastest compares with the next, and with numpy_vectorized where that is another."""
    said = f"{_timed(first, times)}{_share(data.of(cell), first)}"
    if (ratio := data.speedup(cell, first, second)) is None:
        return f"{said} is the fastest"
    floor = data.floor(cell)
    said += " is" if not _share(data.of(cell), first) else ", is"
    said += f" {ratios.against(ratio, floor)} {_timed(second, times)}, the next fastest"
    if VECTORIZED not in times.index or VECTORIZED in (first, second):
        return said
    plain = data.speedup(cell, first, VECTORIZED)
    return (
        f"{said}, and {ratios.against(plain, floor)} {_timed(VECTORIZED, times)}" if plain else said
    )


def _share(results: pd.DataFrame, name: str) -> str:
    """, at 71% of what the hardware allows; empty where that is not known."""
    share = format.percent(results["fraction_of_limit"].get(name))
    return f", at {share} of what the hardware allows" if share else ""


def _skipped_there(results: pd.DataFrame) -> list[str]:
    """What is known of the loop where it would have taken too long."""
    loop = results.to_dict("index").get(LOOP)
    if loop is None or loop["status"] != "skipped":
        return []
    predicted = format.time(loop["predicted_ns"])
    about = f": a call would have taken about {predicted}" if predicted else ""
    return [f"{LOOP} was skipped there{about}."]


def _limit(data: Data) -> list[str]:
    """How near anything comes to the hardware, wherever that is."""
    known = data.measured.dropna(subset=["fraction_of_limit"])
    known = known[known["operation"] == data.operation()]
    if known.empty:
        return []
    best = known.iloc[known["fraction_of_limit"].argmax()]
    share, there = format.percent(best["fraction_of_limit"]), data.label(tuple(best[CELL]))
    return [
        f"The nearest that anything comes to what the hardware allows is {share}, "
        f"{best['implementation']} at {there}."
    ]


def _tally(data: Data) -> list[str]:
    winners = data.winners[data.winners["operation"] == data.operation()].dropna(subset="second")
    if len(winners) < 2:
        return []
    cells = f"{format.count(len(winners), 'cell')} of {data.operation()}"
    if not (won := tally(winners)):
        return [f"All {cells} are ties."]
    return [f"Of {cells} that were raced, the fastest is {won}."]


def tally(winners: pd.DataFrame, width: int = 1000) -> str:
    """Who is fastest in how many cells, names cut to the width; empty if all are ties."""
    won = winners[~winners["tie"].astype(bool)]["winner"].value_counts()
    names = sorted(won.index, key=lambda name: (-won[name], name))
    many = {name: "all" if won[name] == len(winners) else str(won[name]) for name in names}
    ties = len(winners) - int(won.sum())
    tied = f"; {format.count(ties, 'is a tie', 'are ties')}" if ties else ""
    parts = [f"{format.short(name, width)} in {many[name]}" for name in names]
    return format.listing(parts) + tied if parts else ""


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
        f"Not measured: {format.count(len(lost))} of {format.count(len(data.results))} pairs of "
        f"implementation and cell ({format.listing(parts)})."
    ]
