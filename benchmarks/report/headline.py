"""The results in words: every sentence is computed from the run, and says how sure it is."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from benchmarks import format
from benchmarks.report import confidence, lesson, ratios
from benchmarks.report.data import Cell, Data, errors
from benchmarks.report.lesson import LOOP, VECTORIZED
from benchmarks.results.store import CELL


def sentences(data: Data) -> list[str]:
    """The headline, most important first, in plain text."""
    lines = []
    state = data.about.get("state", "complete")
    if state != "complete":
        lines.append(
            f"This run is not complete (its state is: {state}); this is what it had measured."
        )
    if data.measured.empty:
        lines.append("Nothing was measured, so there is nothing to compare.")
    else:
        demos = (demo for demo in lesson.demonstrations(data) if demo.is_dot and demo.speedup)
        dot = next(demos, None)
        # Where the dot product stands for the run, its own sentence is enough.
        central = [] if dot and dot.cell == data.central() else _central(data)
        first, *rest = [*central, *_dot(dot)]
        place = f"On this machine ({machine(data)})" if machine(data) else "On this machine"
        lines += [f"{place}, {first[0].lower()}{first[1:]}", *rest, *_winners(data)]
        lines += [*_limit(data), *confidence.noise(data), *confidence.disturbed(data)]
        lines += [*confidence.few_processes(data), *_accuracy(data)]
    return [*lines, *_missing(data), *confidence.precision(data)]


def machine(data: Data) -> str:
    """The machine in a few words: 2 cores, AMD EPYC. Empty where the run does not tell."""
    about = data.about.get("machine") or {}
    cores = about.get("cores")
    parts = [format.count(cores, "core")] if isinstance(cores, int) else []
    return ", ".join([*parts, *([str(about["processor"])] if about.get("processor") else [])])


def title(runs: Sequence[Data]) -> str:
    """The heading of a report: what was compared, and on which machines."""
    machines = [machine(data) or "an unnamed machine" for data in runs]
    where = format.listing(list(dict.fromkeys(machines)))
    return f"Implementations of logistic regression, compared on {where}"


def date(data: Data) -> str:
    """The day on which the run started; empty where it does not tell."""
    return str(data.about.get("started") or "").partition("T")[0]


def _dot(dot: lesson.Demonstration | None) -> list[str]:
    """The lesson's first demonstration, beside what the lesson's own clock said."""
    if dot is None or dot.speedup is None:
        return []
    n_x = dot.cell[CELL.index("n_x")]
    size = "" if n_x == lesson.DOT_SIZE else f" at {format.count(lesson.DOT_SIZE)}"
    return [
        f"The dot product of {format.count(n_x)} numbers, vectorized "
        f"({VECTORIZED}, {format.time(dot.times_ns[VECTORIZED])}), "
        f"{ratios.compared(dot.speedup, dot.floor)} "
        f"a loop ({LOOP}, {format.time(dot.times_ns[LOOP])}); "
        f"the lesson saw {format.ratio(lesson.DOT_SPEEDUP)}×{size}."
    ]


def _central(data: Data) -> list[str]:
    """What vectorizing brings in the cell that stands for the run, and what more there is to gain."""
    cell = data.central()
    results = data.of(cell)
    times = results["median_ns"].dropna().sort_values()
    timed = {str(name): f"{name} ({format.time(ns)})" for name, ns in times.items()}
    winner, *others = timed
    pair = data.speedup(cell, VECTORIZED, LOOP)
    if not others:
        sentence = f"{winner} takes {format.time(times[winner])} a call{_share(results, winner)}; "
        sentence += "nothing else was measured"
    elif pair and winner != LOOP and {VECTORIZED, LOOP} <= timed.keys():  # both are still right
        compared = ratios.compared(pair, data.floor(cell))
        sentence = f"{timed[VECTORIZED]} {compared} {timed[LOOP]}"
        if len(others) > 1:
            sentence += f"; {_fastest(data, cell, list(timed))}"
    else:
        sentence = _lead(data, cell, timed)
    lines = [f"At {data.label(cell)}, {sentence}."]
    if LOOP in results.index and results["status"][LOOP] == "skipped":
        predicted = format.time(results["predicted_ns"][LOOP])
        about = f": a call would have taken about {predicted}" if predicted else ""
        lines.append(f"{LOOP} was skipped there{about}.")
    return lines


def _fastest(data: Data, cell: Cell, ranked: Sequence[str]) -> str:
    """How the fastest compares with numpy_vectorized; or, if that is it, with the next."""
    rival = ranked[1] if ranked[0] == VECTORIZED else ranked[0]
    ratio = data.speedup(cell, rival, VECTORIZED)
    if ratio is None:
        return f"{ranked[0]} is the fastest"
    sentence = f"{rival} {ratios.compared(ratio, data.floor(cell))} {VECTORIZED}"
    verdict = ratios.verdict(ratio, data.floor(cell))
    if verdict == "slower":
        return f"nothing is faster: the next, {sentence}"
    return f"{sentence}{_share(data.of(cell), rival)}" if verdict else sentence


def _lead(data: Data, cell: Cell, timed: Mapping[str, str]) -> str:
    """How the fastest compares with the next, and with numpy_vectorized where that is another."""
    first, second, *others = timed
    share, floor = _share(data.of(cell), first), data.floor(cell)
    if (ratio := data.speedup(cell, first, second)) is None:
        return f"{timed[first]}{share} is the fastest"
    subject = f"{timed[first]}{share}," if share else timed[first]
    sentence = f"{subject} {ratios.compared(ratio, floor)} {timed[second]}, the next fastest"
    if VECTORIZED in others and (ratio := data.speedup(cell, first, VECTORIZED)):
        sentence += f", and {ratios.compared(ratio, floor)} {timed[VECTORIZED]}"
    return sentence


def _share(results: pd.DataFrame, name: str) -> str:
    """, at 71% of what the hardware allows; empty where that is not known."""
    share = format.percent(results["fraction_of_limit"].get(name))
    return f", at {share} of what the hardware allows" if share else ""


def _limit(data: Data) -> list[str]:
    rows = data.measured.dropna(subset="fraction_of_limit")
    rows = rows[rows["operation"] == data.operation()]
    if rows.empty:
        return []
    best = rows.iloc[rows["fraction_of_limit"].argmax()]
    return [
        "The nearest that anything comes to what the hardware allows is "
        f"{format.percent(best['fraction_of_limit'])}, "
        f"{best['implementation']} at {data.label(tuple(best[CELL]))}."
    ]


def _winners(data: Data) -> list[str]:
    operation = data.operation()
    winners = data.winners[data.winners["operation"] == operation].dropna(subset="second")
    if len(winners) < 2:
        return []
    cells, wins = f"{format.count(len(winners), 'cell')} of {operation}", tally(winners)
    return [
        f"Of {cells} that were raced, the fastest is {wins}." if wins else f"All {cells} are ties."
    ]


def tally(winners: pd.DataFrame) -> str:
    """Who is fastest in how many cells; empty if all are ties. Those who are alike count as one."""
    won = winners[~winners["tie"].astype(bool)]
    wins = pd.Series([team(row) for row in won.to_dict("records")], dtype=object).value_counts()
    names = sorted(wins.index, key=lambda name: (-wins[name], name))
    counts = {name: "all" if wins[name] == len(winners) else str(wins[name]) for name in names}
    ties = len(winners) - int(wins.sum())
    tied = f"; {format.count(ties, 'is a tie', 'are ties')}" if ties else ""
    parts = [f"{name} in {counts[name]}" for name in names]
    return format.listing(parts) + tied if parts else ""


def team(winner: Mapping[Any, Any]) -> str:
    """The winner of a cell, and whoever is alike."""
    return " or ".join(sorted({winner["winner"], *winner["alike"]}))


def _accuracy(data: Data) -> list[str]:
    checked = errors(data.measured)
    if checked.empty:
        return []
    worst = checked.iloc[checked["share"].argmax()]
    return [
        "All that was timed gives the right answer: the worst error is "
        f"{format.significant(worst['share'])} of what rounding allows, "
        f"{worst['implementation']}'s at {data.label(tuple(worst[CELL]))}."
    ]


def _missing(data: Data) -> list[str]:
    lost = data.results[data.results["median_ns"].isna()]
    if lost.empty:
        return []
    counts = lost["status"].replace("ok", "not timed").str.replace("_", " ").value_counts()
    parts = [f"{number} {status}" for status, number in sorted(counts.items())]
    return [
        f"Not measured: {format.count(len(lost))} of {format.count(len(data.results))} pairs of "
        f"implementation and cell ({format.listing(parts)})."
    ]
