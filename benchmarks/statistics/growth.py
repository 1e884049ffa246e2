"""How time grows with a size: t = c + a·s^p, the overhead of a call c apart from the exponent p."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import t as student

from benchmarks.results.records import KEY, is_twin
from benchmarks.statistics.fitting import curve, fit, slopes
from benchmarks.statistics.intervals import Estimate

LEAST_SIZES, LEAST_PAST = 4, 3  # in all, and past the overhead
SIZES = {"m": "n_x", "n_x": "m"}  # what grows, and what stays
_FURTHER = 10  # a prediction is for a size so many times the largest that was measured
_LINE = ["operation", "data", "dtype", "order", "threads"]


@dataclass(frozen=True, eq=False)
class Law:
    """t = overhead_ns + a·s^exponent, with an interval for the exponent.

    `sizes` of the sizes, those from `since` on, are past the overhead: it is less than half of a
    call there. `_fitted` is c, log a and p, with s in units of `_unit`; `_spread` is that of log t
    around the law, and `_student` how many standard errors an interval reaches.
    """

    overhead_ns: float
    exponent: Estimate
    since: float
    sizes: int
    _fitted: np.ndarray
    _covariance: np.ndarray
    _unit: float
    _spread: float
    _student: float

    def predict(self, size: float) -> Estimate:
        """The time of a call at a size that was not measured, with its 95% prediction interval."""
        log_s = np.log([size / self._unit])
        log_t, grown = np.log(curve(self._fitted, log_s)), slopes(self._fitted, log_s)
        variance = self._spread**2 + (grown @ self._covariance @ grown.T).item()
        reach = self._student * np.sqrt(variance)
        return Estimate(*(float(np.exp(log_t[0] + k * reach)) for k in (0, -1, 1)))


def law(sizes: ArrayLike, time_ns: ArrayLike) -> Law | None:
    """The law of these times; None from fewer than 4 sizes, or with fewer than 3 past the overhead.

    All errors count relative to the time. The overhead and the exponent are fitted together, so that
    the interval of one knows what the other leaves open. It is Student's, with three degrees of
    freedom less than there are sizes. Where a curve bends (a cache is full), the exponent is what the
    law comes nearest with: a step of a factor k in the time, over sizes to a factor r, adds up to
    about 1.7·log k / log r to it, and the interval, though wide, may leave out those on either side.
    """
    return laws([(sizes, time_ns)])[0]


def laws(series: Sequence[tuple[ArrayLike, ArrayLike]]) -> list[Law | None]:
    """The law of each series of sizes and times: the same, fitted to all of them together."""
    ordered = [_ordered(*each) for each in series]
    found: list[Law | None] = [None] * len(ordered)
    as_long: defaultdict[int, list[int]] = defaultdict(list)
    for k, (s, t) in enumerate(ordered):
        # Where the time does not even double, any share of it might be overhead.
        if len(s) >= LEAST_SIZES and t[-1] >= 2 * t[0]:
            as_long[len(s)].append(k)
    for alike in as_long.values():
        s, t = (np.array(side) for side in zip(*(ordered[k] for k in alike), strict=True))
        units = np.exp(np.log(s).mean(axis=1))
        fitted = fit(np.log(s / units[:, None]), t)
        for k, unit, parameters in zip(alike, units.tolist(), fitted, strict=True):
            found[k] = _law(*ordered[k], unit, parameters)
    return found


def _law(s: np.ndarray, t: np.ndarray, unit: float, fitted: np.ndarray) -> Law | None:
    """What was fitted, and how sure that is."""
    log_s = np.log(s / unit)
    modelled, grown = curve(fitted, log_s), slopes(fitted, log_s)
    past = modelled > 2 * fitted[0]
    if past.sum() < LEAST_PAST:
        return None
    free = len(s) - len(fitted)
    spread = float(np.sqrt(np.sum(np.log(t / modelled) ** 2) / free))
    scale = np.linalg.norm(grown, axis=0)  # an overhead is in ns, an exponent about 1
    covariance = spread**2 * np.linalg.pinv(grown.T @ grown / np.outer(scale, scale))
    covariance /= np.outer(scale, scale)
    reaches = _reaches(free)
    p, reach = float(fitted[2]), reaches * float(np.sqrt(covariance[2, 2]))
    return Law(
        overhead_ns=float(fitted[0]),
        exponent=Estimate(p, p - reach, p + reach),
        since=float(s[past][0]),
        sizes=int(past.sum()),
        _fitted=fitted,
        _covariance=covariance,
        _unit=unit,
        _spread=spread,
        _student=reaches,
    )


@cache
def _reaches(free: int) -> float:
    """How many standard errors a 95% interval reaches, by the degrees of freedom."""
    return float(student.ppf(0.975, free))


def _ordered(sizes: ArrayLike, time_ns: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    s, t = np.asarray(sizes, float), np.asarray(time_ns, float)
    order = np.argsort(s)
    return s[order], t[order]


def lines(
    table: pd.DataFrame,
) -> Iterator[tuple[str, float, dict[str, Any], dict[str, dict[float, float]]]]:
    """Cells that differ in one size alone: which, what the other is, their key, and by
    implementation and size the time of a call."""
    timed = table.loc[~is_twin(table["implementation"]), [*KEY, "median_ns"]].dropna()
    for along, fixed in SIZES.items():
        for key, own in timed.groupby([*_LINE, fixed]):
            if own[along].nunique() >= LEAST_SIZES:
                times: defaultdict[str, dict[float, float]] = defaultdict(dict)
                columns = (own[name] for name in ("implementation", along, "median_ns"))
                for name, size, time_ns in zip(*columns, strict=True):
                    times[name][size] = time_ns
                yield (
                    along,
                    key[-1],
                    dict(zip(_LINE, key, strict=False)),
                    dict(sorted(times.items())),
                )


def growth(table: pd.DataFrame) -> pd.DataFrame:
    """growth.csv: the law of every implementation along every line of at least four sizes.

    `table` is the summary. `predicted_ns`, with its prediction interval, is for a size ten times the
    largest measured; it is blank, as the exponent is, where too few sizes are past the overhead.
    """
    asked = [
        ({"implementation": name, **key, "along": along, "at": at}, times)
        for along, at, key, by_name in lines(table)
        for name, times in by_name.items()
        if len(times) >= LEAST_SIZES
    ]
    found = laws([(list(times), list(times.values())) for _, times in asked])
    rows = [
        row | _foretold(law, max(times)) for (row, times), law in zip(asked, found, strict=True)
    ]
    return pd.DataFrame(rows, columns=GROWTH)


def _foretold(law: Law | None, largest: float) -> dict[str, float]:
    """What the law of a line says, and what it says of a size ten times the largest measured."""
    if law is None:
        return {"largest": largest}
    further = law.predict(_FURTHER * largest)
    return {
        "largest": largest,
        "since": law.since,
        "sizes": law.sizes,
        "overhead_ns": law.overhead_ns,
        "exponent": law.exponent.value,
        "exponent_low": law.exponent.low,
        "exponent_high": law.exponent.high,
        "predicted_size": _FURTHER * largest,
        "predicted_ns": further.value,
        "predicted_low_ns": further.low,
        "predicted_high_ns": further.high,
    }


GROWTH = [
    *("implementation", *_LINE, "along", "at", "largest", "since", "sizes", "overhead_ns"),
    *("exponent", "exponent_low", "exponent_high"),
    *("predicted_size", "predicted_ns", "predicted_low_ns", "predicted_high_ns"),
]
