"""Axes with ticks that a person can read, the same in a picture and in a chart."""

from collections.abc import Callable, Iterable, Sequence
from math import ceil, floor, log, log10
from typing import NamedTuple

from benchmarks import format

SIZES = {"m": "m (number of examples)", "n_x": "n_x (number of features)"}
_MANY_POWERS = 5  # with as many, ticks stand at the powers alone
_APART = 0.08  # of the axis: ticks of sizes that are nearer would cover one another


class Axis(NamedTuple):
    """Ticks `at` these values with these texts; `line` is a value to mark across the chart."""

    title: str
    at: Sequence[float]
    text: Sequence[str]
    type: str = "log"
    range: Sequence[float] | None = None
    line: float | None = None


def time_axis(values_ns: Iterable[float]) -> Axis:
    """Logarithmic, of nanoseconds, with ticks in ns, µs, ms, s."""
    return log_axis("time of one call (ns, µs, ms or s)", values_ns, format.time_tick)


def size_axis(name: str, values: Iterable[float]) -> Axis:
    """Logarithmic, with ticks at the sizes measured, as many as there is room for."""
    sizes = sorted(set(values), reverse=True)
    gap = _APART * log(sizes[0] / sizes[-1])
    kept: list[float] = []
    for size in sizes:
        if not kept or log(kept[-1] / size) >= gap:
            kept.append(size)
    return Axis(SIZES[name], kept[::-1], [format.count(size) for size in kept[::-1]])


def log_axis(
    title: str,
    values: Iterable[float],
    form: Callable[[float], str],
    base: int = 10,
    line: float | None = None,
) -> Axis:
    """Logarithmic, with ticks at powers of the base, and between them where there are few of those."""
    positive = [value for value in values if format.known(value) and value > 0] or [1.0]
    low, high = min(positive), max(positive)
    if base != 10:
        at = [float(base) ** k for k in range(ceil(log(low, base) - 0.1), 40)]
    elif high < 4 * low:  # on so short a stretch round numbers are at equal distances, nearly
        step = _round_step((high - low) / 4 or low / 4)
        at = [step * k for k in range(floor(low / step), ceil(high / step) + 1)]
    else:
        at = _decades(low, high)
    at = [tick for tick in at if low / 1.7 <= tick <= high * 1.7]
    return Axis(title, at, [form(tick) for tick in at], line=line)


def _decades(low: float, high: float) -> list[float]:
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    steps = (1,) if len(powers) >= _MANY_POWERS else (1, 3) if len(powers) > 2 else (1, 2, 5)
    return [step * 10.0**power for power in powers for step in steps]


def _round_step(step: float) -> float:
    """The least of 1, 2, 5, 10 ... times a power of ten that is no less than this."""
    power = 10.0 ** floor(log10(step))
    return next(part * power for part in (1, 2, 5, 10) if part * power >= step)


def row_axis(title: str, labels: Sequence[str]) -> Axis:
    """Rows of height 1 at 0, 1, 2 ..., the first at the bottom, each with its label."""
    ends = (-0.5, len(labels) - 0.5)
    return Axis(title, list(range(len(labels))), labels, "linear", ends)


def row_offset(k: int, many: int) -> float:
    """Where in a row of height 1 the k-th of so many marks stands, so that none hides another."""
    return 0.0 if many == 1 else 0.33 - 0.66 * k / (many - 1)
