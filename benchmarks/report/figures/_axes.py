"""Axes that a person can read: human units, real sizes, ratios; and labels at the ends of lines."""

from collections.abc import Callable, Mapping, Sequence
from math import log10
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import (
    FixedLocator,
    Formatter,
    FuncFormatter,
    Locator,
    LogLocator,
    MaxNLocator,
    NullLocator,
)

from benchmarks import format
from benchmarks.report.figures._style import FAINT
from benchmarks.report.style import look

SIZES = {"m": "m (number of examples)", "n_x": "n_x (number of features)"}
TIME = "time of one call (ns, µs, ms or s)"


def time_axis(axes: Axes, which: str, low_ns: float, high_ns: float) -> None:
    """Make axis x or y logarithmic, of nanoseconds, with its ticks in ns, µs, ms, s."""
    _log_axis(axes, which, low_ns, high_ns, lambda value, _: format.time_tick(value))


def ratio_axis(axes: Axes, which: str, low: float, high: float) -> None:
    """Make axis x or y logarithmic, of ratios: 0.1×, 1×, 10×."""
    _log_axis(axes, which, low, high, lambda value, _: f"{value:,.10g}×")


def _log_axis(
    axes: Axes, which: str, low: float, high: float, form: Callable[[float, int], str]
) -> None:
    decades = log10(high / low)
    subs = (1.0,) if decades > 2.5 else (1.0, 3.0) if decades > 1.2 else (1.0, 2.0, 5.0)
    few = decades < 0.6  # on so short a stretch round numbers are at equal distances, nearly
    ticks = MaxNLocator(5) if few else LogLocator(subs=subs, numticks=20)
    ticked(axes, which, ticks, FuncFormatter(form))


def ticked(axes: Axes, which: str, ticks: Locator, form: Formatter) -> None:
    """Make axis x or y logarithmic, with these ticks and no others."""
    axes.set(**{f"{which}scale": "log"})
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(ticks)
    axis.set_major_formatter(form)
    axis.set_minor_locator(NullLocator())


def size_axis(axes: Axes, sizes: Sequence[int], apart: float = 0.08) -> None:
    """Make axis x logarithmic, with ticks at the sizes measured, as many as there is room for."""
    logs = np.log(sorted(sizes))
    gap = apart * (logs[-1] - logs[0])
    kept: list[float] = []
    for place in logs[::-1]:
        if not kept or kept[-1] - place >= gap:
            kept.append(place)
    ticks = FixedLocator([float(value) for value in np.exp(kept)])
    ticked(axes, "x", ticks, FuncFormatter(lambda value, _: format.count(round(value))))


def apart(k: int, many: int) -> float:
    """Where in a row of height 1 the k-th of so many marks stands, so that none hides another."""
    return 0.0 if many == 1 else 0.33 - 0.66 * k / (many - 1)


def label_ends(axes: Axes, ends: Mapping[str, tuple[float, float]]) -> None:
    """Write each name to the right of the axes, as near to its line's end as the others allow."""
    to_axes = axes.transData + axes.transAxes.inverted()
    names = sorted(ends, key=lambda name: (ends[name][1], name))
    places = [to_axes.transform(ends[name]) for name in names]
    height = axes.get_window_extent().height / axes.figure.dpi
    heights = spread([float(place[1]) for place in places], 0.17 / height)
    for name, (x, y), at in zip(names, places, heights, strict=True):
        style = look(name)
        line: dict[str, Any] = {"transform": axes.transAxes, "clip_on": False}
        axes.plot([x, 1.02, 1.04], [y, at, at], color=FAINT, linewidth=0.6, zorder=1, **line)
        axes.plot(1.055, at, style.marker, color=style.colour, markersize=6, **line)
        axes.text(1.075, at, format.short(name), va="center_baseline", transform=axes.transAxes)


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Sorted places moved as little as it takes to be `gap` apart."""
    # Places less k gaps must not fall; the nearest such sequence pools neighbours into their mean.
    pools: list[tuple[float, int]] = []
    for k, place in enumerate(places):
        mean, count = place - k * gap, 1
        while pools and pools[-1][0] > mean:
            before, number = pools.pop()
            mean, count = (before * number + mean * count) / (number + count), number + count
        pools.append((mean, count))
    flat = [mean for mean, count in pools for _ in range(count)]
    return [mean + k * gap for k, mean in enumerate(flat)]
