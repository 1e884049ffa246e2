"""A row for each cell, in it a mark for each implementation: what speedup and fraction_of_limit share."""

from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.report.style import look
from benchmarks.report.views import _axes
from benchmarks.report.views._marks import Chart
from benchmarks.report.views._style import FAINT, head, wrapped
from benchmarks.report.views._ticks import row_offset

WIDTH = 10  # inches


def by_name(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Each implementation's rows, with the height `y` at which they stand in the row of `place`."""
    groups = list(rows.groupby("implementation"))
    return [
        (str(name), group.assign(y=group["place"] + row_offset(k, len(groups))))
        for k, (name, group) in enumerate(groups)
    ]


def figure(title: str, chart: Chart, mark_inches: float = 0.05) -> Figure:
    """The chart's marks in its rows, and a legend beside them."""
    names = sorted({mark["by"] for mark in chart.traces if mark["by"]})
    row = max(0.26, mark_inches * len(names))
    height = max(row * len(chart.y.at), 0.2 * len(names)) + 1.6
    picture = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = picture.subplots()
    _axes.apply_rows(axes, chart.y)
    axes.set_ylabel(fill(axes.get_ylabel(), 24))  # with few rows the picture is not high
    _axes.apply(axes, "x", chart.x)
    for mark in chart.traces:
        if mark["by"]:
            _draw(axes, mark)
    axes.grid(True, axis="x")
    legend = _axes.legend_marks(names)
    axes.legend(handles=legend, loc="upper left", bbox_to_anchor=(1.01, 1))
    head(picture, title, WIDTH)
    axes.set_title(wrapped(chart.note, 8), fontsize=9, fontweight="normal", color=FAINT)
    return picture


def _draw(axes: Axes, mark: dict[str, Any]) -> None:
    x, y, style = mark["x"], mark["y"], look(mark["by"])
    line: dict[str, Any] = {"color": style.colour, "linewidth": 1.4, "zorder": 3}
    if "less" in mark:
        axes.hlines(y, x - mark["less"], x + mark["more"], **line)
    face = "white" if mark["role"] == "hollow" else style.colour
    axes.plot(x, y, style.marker, markersize=5, markerfacecolor=face, **line)
