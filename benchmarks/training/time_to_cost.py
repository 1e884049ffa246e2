"""How long training takes with each implementation: from a race to times, intervals and crossings."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks import format
from benchmarks.correctness.check import reference
from benchmarks.data import Dataset
from benchmarks.operations import operations
from benchmarks.statistics.estimates import estimate
from benchmarks.statistics.groups import Groups
from benchmarks.training.race import Descent


class Agreement(NamedTuple):
    """By how much w and b of those that finished differ at most, and by how much rounding allows."""

    names: int
    difference: float
    bound: float


class Curve(NamedTuple):
    """The seconds to the end of each step, in the middle of its processes, with those that are projected;
    and the cost before each step that the one which came furthest has done."""

    seconds: np.ndarray
    costs: list[float]


def clock_s(descent: Descent, steps: int) -> np.ndarray:
    """The seconds from its start to the end of each step. Steps that there was no time for take as long as
    its steps did in the middle, but for the first."""
    taken_ns = np.array([ns for ns, _ in descent.taken], dtype=float)
    usual_ns = np.median(taken_ns[1:]) if len(taken_ns) > 1 else taken_ns[0]
    missing = np.full(max(0, steps - len(taken_ns)), usual_ns)
    return (descent.start_ns + np.cumsum(np.concatenate([taken_ns, missing]))) / 1e9


def table(descents: Sequence[Descent], steps: int) -> pd.DataFrame:
    """A row for each implementation, the first to finish first: seconds to the last step, with the
    interval over its processes; of them, those to the end of the first step; a step in ns; and how many
    steps were done at least, where the rest is a projection."""
    rows = []
    for name, own in _by_name(descents).items():
        clocks = [clock_s(descent, steps) for descent in own]
        ends = np.array([clock[-1] for clock in clocks])
        value, low, high = estimate(Groups(ends, np.ones(len(ends), int), np.array([len(ends)])))
        later = [ns for descent in own for ns, _ in descent.taken[1:]]
        rows.append(
            {
                "implementation": name,
                "seconds": value,
                "seconds_low": low,
                "seconds_high": high,
                "start_s": float(np.median([clock[0] for clock in clocks])),
                "step_ns": float(np.median(later or [own[0].taken[0][0]])),
                "steps_done": min(len(descent.taken) for descent in own),
                "processes": len(own),
            }
        )
    return pd.DataFrame(rows).sort_values("seconds", ignore_index=True)


def curves(descents: Sequence[Descent], steps: int) -> dict[str, Curve]:
    """Of each implementation, the first to finish first."""
    found = {
        name: Curve(
            np.median([clock_s(descent, steps) for descent in own], axis=0),
            [J for _, J in max((descent.taken for descent in own), key=len)],
        )
        for name, own in _by_name(descents).items()
    }
    return dict(sorted(found.items(), key=lambda item: item[1].seconds[-1]))


def crossings(drawn: Mapping[str, Curve]) -> Iterator[str]:
    """Who starts later than another and is ahead from some step on; of the fastest at the end, over each
    that had started before it. The first to finish comes first."""
    ranked = [(name, curve.seconds) for name, curve in drawn.items()]
    for k, (later, late_s) in enumerate(ranked):
        for earlier, early_s in ranked[k + 1 :]:
            ahead = np.flatnonzero(late_s < early_s)
            lead_s = late_s[0] - early_s[0]
            if lead_s > 0 and len(ahead):
                yield (
                    f"{later} ends its first step {format.time(1e9 * lead_s)} after {earlier}, and is ahead "
                    f"from step {format.count(ahead[0] + 1)} on."
                )


def agreement(
    descents: Sequence[Descent], data: Dataset, alpha: float, steps: int
) -> Agreement | None:
    """Do those that finished agree? None of fewer than two.

    A step is off by at most α times the bound of dw (and db). Where α is below 2 over the largest
    curvature, a step brings two points no further apart, so the errors of all steps add up, at most.
    """
    ended = [d for d in descents if len(d.taken) >= steps]
    if len({descent.name for descent in ended}) < 2:
        return None
    first = ended[0]
    places = [np.append(descent.w, descent.b) for descent in ended]
    difference = max(float(np.abs(place - places[0]).max()) for place in places)
    bounds = []
    for w, b in ((np.zeros_like(first.w), 0.0), (first.w, first.b)):
        bound = reference(operations()["cost_gradient"], (w, b, data.X, data.Y)).bound
        bounds.append(np.sqrt(np.sum(bound["dw"] ** 2) + np.sum(bound["db"] ** 2)))
    allowed = 2 * steps * alpha * float(max(bounds))
    return Agreement(len({descent.name for descent in ended}), difference, allowed)


def rows_of_steps(descents: Sequence[Descent]) -> pd.DataFrame:
    """Every step: the seconds from its process's start to its end, and the cost before it."""
    parts = [
        pd.DataFrame(
            {
                "implementation": descent.name,
                "process": descent.process,
                "step": range(len(descent.taken)),
                "seconds": clock_s(descent, len(descent.taken)),
                "J": [J for _, J in descent.taken],
            }
        )
        for descent in descents
    ]
    return pd.concat(parts, ignore_index=True)


def _by_name(descents: Sequence[Descent]) -> dict[str, list[Descent]]:
    found: dict[str, list[Descent]] = {}
    for descent in descents:
        found.setdefault(descent.name, []).append(descent)
    return found
