"""The results in words: every sentence is computed from the run, and says how sure it is."""

from collections.abc import Sequence

import pandas as pd

from benchmarks import format
from benchmarks.report import confidence, lesson, ratios
from benchmarks.report.data import Cell, Data
from benchmarks.report.lesson import LOOP, VECTORIZED
from benchmarks.results.store import CELL


def sentences(data: Data) -> list[str]:
    """The headline, most important first, in plain text."""
    lines = [*_state(data)]
    if data.measured.empty:
        lines.append("Nothing was measured, so there is nothing to compare.")
    else:
        first, *rest = [*_central(data), *_dot(data)]
        lines += [_on_this_machine(data, first), *rest, *_winners(data)]
        lines += [*_limit(data), *confidence.noise(data), *_accuracy(data)]
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


def _on_this_machine(data: Data, sentence: str) -> str:
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
    speedup = lesson.speedup(data, dot) if dot else None
    if dot is None or speedup is None:
        return []
    n_x = dot.cell[CELL.index("n_x")]
    size = "" if n_x == lesson.DOT_SIZE else f" at {format.count(lesson.DOT_SIZE)}"
    return [
        f"The dot product of {format.count(n_x)} numbers, vectorized "
        f"({VECTORIZED}, {format.time(dot.times_ns[VECTORIZED])}), {ratios.compared(speedup, dot.floor)} "
        f"a loop ({LOOP}, {format.time(dot.times_ns[LOOP])}); "
        f"the lesson saw {format.ratio(lesson.DOT_SPEEDUP)}×{size}."
    ]


def _shown_dot(data: Data) -> lesson.Shown | None:
    """The dot product, where both the loop and the vectorized were timed in the same rounds."""
    dots = (demo for demo in lesson.shown(data) if demo.is_dot)
    return next((dot for dot in dots if lesson.speedup(data, dot)), None)


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
    pair = data.speedup(cell, VECTORIZED, LOOP) if {VECTORIZED, LOOP} <= set(times.index) else None
    if len(times) == 1:
        sentence = f"{winner} takes {format.time(times[winner])} a call{_share(results, winner)}; "
        sentence += "nothing else was measured"
    elif pair and winner != LOOP:
        compared = ratios.compared(pair, data.floor(cell))
        sentence = f"{_timed(VECTORIZED, times)} {compared} {_timed(LOOP, times)}"
        if len(times) > 2:
            sentence += f"; {_fastest(data, cell, list(times.index))}"
    else:
        sentence = _lead(data, cell, winner, str(times.index[1]), times)
    return [f"At {data.label(cell)}, {sentence}.", *_skipped_loop(results)]


def _timed(name: str, times: pd.Series) -> str:
    return f"{name} ({format.time(times[name])})"


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


def _lead(data: Data, cell: Cell, first: str, second: str, times: pd.Series) -> str:
    """How the fastest compares with the next, and with numpy_vectorized where that is another."""
    share, floor = _share(data.of(cell), first), data.floor(cell)
    subject = f"{_timed(first, times)}{share}"
    if (ratio := data.speedup(cell, first, second)) is None:
        return f"{subject} is the fastest"
    subject += "," if share else ""
    sentence = (
        f"{subject} {ratios.compared(ratio, floor)} {_timed(second, times)}, the next fastest"
    )
    further = VECTORIZED in times.index and VECTORIZED not in (first, second)
    if further and (ratio := data.speedup(cell, first, VECTORIZED)):
        sentence += f", and {ratios.compared(ratio, floor)} {_timed(VECTORIZED, times)}"
    return sentence


def _share(results: pd.DataFrame, name: str) -> str:
    """, at 71% of what the hardware allows; empty where that is not known."""
    share = format.percent(results["fraction_of_limit"].get(name))
    return f", at {share} of what the hardware allows" if share else ""


def _skipped_loop(results: pd.DataFrame) -> list[str]:
    """What is known of the loop where it would have taken too long."""
    loop = results.to_dict("index").get(LOOP)
    if loop is None or loop["status"] != "skipped":
        return []
    predicted = format.time(loop["predicted_ns"])
    about = f": a call would have taken about {predicted}" if predicted else ""
    return [f"{LOOP} was skipped there{about}."]


def _limit(data: Data) -> list[str]:
    """How near anything comes to the hardware, wherever that is."""
    rows = data.measured.dropna(subset=["fraction_of_limit"])
    rows = rows[rows["operation"] == data.operation()]
    if rows.empty:
        return []
    best = rows.iloc[rows["fraction_of_limit"].argmax()]
    share, label = format.percent(best["fraction_of_limit"]), data.label(tuple(best[CELL]))
    return [
        f"The nearest that anything comes to what the hardware allows is {share}, "
        f"{best['implementation']} at {label}."
    ]


def _winners(data: Data) -> list[str]:
    winners = data.winners[data.winners["operation"] == data.operation()].dropna(subset="second")
    if len(winners) < 2:
        return []
    cells = f"{format.count(len(winners), 'cell')} of {data.operation()}"
    if not (wins := tally(winners)):
        return [f"All {cells} are ties."]
    return [f"Of {cells} that were raced, the fastest is {wins}."]


def tally(winners: pd.DataFrame) -> str:
    """Who is fastest in how many cells; empty if all are ties."""
    wins = winners[~winners["tie"].astype(bool)]["winner"].value_counts()
    names = sorted(wins.index, key=lambda name: (-wins[name], name))
    counts = {name: "all" if wins[name] == len(winners) else str(wins[name]) for name in names}
    ties = len(winners) - int(wins.sum())
    tied = f"; {format.count(ties, 'is a tie', 'are ties')}" if ties else ""
    parts = [f"{name} in {counts[name]}" for name in names]
    return format.listing(parts) + tied if parts else ""


def _accuracy(data: Data) -> list[str]:
    checked = data.measured.dropna(subset=["error", "bound"])
    checked = checked[checked["bound"] > 0]
    if checked.empty:
        return []
    shares = checked["error"] / checked["bound"]
    worst = checked.iloc[shares.argmax()]
    return [
        f"All that was timed gives the right answer: the worst error is {format.significant(shares.max())} of what "
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
