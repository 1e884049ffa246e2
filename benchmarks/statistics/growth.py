"""How time grows with a size: t = c + a·s^p, the overhead of a call c apart from the exponent p."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import least_squares
from scipy.stats import t as student

from benchmarks.records import KEY, is_twin
from benchmarks.statistics.intervals import Estimate

LEAST_SIZES, LEAST_PAST = 4, 3  # in all, and past the overhead
SIZES = {"m": "n_x", "n_x": "m"}  # what grows, and what stays
_STEEPEST = 4.0  # an exponent
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
        log_t, slopes = np.log(_times(self._fitted, log_s)), _slopes(self._fitted, log_s)
        variance = self._spread**2 + (slopes @ self._covariance @ slopes.T).item()
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
    s, t = np.asarray(sizes, float), np.asarray(time_ns, float)
    s, t = s[np.argsort(s)], t[np.argsort(s)]
    # Where the time does not even double, any share of it might be overhead.
    if len(s) < LEAST_SIZES or t[-1] < 2 * t[0]:
        return None
    unit = float(np.exp(np.log(s).mean()))
    log_s = np.log(s / unit)
    fitted = _fit(log_s, t)
    times, slopes = _times(fitted, log_s), _slopes(fitted, log_s)
    past = times > 2 * fitted[0]
    if past.sum() < LEAST_PAST:
        return None
    free = len(s) - len(fitted)
    spread = float(np.sqrt(np.sum(np.log(t / times) ** 2) / free))
    scale = np.linalg.norm(slopes, axis=0)  # an overhead is in ns, an exponent about 1
    covariance = spread**2 * np.linalg.pinv(slopes.T @ slopes / np.outer(scale, scale))
    covariance /= np.outer(scale, scale)
    reaches = float(student.ppf(0.975, free))
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


def _times(parameters: np.ndarray, log_s: np.ndarray) -> np.ndarray:
    overhead, log_a, p = parameters
    return overhead + np.exp(log_a + p * log_s)


def _slopes(parameters: np.ndarray, log_s: np.ndarray) -> np.ndarray:
    """By how much log t grows with the overhead, with log a and with the exponent."""
    times = _times(parameters, log_s)
    growing = times - parameters[0]
    return np.column_stack([np.ones(len(log_s)), growing, growing * log_s]) / times[:, None]


def _fit(log_s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """c, log a and p of t = c + a·s^p with the least squares of log t; c and p are at least 0."""
    shares = t / t.min()

    def fit(overhead: float) -> Any:
        rest = np.log(np.maximum(shares - overhead, 0.05))
        p = np.clip((rest[-1] - rest[0]) / (log_s[-1] - log_s[0]), 0.1, _STEEPEST - 0.1)
        return least_squares(
            lambda parameters: np.log(_times(parameters, log_s) / shares),
            [overhead, rest[-1] - p * log_s[-1], p],
            jac=lambda parameters: _slopes(parameters, log_s),
            bounds=([0.0, -np.inf, 0.0], [np.inf, np.inf, _STEEPEST]),
            **dict.fromkeys(("xtol", "ftol", "gtol"), 1e-12),
        )

    best = min((fit(share) for share in (0.01, 0.5, 0.95)), key=lambda found: found.cost)
    overhead, log_a, p = best.x
    return np.array([overhead * t.min(), log_a + np.log(t.min()), p])


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
    rows = []
    for along, at, key, by_name in lines(table):
        for name, times in by_name.items():
            if len(times) < LEAST_SIZES:
                continue
            found = law(list(times), list(times.values()))
            row = {"implementation": name, **key, "along": along, "at": at}
            row |= {"largest": max(times)}
            if found:
                further = found.predict(_FURTHER * row["largest"])
                row |= {"overhead_ns": found.overhead_ns, "exponent": found.exponent.value}
                row |= {"exponent_low": found.exponent.low, "exponent_high": found.exponent.high}
                row |= {"since": found.since, "sizes": found.sizes}
                row |= {"predicted_size": _FURTHER * row["largest"]}
                row |= {"predicted_ns": further.value, "predicted_low_ns": further.low}
                row |= {"predicted_high_ns": further.high}
            rows.append(row)
    return pd.DataFrame(rows, columns=GROWTH)


GROWTH = [
    *("implementation", *_LINE, "along", "at", "largest", "since", "sizes", "overhead_ns"),
    *("exponent", "exponent_low", "exponent_high"),
    *("predicted_size", "predicted_ns", "predicted_low_ns", "predicted_high_ns"),
]
