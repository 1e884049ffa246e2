"""How near does each come to what the hardware allows?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.report.figures import _axes
from benchmarks.report.figures._style import FAINT, INK, PALE, wrapped
from benchmarks.report.style import look
from benchmarks.results.store import CELL

PLACE = 60
_MOST = 60  # cells in one picture; the largest are shown
_TICKS = (0.0001, 0.001, 0.01, 0.1, 0.3, 1.0)
_ROW = 0.36  # inches of a cell, within which its implementations stand below one another


@dataclass(frozen=True, eq=False)
class Fractions:
    """Results with a fraction of the limit, the cells by their `label`, the largest work first."""

    rows: pd.DataFrame
    left_out: int


def select(data: Data) -> Fractions | None:
    """The cells of the main operation; None where no limit is known."""
    rows = data.measured.dropna(subset=["fraction_of_limit"])
    rows = rows[rows["operation"] == data.operation()]
    if rows.empty:
        return None
    rows = rows.assign(
        label=[data.label(tuple(key)) for key in rows[CELL].values], work=rows["n_x"] * rows["m"]
    ).sort_values(["work", *CELL], ascending=False)
    kept = list(dict.fromkeys(rows["label"]))
    return Fractions(rows[rows["label"].isin(kept[:_MOST])], max(0, len(kept) - _MOST))


def title(found: Fractions) -> str:
    """Who came nearest, and where."""
    best = found.rows.iloc[found.rows["fraction_of_limit"].argmax()]
    share = f"{best['fraction_of_limit']:.0%}"
    return f"{format.short(best['implementation'])} comes nearest, {share} at {best['label']}"


def draw(found: Fractions) -> Figure:
    """A row for each cell, a mark for each implementation."""
    labels = list(dict.fromkeys(found.rows["label"]))
    figure = Figure(figsize=(9, 1.6 + _ROW * len(labels)))
    axes = figure.subplots()
    figure.subplots_adjust(right=0.72)
    place = {label: -k for k, label in enumerate(labels)}
    names = sorted(found.rows["implementation"].unique())
    for k, name in enumerate(names):
        own, style = found.rows[found.rows["implementation"] == name], look(name)
        heights = own["label"].map(place) + _axes.apart(k, len(names))
        axes.plot(own["fraction_of_limit"], heights, style.marker, color=style.colour, markersize=6)
    least = max(1e-5, 10 ** np.floor(np.log10(found.rows["fraction_of_limit"].min())))
    ticks = FixedLocator([tick for tick in _TICKS if tick >= least])
    _axes.ticked(axes, "x", ticks, FuncFormatter(lambda value, _: f"{value * 100:.10g}%"))
    axes.set_xlim(least, max(1.6, 1.3 * found.rows["fraction_of_limit"].max()))
    axes.axvline(1.0, color=INK, linewidth=1.2)
    axes.set_yticks([place[label] for label in labels], labels)
    axes.set_ylim(-len(labels) + 0.4, 0.6)
    axes.grid(True, axis="x")
    for row in range(0, len(labels), 2):
        axes.axhspan(-row - 0.5, -row + 0.5, color=PALE, alpha=0.5, linewidth=0)
    handles = [
        Line2D(
            [], [], linestyle="", marker=look(n).marker, color=look(n).colour, label=format.short(n)
        )
        for n in names
    ]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.02, 1.0), labelcolor=INK)
    axes.set_xlabel("the least time that the hardware allows, over the time of a call (%)")
    axes.set_ylabel("n_x × m")
    axes.set_title(wrapped(title(found), 9), pad=22)
    note = (
        "The limit is the longer of reading X once and of computing, at this machine's best rates."
    )
    if found.left_out:
        note += f" {format.count(found.left_out, 'smaller cell')} left out."
    axes.text(
        0, 1.0 + 0.06 / max(1.0, _ROW * len(labels)), note, transform=axes.transAxes, color=FAINT
    )
    return figure
