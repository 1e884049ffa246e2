"""Axes in a picture: ticks, marks in a legend, and labels at the ends of lines."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator
from scipy.optimize import isotonic_regression

from benchmarks import format
from benchmarks.report.style import look
from benchmarks.report.views._style import FAINT, INK, PALE
from benchmarks.report.views._ticks import Axis

INKED: dict[str, Any] = {
    "color": INK,
    "linewidth": 2.4,
    "alpha": 0.35,
}  # what is no implementation's


def apply(axes: Axes, which: str, axis: Axis) -> None:
    """Make axis x or y this one, with these ticks and no others."""
    axes.set(**{f"{which}scale": axis.type, f"{which}label": axis.title})
    drawn = axes.xaxis if which == "x" else axes.yaxis
    drawn.set_major_locator(FixedLocator(axis.at))
    drawn.set_major_formatter(FixedFormatter([format.short(text, 34) for text in axis.text]))
    drawn.set_minor_locator(NullLocator())
    if axis.range:
        axes.set(**{f"{which}lim": axis.range})
    if axis.line:
        (axes.axvline if which == "x" else axes.axhline)(axis.line, color=INK, linewidth=1.2)


def apply_rows(axes: Axes, axis: Axis) -> None:
    """Make axis y this one of rows, every other one shaded."""
    apply(axes, "y", axis)
    for row in axis.at[::2]:
        axes.axhspan(row - 0.5, row + 0.5, color=PALE, alpha=0.5, linewidth=0)
    axes.tick_params(axis="y", length=0)


def legend_marks(names: Sequence[str]) -> list[Any]:
    """The marker of each implementation, for a legend."""
    marks = []
    for name in names:
        colour, marker, _ = look(name)
        text = format.short(name)
        marks.append(
            Line2D([], [], color=colour, marker=marker, label=text, linestyle="", markersize=6)
        )
    return marks


def label_ends(
    axes: Axes, ends: Mapping[str, tuple[float, float]], inked: Collection[str] = ()
) -> None:
    """Write each name to the right of the axes, as near to its line's end as the others allow.

    Those that are `inked` are no implementations.
    """
    to_axes = axes.transData + axes.transAxes.inverted()
    names = sorted(ends, key=lambda name: (ends[name][1], name))
    places = [to_axes.transform(ends[name]) for name in names]
    height = axes.get_window_extent().height / axes.figure.dpi
    heights = spread([float(place[1]) for place in places], 0.17 / height)
    for name, (x, y), at in zip(names, places, heights, strict=True):
        line: dict[str, Any] = {"transform": axes.transAxes, "clip_on": False}
        axes.plot([x, 1.02, 1.04], [y, at, at], color=FAINT, linewidth=0.6, zorder=1, **line)
        if name in inked:
            axes.plot([1.045, 1.065], [at, at], **INKED, **line)
        else:
            style = look(name)
            axes.plot(1.055, at, style.marker, color=style.colour, markersize=6, **line)
        axes.text(1.075, at, format.short(name), va="center_baseline", transform=axes.transAxes)


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Sorted places moved as little as it takes to be `gap` apart: isotonic regression."""
    # Places less k gaps must not fall.
    gaps = gap * np.arange(len(places))
    return (isotonic_regression(np.asarray(places) - gaps).x + gaps).tolist()
