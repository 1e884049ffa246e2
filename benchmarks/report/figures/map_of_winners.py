"""Which implementation is fastest where, over both sizes, and by how much?"""

from dataclasses import dataclass
from math import ceil
from textwrap import wrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from benchmarks import format
from benchmarks.report import headline
from benchmarks.report.data import SETTING, Data
from benchmarks.report.figures._axes import SIZES
from benchmarks.report.figures._style import FAINT, PALE, tint, wrapped
from benchmarks.report.style import look
from benchmarks.results.store import CELL

PLACE = 10
WIDE, HIGH = 0.98, 0.6  # of one cell, in inches
LETTERS, LINES = 14, 3  # of a name in a cell


@dataclass(frozen=True, eq=False)
class Map:
    """The cells of one operation, each in one panel: its winner, or what became of all of them."""

    operation: str
    panels: dict[str, pd.DataFrame]


def select(data: Data) -> Map | None:
    """Every cell of the operation, by setting; None where fewer than two cells were raced."""
    operation = data.operation()
    if (data.winners["operation"] == operation).sum() < 2 or data.winners["second"].isna().all():
        return None
    asked = data.results[data.results["operation"] == operation].groupby(CELL)["status"]
    statuses = asked.agg(lambda found: ", ".join(sorted(set(found)))).reset_index()
    cells = statuses.merge(data.winners, on=CELL, how="left")
    # Where real data has the size of synthetic data the map shows the synthetic.
    cells = cells.sort_values("data", ascending=False).drop_duplicates([*SETTING, "n_x", "m"])
    panels = {_setting(own): own for _, own in cells.groupby(SETTING)}
    return Map(operation, panels)


def _setting(own: pd.DataFrame) -> str:
    dtype, order, threads = own[SETTING].iloc[0]
    return f"{dtype}, {order} order, {format.count(threads, 'thread')}"


def title(found: Map) -> str:
    """Who is fastest in how many cells; a tie is nobody's."""
    raced = pd.concat(found.panels.values()).dropna(subset="second")
    cells, won = format.count(len(raced), "cell"), headline.tally(raced, width=28)
    return f"Fastest of {cells}: {won}" if won else f"All {cells} are ties"


def draw(found: Map) -> Figure:
    """One panel below the other, with real sizes at equal distances."""
    sizes = [(own["n_x"].nunique(), own["m"].nunique()) for own in found.panels.values()]
    width = max(7, 0.9 + WIDE * max(columns for _, columns in sizes))
    inches = [max(2.2, 0.8 + HIGH * rows) for rows, _ in sizes]
    across, legend = int(width // 3.2), _legend(found)
    height = sum(inches) + 0.5 + 0.2 * ceil(len(legend) / across)
    figure = Figure(figsize=(width, height), layout="constrained")
    panels = figure.subplots(len(sizes), 1, squeeze=False, height_ratios=inches)[:, 0]
    for axes, (setting, own) in zip(panels, found.panels.items(), strict=True):
        _panel(axes, own)
        axes.set_title(f"{found.operation}, {setting}", fontsize=9, fontweight="normal")
    figure.suptitle(wrapped(title(found), width), x=0.01, ha="left", weight="bold", size=11)
    figure.legend(handles=legend, loc="outside lower left", ncols=across)
    return figure


def _panel(axes: Axes, own: pd.DataFrame) -> None:
    n_xs, ms = sorted(own["n_x"].unique()), sorted(own["m"].unique())
    for cell in own.to_dict("records"):
        _cell(axes, ms.index(cell["m"]), n_xs.index(cell["n_x"]), cell)
    axes.set_xticks(range(len(ms)), [format.count(m) for m in ms])
    axes.set_yticks(range(len(n_xs)), [format.count(n_x) for n_x in n_xs])
    axes.set(xlim=(-0.52, len(ms) - 0.48), ylim=(-0.52, len(n_xs) - 0.48))
    axes.set(xlabel=SIZES["m"], ylabel=SIZES["n_x"])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _cell(axes: Axes, x: int, y: int, cell: dict) -> None:
    box: dict[str, Any] = {"xy": (x - 0.48, y - 0.47), "width": 0.96, "height": 0.94, "lw": 0}
    if not isinstance(cell["winner"], str):
        axes.add_artist(Rectangle(**box, facecolor=PALE))
        status = "\n".join(wrap(cell["status"].replace("_", " "), LETTERS)[:3])
        axes.text(x, y, status, ha="center", va="center", fontsize=7, color=FAINT)
        return
    axes.add_artist(Rectangle(**box, facecolor=tint(look(cell["winner"]).colour, 0.4)))
    lines = _lines(cell["winner"], LINES)
    if cell["tie"]:
        hatch = tint(look(cell["second"]).colour, 0.4)
        axes.add_artist(Rectangle(**box, fill=False, hatch="//", edgecolor=hatch))
        lines = ["tie:", *_lines(cell["winner"], 1), *_lines(cell["second"], 1)]
    elif isinstance(cell["second"], str):
        lines.append(f"{format.ratio(cell['lead'])}×")
    else:
        lines.append("(alone)")
    text = axes.text(x, y, "\n".join(lines), ha="center", va="center", fontsize=7, linespacing=1.15)
    text.set_in_layout(False)  # it is within the axes, and need not be measured to know their size


def _lines(name: str, most: int) -> list[str]:
    """The name in a cell's few short lines, broken at its underscores."""
    lines = [line.replace("_ ", "_") for line in wrap(name.replace("_", "_ "), LETTERS)]
    kept = lines if len(lines) <= most else [*lines[: most - 1], "".join(lines[most - 1 :])]
    return [format.short(line, LETTERS) for line in kept]


def _legend(found: Map) -> list[Patch]:
    cells = pd.concat(found.panels.values())
    tied = cells[cells["tie"].eq(True)]
    names = sorted({*cells["winner"].dropna(), *tied["second"]})
    handles = [
        Patch(facecolor=tint(look(name).colour, 0.4), label=format.short(name, 34))
        for name in names
    ]
    if len(tied):
        handles.append(Patch(fill=False, hatch="////", edgecolor=FAINT, label="a tie of both"))
    handles.append(Patch(fill=False, linewidth=0, label="1.9×: lead over the next"))
    if cells["winner"].isna().any():
        handles.append(Patch(facecolor=PALE, label="nothing could be measured"))
    return handles
