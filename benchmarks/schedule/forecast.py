"""What precision a run has reached, and what it would take to reach more."""

from collections.abc import Collection
from math import inf
from statistics import median
from typing import Any

from benchmarks.results.records import Cell
from benchmarks.schedule.allocation import PRECISE, RunState, measured_pairs
from benchmarks.schedule.cell_budget import UNKNOWN_VISIT_S
from benchmarks.statistics.estimates import MIN_PROCESSES
from benchmarks.statistics.rounds import rounds_of_samples


def expected_s(state: RunState, baseline: str, aim: float, processes: int, most: int) -> float:
    """The seconds until every interval is within `aim`, roughly: it narrows with the square root of its
    processes, of which there are `most` in the end.

    Before anything is measured: until everyone had so many `processes`.
    """
    wanted: dict[tuple[Cell, str], float] = {
        (cell, name): max(processes - state.visits.get((cell, name), 0), 0)
        for cell, costs in state.visit_s.items()
        for name in costs
    }
    for pair in measured_pairs(state, baseline):
        needed = max(pair.processes * (pair.half_width / aim) ** 2, MIN_PROCESSES)
        more = max(min(needed, most) - pair.processes, 0) if not pair.precise(aim) else 0
        for name in pair.names:
            wanted[pair.cell, name] = max(wanted[pair.cell, name], more)
    visits_s = sum(more * state.visit_s[cell][name] for (cell, name), more in wanted.items())
    return visits_s + state.starting_s * max(wanted.values(), default=0)


def at_least_s(cells: Collection[Cell], names: Collection[str], processes: int) -> float:
    """The seconds that a run takes at least, roughly, before anything is known."""
    visit_s = {cell: dict.fromkeys(names, UNKNOWN_VISIT_S) for cell in cells}
    state = RunState(rounds_of_samples(()), visit_s, {}, 1.0, inf, 0, 0)
    return expected_s(state, "", PRECISE, processes, processes)


def outlook(
    state: RunState, baseline: str, more_s: float = 60.0, aim: float = PRECISE
) -> dict[str, Any]:
    """What precision was reached, and what it would be after `more_s` more seconds, roughly.

    The time would go, as ever, to the pairs that are not precise yet.
    """
    measured = list(measured_pairs(state, baseline))
    imprecise = [pair for pair in measured if not pair.precise(aim)]
    within = len(measured) - len(imprecise)
    reached = {"aim": aim, "intervals": len(measured), "within": within}
    if not imprecise:
        return reached
    timed = {(pair.cell, name) for pair in imprecise for name in pair.names}
    set_s = state.starting_s + sum(state.visit_s[cell][name] for cell, name in timed)
    later = [pair.after(more_s / max(set_s, 1e-9)) for pair in imprecise]
    worst = max(imprecise, key=lambda pair: pair.half_width)
    return {
        **reached,
        "open_median": round(median(pair.half_width for pair in imprecise), 4),
        "worst": round(worst.half_width, 4),
        "worst_pair": list(worst.names),
        "worst_cell": str(worst.cell),
        "more_s": more_s,
        "within_then": within + sum(pair.precise(aim) for pair in later),
        "open_median_then": round(median(pair.half_width for pair in later), 4),
    }
