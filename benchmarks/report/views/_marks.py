"""What charts are made of: traces, the looks of implementations, text that is only text."""

from collections.abc import Iterable
from colorsys import hls_to_rgb, rgb_to_hls
from html import escape
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.markers import MarkerStyle

from benchmarks.report.style import Look, look
from benchmarks.report.views._ticks import Axis

# Of lines that are no implementation's: one for each number of threads.
LINES = {
    "line 1": Look("#0072B2", "o"),
    "line 2": Look("#D55E00", "s", (0, (6, 1.5))),
    "line 3": Look("#009E73", "^", (0, (2.5, 1.2))),
    "line 4": Look("#CC79A7", "D", (0, (6, 1.5, 1, 1.5))),
}
# Plotly's names of matplotlib's markers.
_SYMBOLS = {"o": "circle", "s": "square", "D": "diamond", "*": "star", "P": "cross", "X": "x"}
_SYMBOLS |= {"^": "triangle-up", "v": "triangle-down", "<": "triangle-left", ">": "triangle-right"}
_SYMBOLS |= {"p": "pentagon", "h": "hexagon", "d": "diamond-tall", "8": "octagon"}


class Chart(NamedTuple):
    """Traces and two axes, as page.js takes them; `note` says how to read it.

    A trace has a `role`, which says how it is drawn; `by` names whose it is. `height` is in pixels.
    """

    note: str
    traces: list[dict[str, Any]]
    x: Axis
    y: Axis
    height: int = 440


def trace(role: str, by: str | None, x: Iterable, y: Iterable, **more: Any) -> dict[str, Any]:
    """Points of one kind. `text` and `hover` (a list each) are shown as they are, never obeyed."""
    for name in ("text", "hover"):
        if name in more:
            more[name] = [plain(words) for words in more[name]]
    return {"role": role, "by": by, "x": list(x), "y": list(y), **more}


def interval(values: pd.Series, low: pd.Series, high: pd.Series) -> dict[str, pd.Series]:
    """What a trace needs for error bars: how far each end is from its value."""
    return {"less": values - low, "more": high - values}


def plain(words: object) -> str:
    """Plotly obeys a few HTML tags in its texts: escape them. Lines stay."""
    return escape(str(words), quote=False).replace("\n", "<br>")


def numbers(values: Iterable) -> list[Any]:
    """To four digits, as plain numbers; nan is a gap."""
    rounded = (float(f"{value:.4g}") for value in values)
    return [
        None if not isfinite(value) else int(value) if value.is_integer() else value
        for value in rounded
    ]


def payload(chart: Chart) -> dict[str, Any]:
    """The chart as page.js takes it."""
    axes = [
        axis._replace(at=numbers(axis.at), text=[plain(text) for text in axis.text])._asdict()
        for axis in (chart.x, chart.y)
    ]
    traces = [
        mark | {name: numbers(mark[name]) for name in ("x", "y", "less", "more") if name in mark}
        for mark in chart.traces
    ]
    return {"traces": traces, "x": axes[0], "y": axes[1], "height": chart.height}


def look_of(name: str) -> dict[str, str]:
    """The colours in light and in dark, marker, outline and dash of an implementation or a line."""
    style = LINES.get(name) or look(name)
    return {
        "light": style.colour,
        "dark": on_dark(style.colour),
        "symbol": _SYMBOLS[style.marker],
        "outline": _outline(style.marker),
        "dash": "solid"
        if isinstance(style.line, str)
        else ",".join(f"{2 * part:g}px" for part in style.line[1]),
    }


def _outline(marker: str) -> str:
    """The marker as an SVG path that reaches 0.9 from its middle."""
    style = MarkerStyle(marker)
    (corners,) = style.get_path().transformed(style.get_transform()).to_polygons()
    corners = np.asarray(corners) * [0.9, -0.9] / np.linalg.norm(corners, axis=1).max()
    return f"M{'L'.join(f'{x:.2f},{y:.2f}' for x, y in corners)}Z"


def on_dark(colour: str) -> str:
    """The colour for a dark ground: what is dark becomes as light."""
    red, green, blue = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    hue, light, saturation = rgb_to_hls(red, green, blue)
    parts = hls_to_rgb(hue, max(light, 1 - light, 0.5), saturation)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)
