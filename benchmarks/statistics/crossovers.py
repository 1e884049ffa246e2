"""Where two implementations change places along a size, with an interval."""

from collections.abc import Mapping, Sequence
from itertools import combinations, compress, pairwise
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.results.store import CELL, Run
from benchmarks.statistics.groups import Groups, draws_of
from benchmarks.statistics.growth import SIZES, lines
from benchmarks.statistics.intervals import ENDS, draws
from benchmarks.statistics.noise import INDISTINGUISHABLE, floors
from benchmarks.statistics.rounds import Key, logs, rounds_of

CROSSOVERS = [
    *("operation", "data", "dtype", "order", "threads", "along", "at"),
    *("faster_below", "faster_above", "size", "size_low", "size_high"),
]


def crossovers(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """crossovers.csv: every change of places along a size that a size on either side makes sure of.

    `table` is the summary. Sure is who leads by more than 2%, and more than the cell's noise floor.
    """
    rows = []
    noise, rounds = floors(table).to_dict(), rounds_of(run)
    for along, at, key, times in lines(table):
        for one, other in combinations(times, 2):
            sizes = sorted(set(times[one]) & set(times[other]))
            cells = {size: _cell(key | {along: size, SIZES[along]: at}) for size in sizes}
            both = logs(rounds, [(cell, one, other) for cell in cells.values()])
            bars = {size: max(INDISTINGUISHABLE, noise.get(cells[size], 0.0)) for size in cells}
            for size, low, high, falls in _of_two(both, bars, times[one]):
                below, above = (one, other) if falls else (other, one)
                row = {**key, "along": along, "at": at, "faster_below": below}
                row |= {"faster_above": above, "size": size, "size_low": low, "size_high": high}
                rows.append(row)
    return pd.DataFrame(rows, columns=CROSSOVERS)


def _cell(values: Mapping[str, Any]) -> Key:
    return tuple(values[name] for name in CELL)


def _of_two(
    both: Groups, bars: Mapping[float, float], times: Mapping[float, float]
) -> list[tuple[float, float, float, bool]]:
    """`changes` of two from their log ratios at the sizes of `bars`, in order."""
    # Who leads in every round is never overtaken: most pairs need no more than that.
    if (both.values > 0).all() or (both.values < 0).all():
        return []
    met = both.processes > 0
    drawn = draws_of(both, (np.cumsum(met) - 1).tolist())[met]
    sizes = list(compress(bars, met))
    least = [float(np.log1p(bars[size])) for size in sizes]
    return _changes(sizes, drawn, least, [times[size] for size in sizes])


def changes(
    sizes: Sequence[float],
    logs: Sequence[Sequence[np.ndarray]],
    bars: Sequence[float] | None = None,
    times: Sequence[float] | None = None,
) -> list[tuple[float, float, float, bool]]:
    """Where the log ratio changes its sign for sure: the size, its interval, and whether it falls.

    From one size to the next the time of each is taken for a power of the size, so that the log
    ratio is straight in the log of the size. If the `times` of the one are given, so that those of
    the other are known, they are also taken for straight in the size, as an overhead and a slope
    are; the interval has both. A change lies between two sizes at which the interval of the log
    ratio is clear of its bar (2% unless told), on different sides; those between them may be
    anything, and the interval reaches from where the lines may first cross to where they may last.
    The sizes come in any order; what there is twice of one is taken together.
    """
    unique = sorted(set(sizes))
    known: list[float] = []
    drawn, bar = [], []
    for seed, size in enumerate(unique):
        own = [k for k, other in enumerate(sizes) if other == size]
        drawn.append(draws([process for k in own for process in logs[k]], seed))
        bar.append(max(bars[k] if bars else np.log1p(INDISTINGUISHABLE) for k in own))
        known += [float(np.mean([times[k] for k in own]))] if times else []
    return _changes(unique, np.array(drawn), bar, known)


def _changes(
    sizes: Sequence[float],
    drawn: np.ndarray,
    bars: Sequence[float],
    times: Sequence[float],
) -> list[tuple[float, float, float, bool]]:
    """The same from what is drawn for each size; these are in order, and each is there once."""
    if len(sizes) < 2:
        return []
    s = np.array(sizes, dtype=float)
    low, high = np.quantile(drawn, ENDS, axis=1)
    sign = np.where(low > bars, 1, np.where(high < -np.array(bars), -1, 0))
    found = []
    for start, end in pairwise(map(int, np.flatnonzero(sign))):
        if sign[start] == sign[end]:
            continue
        between = slice(start, end + 1)
        logs_there = drawn[between].T
        ways = [_crossings(np.log(s[between]), sign[start] * logs_there)]
        if times:
            later = sign[start] * np.array(times[between]) * np.expm1(logs_there)
            ways.append(np.log(_crossings(s[between], later)))
        places = np.concatenate(ways, axis=1)
        middle, first = np.median(np.nanmedian(places, axis=1)), np.nanmin(places, axis=1)
        least_x, most_x = np.quantile(first, 0.025), np.quantile(np.nanmax(places, axis=1), 0.975)
        size, size_low, size_high = (float(np.exp(place)) for place in (middle, least_x, most_x))
        found.append((size, size_low, size_high, bool(sign[start] > 0)))
    return found


def _crossings(x: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Of each draw, a broken line that is to fall from above 0 to below it, where between two sizes
    it crosses 0; nan where it does not."""
    above = drawn > 0
    crosses = above[:, :-1] != above[:, 1:]
    share = np.full(crosses.shape, np.nan)
    np.divide(drawn[:, :-1], drawn[:, :-1] - drawn[:, 1:], out=share, where=crosses)
    places = x[:-1] + share * np.diff(x)
    # In a few draws an end is on the wrong side: the crossing is there, or beyond.
    never = ~crosses.any(axis=1)
    places[never, 0] = np.where(above[never, 0], x[-1], x[0])
    return places
