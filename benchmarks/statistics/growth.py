"""How time grows with a size: t = c + a·s^p, the overhead of a call c apart from the exponent p."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from benchmarks.statistics.estimates import Estimate
from benchmarks.statistics.lines import LINE, MIN_SIZES, lines

MIN_SIZES_PAST = 3  # past the overhead
_FURTHER = 10  # a prediction is for a size so many times the largest that was measured
GROWTH = [
    *("implementation", *LINE, "along", "at", "largest", "since", "sizes", "overhead_ns"),
    *("exponent", "exponent_low", "exponent_high"),
    *("predicted_size", "predicted_ns", "predicted_low_ns", "predicted_high_ns"),
]
MAX_EXPONENT = 4.0  # of the fit, which searches it by grids
_GRID = np.linspace(-1.0, 1.0, 21)  # around the best exponent so far, in units of the step
_STEP, _PRECISION = 0.1, 1e-9


@dataclass(frozen=True, eq=False)
class Law:
    """t = overhead_ns + a·s^exponent, with an interval for the exponent.

    `sizes` of the sizes, those from `since` on, are past the overhead: it is less than half of a
    call there. `_fitted` is c, a and p, with s in units of `_unit`; `_spread` is that of the times
    around the law, and `_reach` how many standard errors an interval reaches.
    """

    overhead_ns: float
    exponent: Estimate
    since: float
    sizes: int
    _fitted: np.ndarray
    _covariance: np.ndarray
    _unit: float
    _spread: float
    _reach: float

    def predict(self, size: float) -> Estimate:
        """The time of a call at a size that was not measured, with its 95% prediction interval."""
        log_s = np.log([size / self._unit])
        log_t, slope = np.log(curve(self._fitted, log_s)), slopes(self._fitted, log_s)
        variance = self._spread**2 + (slope @ self._covariance @ slope.T).item()
        reach = self._reach * np.sqrt(variance)
        return Estimate(*(float(np.exp(log_t[0] + k * reach)) for k in (0, -1, 1)))


def laws(series: Sequence[tuple[ArrayLike, ArrayLike]]) -> list[Law | None]:
    """The law of each series of sizes and times (ns), all fitted together.

    None from fewer than 4 sizes, with fewer than 3 past the overhead, or where the time does not
    double: any share of it might then be overhead. All errors count relative to the time. The
    overhead and the exponent are fitted together, so that the interval of one knows what the other
    leaves open. It is Student's, with three degrees of freedom less than there are sizes.

    Where a curve bends (a cache is full), the exponent is what the law comes nearest with: a step of
    a factor k in the time, over sizes to a factor r, adds up to about 1.7·log k / log r to it, and
    the interval, though wide, may leave out those on either side.
    """
    unordered = [np.array(each, float) for each in series]
    ordered = [each[:, np.argsort(each[0])] for each in unordered]
    results: list[Law | None] = [None] * len(ordered)
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for k, (s, t) in enumerate(ordered):
        if len(s) >= MIN_SIZES and t[-1] >= 2 * t[0]:
            by_length[len(s)].append(k)
    for length, members in by_length.items():
        s, t = np.stack([ordered[k] for k in members], axis=1)
        units = np.exp(np.log(s).mean(axis=1))
        reach = float(stdtrit(length - 3, 0.975))
        fitted = fit(np.log(s / units[:, None]), t)
        for k, unit, parameters in zip(members, units.tolist(), fitted, strict=True):
            results[k] = _law(ordered[k], unit, parameters, reach)
    return results


def _law(series: np.ndarray, unit: float, fitted: np.ndarray, reach: float) -> Law | None:
    """The fit with its intervals, from the model made linear around it."""
    s, t = series
    log_s = np.log(s / unit)
    model = curve(fitted, log_s)
    past = model > 2 * fitted[0]
    if past.sum() < MIN_SIZES_PAST:
        return None
    spread = float(np.sqrt(np.sum((model / t - 1) ** 2) / (len(s) - len(fitted))))
    slope = slopes(fitted, log_s)
    scale = np.linalg.norm(slope, axis=0)  # an overhead is in ns, an exponent about 1
    covariance = spread**2 * np.linalg.pinv(slope.T @ slope / np.outer(scale, scale))
    covariance /= np.outer(scale, scale)
    p, error = float(fitted[2]), float(np.sqrt(covariance[2, 2]))
    return Law(
        overhead_ns=float(fitted[0]),
        exponent=Estimate(p, p - reach * error, p + reach * error),
        since=float(s[past][0]),
        sizes=int(past.sum()),
        _fitted=fitted,
        _covariance=covariance,
        _unit=unit,
        _spread=spread,
        _reach=reach,
    )


def growth(table: pd.DataFrame) -> pd.DataFrame:
    """growth.csv: the law of every implementation along every line of at least four sizes.

    `table` is the summary. `predicted_ns`, with its prediction interval, is for a size ten times the
    largest measured; it is blank, as the exponent is, where too few sizes are past the overhead.
    """
    series = [
        ({"implementation": name, **line.key, "along": line.along, "at": line.at}, time_ns)
        for line in lines(table)
        for name, time_ns in line.times_ns.items()
        if len(time_ns) >= MIN_SIZES
    ]
    fitted = laws([(list(time_ns), list(time_ns.values())) for _, time_ns in series])
    rows = [
        row | {"largest": max(time_ns)} | (_columns(law, max(time_ns)) if law else {})
        for (row, time_ns), law in zip(series, fitted, strict=True)
    ]
    return pd.DataFrame(rows, columns=GROWTH)


def _columns(law: Law, largest: float) -> dict[str, float]:
    """The law's columns, and its prediction for ten times the largest size measured."""
    predicted = law.predict(_FURTHER * largest)
    return {
        "since": law.since,
        "sizes": law.sizes,
        "overhead_ns": law.overhead_ns,
        "exponent": law.exponent.value,
        "exponent_low": law.exponent.low,
        "exponent_high": law.exponent.high,
        "predicted_size": _FURTHER * largest,
        "predicted_ns": predicted.value,
        "predicted_low_ns": predicted.low,
        "predicted_high_ns": predicted.high,
    }


def fit(log_s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Of each row the c, a and p with the least Σ(model/t − 1)²: errors are relative to the time.

    log_s, t   (rows, sizes): the logarithms of the sizes, and the times
    returns    (rows, 3): c ≥ 0, a ≥ 0 and p from 0 to 4

    For a given p the model is linear in c and a, and these have a closed form. So p alone is searched
    for: on a grid, then on finer and finer grids around the best.
    """
    step, best = _STEP, np.zeros((len(t), 1))
    grid = np.arange(0, MAX_EXPONENT + step / 2, step)[None]
    while step > _PRECISION:
        exponents = np.clip(best + grid, 0.0, MAX_EXPONENT)
        c, a, loss = _profile(exponents, log_s, t)
        at = loss.argmin(axis=1)[:, None]
        best, grid, step = np.take_along_axis(exponents, at, 1), step * _GRID[None], step / 10
    return np.hstack([*(np.take_along_axis(each, at, 1) for each in (c, a)), best])


def _profile(
    exponents: np.ndarray, log_s: np.ndarray, t: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The best c and a of each row for each of its exponents, and the loss: all (rows, exponents)."""
    u = (1 / t)[:, None, :]
    v = np.exp(exponents[:, :, None] * log_s[:, None, :]) * u
    sum_u, sum_v, square_v = u.sum(-1), v.sum(-1), (v * v).sum(-1)
    share = (u * v).sum(-1) / (u * u).sum(-1)
    rest = v - share[:, :, None] * u  # of v, orthogonal to u
    square = (rest * rest).sum(-1)
    # Where s^p hardly varies it is no more than the overhead is.
    a = np.divide(rest.sum(-1), square, np.zeros_like(share), where=square > 1e-18 * square_v)
    a = np.maximum(a, 0.0)
    c = sum_u / (u * u).sum(-1) - share * a
    a, c = np.where(c < 0, sum_v / square_v, a), np.maximum(c, 0.0)
    loss = ((c[:, :, None] * u + a[:, :, None] * v - 1) ** 2).sum(-1)
    return c, a, loss


def curve(parameters: np.ndarray, log_s: np.ndarray) -> np.ndarray:
    """c + a·s^p at each size."""
    c, a, p = parameters
    return c + a * np.exp(p * log_s)


def slopes(parameters: np.ndarray, log_s: np.ndarray) -> np.ndarray:
    """By how much log t grows with c, with log a and with p: a row for each size."""
    t = curve(parameters, log_s)
    growing = t - parameters[0]
    return np.stack([np.ones_like(t), growing, growing * log_s], axis=-1) / t[:, None]
