"""The time of each revision relative to the first, with its interval; changes are marked."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks import format
from benchmarks.report.views._style import FAINT, INK, wrapped
from benchmarks.results.records import Cell
from benchmarks.statistics.verdicts import CHANGED

_WIDTH = 9.0  # inches
_MAX_PANELS = 8
_MAX_TICKS = 16
_COLOUR, _CHANGE = "#0072B2", "#B22222"
_PANEL = ["implementation", *Cell._fields]


def figure(table: pd.DataFrame, title: str) -> Figure:
    """A panel for each implementation and cell; of more than eight, those that changed most."""
    panels = panels_of(table)
    picture = Figure(figsize=(_WIDTH, 1.0 + 2.4 * len(panels)), layout="constrained")
    rows = np.atleast_1d(picture.subplots(len(panels), 1, sharex=True))
    for axes, (name, panel) in zip(rows, panels, strict=True):
        _draw(axes, panel, name)
    _name_revisions(rows[-1], panels[0][1])
    picture.suptitle(wrapped(title, _WIDTH), x=0.01, ha="left", weight="bold", size=11)
    return picture


def panels_of(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """What is drawn: a title, and the rows of one implementation in one cell in order."""
    groups: Any = table.groupby(_PANEL, sort=False)
    found = [
        (f"{rows['implementation'].iloc[0]}: {format.cell(rows.iloc[0])}", rows)
        for _, rows in groups
    ]
    found = [(name, rows) for name, rows in found if rows["ratio"].notna().any()] or found[:1]
    shown = sorted(range(len(found)), key=lambda k: -_largest(found[k][1]))[:_MAX_PANELS]
    return [found[k] for k in sorted(shown)]


def _largest(rows: pd.DataFrame) -> float:
    return float(rows["ratio"].astype(float).map(np.log).abs().max())


def _draw(axes: Axes, rows: pd.DataFrame, name: str) -> None:
    number = rows["number"].to_numpy()
    ratio, low, high = (
        rows[column].astype(float) for column in ("ratio", "ratio_low", "ratio_high")
    )
    drawn = ratio.notna().to_numpy()
    axes.fill_between(
        number[drawn], low[drawn], high[drawn], color=_COLOUR, alpha=0.2, step=None, linewidth=0
    )
    axes.plot(number[drawn], ratio[drawn], color=_COLOUR, marker="o", markersize=3.5, linewidth=1.4)
    axes.axhline(1, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_title(wrapped(name, _WIDTH), size=9)
    axes.set_ylabel("time / first")
    axes.grid(axis="y")
    axes.margins(x=0.02, y=0.2)
    for row in rows[rows["verdict"].isin(CHANGED)].to_dict("records"):
        axes.axvline(row["number"] - 0.5, color=_CHANGE, linewidth=1.2, linestyle=(0, (4, 2)))
        words = f"{row['revision']}: ×{row['step']:.2f}"
        late = row["number"] > number[-1] / 2  # there the words fit on the left
        place: dict[str, Any] = {"xytext": (-3 if late else 3, -2), "textcoords": "offset points"}
        place |= {"va": "top", "ha": "right" if late else "left"}
        top = axes.get_ylim()[1]
        axes.annotate(words, (row["number"] - 0.5, top), color=_CHANGE, size=8, **place)
    failed = rows[~rows["status"].isin(["ok", "absent", "not_raced"])]
    if len(failed):
        bottom = axes.get_ylim()[0]
        axes.plot(
            failed["number"], [bottom] * len(failed), "x", color=INK, clip_on=False, markersize=7
        )
        axes.annotate(
            "× failed", (failed["number"].iloc[0], bottom), size=8, color=INK,
            xytext=(4, 4), textcoords="offset points",
        )  # fmt: skip


def _name_revisions(axes: Axes, rows: pd.DataFrame) -> None:
    """Some revisions by name: as many as there is room for."""
    every = -(-len(rows) // _MAX_TICKS)
    shown = rows.iloc[::every]
    axes.set_xticks(shown["number"].to_list(), shown["revision"].to_list(), rotation=45, ha="right")
    axes.set_xlabel("revision, from the first to the last")
