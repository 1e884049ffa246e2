"""Axes that a person can read: human units, real sizes, ratios; and labels at the ends of lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import log10
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import format
from benchmarks.report.style import look
from benchmarks.report.views._style import FAINT, PALE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.ticker import Locator

TIME = "time of one call (ns, µs, ms or s)"


def time_axis(axes: Axes, which: str, low_ns: float, high_ns: float) -> None:
    """Make axis x or y logarithmic, of nanoseconds, with its ticks in ns, µs, ms, s."""
    _log_axis(axes, which, low_ns, high_ns, format.time_tick)


def ratio_axis(axes: Axes, which: str, low: float, high: float) -> None:
    """Make axis x or y logarithmic, of ratios: 0.1×, 1×, 10×."""
    _log_axis(axes, which, low, high, format.ratio_tick)


def _log_axis(
    axes: Axes, which: str, low: float, high: float, form: Callable[[float], str]
) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator

    decades = log10(high / low)
    subs = (1.0,) if decades > 2.5 else (1.0, 3.0) if decades > 1.2 else (1.0, 2.0, 5.0)
    few = decades < 0.6  # on so short a stretch round numbers are at equal distances, nearly
    _make_log(axes, which, MaxNLocator(5) if few else LogLocator(subs=subs, numticks=20), form)


def tick_at(axes: Axes, which: str, ticks: Sequence[float], form: Callable[[float], str]) -> None:
    """Make axis x or y logarithmic, with these ticks and no others."""
    from matplotlib.ticker import FixedLocator

    _make_log(axes, which, FixedLocator(ticks), form)


def _make_log(axes: Axes, which: str, ticks: Locator, form: Callable[[float], str]) -> None:
    from matplotlib.ticker import FuncFormatter, NullLocator

    axes.set(**{f"{which}scale": "log"})
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(ticks)
    axis.set_major_formatter(FuncFormatter(lambda value, _: form(value)))
    axis.set_minor_locator(NullLocator())


def size_axis(axes: Axes, sizes: Sequence[int], apart: float = 0.08) -> None:
    """Make axis x logarithmic, with ticks at the sizes measured, as many as there is room for."""
    logs = np.log(sorted(sizes))
    gap = apart * (logs[-1] - logs[0])
    kept: list[float] = []
    for place in logs[::-1]:
        if not kept or kept[-1] - place >= gap:
            kept.append(place)
    tick_at(axes, "x", np.exp(kept).tolist(), lambda size: format.count(round(size)))


def row_axis(axes: Axes, labels: Sequence[str]) -> None:
    """Make axis y one of rows of height 1, the first at the bottom, every other one shaded."""
    for row in range(0, len(labels), 2):
        axes.axhspan(row - 0.5, row + 0.5, color=PALE, alpha=0.5, linewidth=0)
    axes.set_yticks(range(len(labels)), [format.short(label, 34) for label in labels])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.5, len(labels) - 0.5)


def apart(k: int, many: int) -> float:
    """Where in a row of height 1 the k-th of so many marks stands, so that none hides another."""
    return 0.0 if many == 1 else 0.33 - 0.66 * k / (many - 1)


def legend_marks(names: Sequence[str]) -> list[Line2D]:
    """The marker of each implementation, for a legend."""
    from matplotlib.lines import Line2D

    marks: dict[str, Any] = {"linestyle": "", "markersize": 6}
    return [
        Line2D(
            [], [], color=look(name).colour, marker=look(name).marker, label=format.short(name), **marks
        )
        for name in names
    ]  # fmt: skip


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
    """Sorted places moved as little as it takes to be `gap` apart: isotonic regression."""
    from scipy.optimize import isotonic_regression

    # Places less k gaps must not fall.
    gaps = gap * np.arange(len(places))
    return (isotonic_regression(np.asarray(places) - gaps).x + gaps).tolist()
