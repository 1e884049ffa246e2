"""A row for each cell, in it a mark for each implementation: what speedup and fraction_of_limit share."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.report.style import look
from benchmarks.report.views import _axes
from benchmarks.report.views._style import FAINT, head, wrapped
from benchmarks.report.views._ticks import Axis, row_offset

WIDTH = 10  # inches


def by_name(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Each implementation's rows, with the height `y` at which they stand in the row of `place`."""
    groups = list(rows.groupby("implementation"))
    return [
        (str(name), group.assign(y=group["place"] + row_offset(k, len(groups))))
        for k, (name, group) in enumerate(groups)
    ]


def figure(
    title: str, note: str, rows: pd.DataFrame, x: Axis, y: Axis, mark_inches: float = 0.05
) -> Figure:
    """Marks at `shown`, bars from `low` to `high`; hollow where these are missing: a prediction."""
    groups = by_name(rows)
    legend = _axes.legend_marks([name for name, _ in groups])
    row = max(0.26, mark_inches * len(groups))
    height = max(row * len(y.at), 0.2 * len(legend)) + 1.6
    picture = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = picture.subplots()
    _axes.apply_rows(axes, y)
    _axes.apply(axes, "x", x)
    for name, group in groups:
        _draw_points(axes, name, group)
    axes.grid(True, axis="x")
    axes.legend(handles=legend, loc="upper left", bbox_to_anchor=(1.01, 1))
    head(picture, title, WIDTH)
    axes.set_title(wrapped(note, 8), fontsize=9, fontweight="normal", color=FAINT)
    return picture


def _draw_points(axes: Axes, name: str, rows: pd.DataFrame) -> None:
    style, hollow = look(name), rows["low"].isna()
    line: dict[str, Any] = {"color": style.colour, "linewidth": 1.4, "zorder": 3}
    marks = {"linestyle": "", "marker": style.marker, "markersize": 5, **line}
    axes.hlines(rows["y"], rows["low"], rows["high"], **line)
    axes.plot(rows["shown"][~hollow], rows["y"][~hollow], **marks)
    if hollow.any():
        marks |= {"markerfacecolor": "white", "linewidth": 1}
        axes.plot(rows["shown"][hollow], rows["y"][hollow], **marks)
