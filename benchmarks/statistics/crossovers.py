"""Where two implementations change places along a size, with an interval."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.results.store import Run
from benchmarks.statistics.estimates import estimates
from benchmarks.statistics.lines import LINE, Line, lines
from benchmarks.statistics.noise import margins
from benchmarks.statistics.rounds import Rounds, logs, rounds_of
from benchmarks.statistics.samples import cells_of

CROSSOVERS = [
    *LINE,
    *("along", "at", "faster_below", "faster_above", "size", "size_low", "size_high"),
]


class Crossing(NamedTuple):
    """The size where a log ratio crosses 0, with its 95% interval, and whether the ratio falls."""

    size: float
    low: float
    high: float
    falls: bool


def crossovers(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """crossovers.csv: every change of places between two sizes that each have a clear leader.

    `table` is the summary. A lead is clear beyond 2%, and beyond the cell's noise floor.
    """
    cells = list(dict.fromkeys(cells_of(table)))
    margin = dict(zip(cells, np.log1p(margins(table, cells)).tolist(), strict=True))
    rows = []
    for line in lines(table):
        for first, second, sizes, ratios in _pairs(rounds_of(run), line):
            clear = [margin[line.cell(size)] for size in sizes]
            time_ns = [line.times_ns[first][size] for size in sizes]
            for size, low, high, falls in crossings(sizes, ratios, clear, time_ns):
                row = {**line.key, "along": line.along, "at": line.at}
                row |= {"faster_below": first if falls else second}
                row |= {"faster_above": second if falls else first}
                rows.append(row | {"size": size, "size_low": low, "size_high": high})
    return pd.DataFrame(rows, columns=CROSSOVERS)


def _pairs(rounds: Rounds, line: Line) -> Iterator[tuple[str, str, list[int], np.ndarray]]:
    """Each pair of implementations, the sizes of both, and the log ratio's estimate at each size.

    The ratio is the second's time over the first's.
    """
    pairs = [
        (first, second, sorted(line.times_ns[first].keys() & line.times_ns[second].keys()))
        for first, second in combinations(line.times_ns, 2)
    ]
    wanted = [(line.cell(s), first, second) for first, second, sizes in pairs for s in sizes]
    ratios = estimates(logs(rounds, wanted))
    ends = np.cumsum([len(sizes) for *_, sizes in pairs], dtype=int)
    for pair, part in zip(pairs, np.split(ratios, ends, axis=1), strict=False):
        yield *pair, part


def crossings(
    sizes: Sequence[float], ratios: np.ndarray, margin: Sequence[float], time_ns: Sequence[float]
) -> list[Crossing]:
    """Where the log ratio changes its sign for sure. `sizes` ascend.

    sizes     n of them
    ratios    (3, n): the log ratio at each size, and its interval's low and high end; nan where it
              is not known
    margin    of each size: the sign is sure where the interval is beyond it
    time_ns   of the first implementation at each size

    A crossing lies between two sizes of different sure signs; at those between them it is not sure.
    Its interval has the sizes whose interval of the log ratio contains 0 (a confidence set, as
    Fieller's for a ratio). From one size to the next, times are a power of the size, or an overhead
    and a slope: the interval has the crossings of both.
    """
    present = ~np.isnan(ratios[0])
    s, clear, t = (np.asarray(each, float)[present] for each in (sizes, margin, time_ns))
    ratios = ratios[:, present]
    _, low, high = ratios
    sign = np.where(low > clear, 1, np.where(high < -clear, -1, 0))
    spans = [slice(start, end + 1) for start, end in pairwise(np.flatnonzero(sign))]
    return [
        _crossing(s[span], ratios[:, span], t[span], falls=bool(sign[span.start] > 0))
        for span in spans
        if sign[span.start] != sign[span.stop - 1]
    ]


def _crossing(s: np.ndarray, ratios: np.ndarray, time_ns: np.ndarray, falls: bool) -> Crossing:
    """The crossing between the first and the last of these sizes."""
    log_s = np.log(s)
    powers = _zeros(log_s, ratios, falls)
    slopes = [np.log(zeros) for zeros in _zeros(s, time_ns * np.expm1(ratios), falls)]
    middle, first, last = (np.concatenate(both) for both in zip(powers, slopes, strict=True))
    size, low, high = np.exp([np.median(middle), first.min(), last.max()]).tolist()
    return Crossing(size, low, high, falls)


def _zeros(x: np.ndarray, ratios: np.ndarray, falls: bool) -> Iterator[np.ndarray]:
    """Where the broken lines through the values, the nearer ends and the farther ends cross 0."""
    for y in ratios if falls else ratios[[0, 2, 1]]:
        at = np.flatnonzero((y[:-1] > 0) != (y[1:] > 0))
        yield x[at] + y[at] / (y[at] - y[at + 1]) * (x[at + 1] - x[at])
