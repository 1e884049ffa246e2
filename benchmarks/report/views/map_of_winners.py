"""Which implementation is fastest where, over both sizes, and by how much?"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from textwrap import wrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from benchmarks import format
from benchmarks.report import headline, ratios
from benchmarks.report.data import SETTING
from benchmarks.report.scene import CHOICE, Scene, setting_name
from benchmarks.report.style import look
from benchmarks.report.views._marks import Chart, interval, trace
from benchmarks.report.views._style import FAINT, PALE, head, tint
from benchmarks.report.views._ticks import SIZES, size_axis
from benchmarks.results.store import CELL

PLACE, SECTION, FOLLOWS = 10, "winners", True
WIDTH, HEIGHT = 0.98, 0.6  # of one cell, in inches
MAX_LETTERS, MAX_LINES = 14, 3  # of a name in a cell
_NOTE = (
    "A filled mark is the winner, with how many times as fast as the next it is; who is the same "
    "within 5% stands beside its name. Two hollow marks tie. A short bar with a whisker is a crossover along a size, with its 95% interval."
)


@dataclass(frozen=True, eq=False)
class Map:
    """Cells of one operation in a panel for each setting: the winner, or the statuses of all.

    `crossovers` are those between implementations that lead somewhere (Data.leading).
    """

    panels: dict[str, pd.DataFrame]
    crossovers: pd.DataFrame

    @property
    def cells(self) -> pd.DataFrame:
        return pd.concat(self.panels.values())


def select(scene: Scene) -> dict[str, Map]:
    """Every cell of the operation, by setting; a picture needs at least two, of which one was raced."""
    winners = scene.winners
    pointless = len(winners) < 2 or winners["second"].isna().all()
    if winners.empty or (pointless and not scene.has_one_setting):
        return {}
    asked = scene.results.groupby(CELL)["status"]
    statuses = asked.agg(lambda group: ", ".join(sorted(set(group)))).reset_index()
    # Of those who are alike the first by name, so that they have one colour in all cells.
    rows = winners.to_dict("records")
    teams = [sorted([row["winner"], *row["alike"]]) for row in rows]
    named = {"winner": [team[0] for team in teams], "alike": [team[1:] for team in teams]}
    named["team"] = [headline.team(row) for row in rows]
    cells = statuses.merge(winners.assign(**named), on=CELL, how="left")
    # Where real data has the size of synthetic data the map shows the synthetic.
    cells = cells.sort_values("data", ascending=False).drop_duplicates([*SETTING, "n_x", "m"])
    panels = {setting_name(*key): group for key, group in cells.groupby(CHOICE)}
    crossovers = scene.data.crossovers.loc[scene.data.leading]
    names = CHOICE[: len(scene.choice)]
    inside = (crossovers[names] == list(scene.choice)).all(axis=1)
    return {"": Map(panels, crossovers[inside])}


def title(selection: Map) -> str:
    """Who is fastest in how many cells; a tie is nobody's."""
    raced = selection.cells.dropna(subset="second")
    if raced.empty:
        return "Only one implementation was measured in each cell"
    cells, tally = format.count(len(raced), "cell"), headline.tally(raced)
    return f"Fastest of {cells}: {tally}" if tally else f"All {cells} are ties"


def figure(selection: Map) -> Figure:
    """One panel below the other, with real sizes at equal distances."""
    sizes = [(cells["n_x"].nunique(), cells["m"].nunique()) for cells in selection.panels.values()]
    width = max(7, 0.9 + WIDTH * max(columns for _, columns in sizes))
    inches = [max(2.2, 0.8 + HEIGHT * rows) for rows, _ in sizes]
    across, legend = int(width // 3.2), _legend(selection.cells)
    height = sum(inches) + 0.5 + 0.2 * ceil(len(legend) / across)
    picture = Figure(figsize=(width, height), layout="constrained")
    panels = picture.subplots(len(sizes), 1, squeeze=False, height_ratios=inches)[:, 0]
    for axes, (setting, cells) in zip(panels, selection.panels.items(), strict=True):
        _draw_panel(axes, cells)
        axes.set_title(setting, fontsize=9, fontweight="normal")
    head(picture, title(selection), width)
    picture.legend(handles=legend, loc="outside lower left", ncols=across)
    return picture


def _draw_panel(axes: Axes, cells: pd.DataFrame) -> None:
    n_xs, ms = sorted(cells["n_x"].unique()), sorted(cells["m"].unique())
    for cell in cells.to_dict("records"):
        _draw_cell(axes, ms.index(cell["m"]), n_xs.index(cell["n_x"]), cell)
    axes.set_xticks(range(len(ms)), [format.count(m) for m in ms])
    axes.set_yticks(range(len(n_xs)), [format.count(n_x) for n_x in n_xs])
    axes.set(xlim=(-0.52, len(ms) - 0.48), ylim=(-0.52, len(n_xs) - 0.48))
    axes.set(xlabel=SIZES["m"], ylabel=SIZES["n_x"])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _draw_cell(axes: Axes, x: int, y: int, cell: dict[Any, Any]) -> None:
    box: dict[str, Any] = {"xy": (x - 0.48, y - 0.47), "width": 0.96, "height": 0.94, "lw": 0}
    centred: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 7}
    if not isinstance(cell["winner"], str):
        axes.add_artist(Rectangle(**box, facecolor=PALE))
        status = "\n".join(wrap(cell["status"].replace("_", " "), MAX_LETTERS)[:3])
        axes.text(x, y, status, color=FAINT, **centred)
        return
    axes.add_artist(Rectangle(**box, facecolor=tint(look(cell["winner"]).colour, 0.4)))
    if cell["tie"]:
        hatch = tint(look(cell["second"]).colour, 0.4)
        axes.add_artist(Rectangle(**box, fill=False, hatch="//", edgecolor=hatch))
    text = axes.text(x, y, "\n".join(_lines_of(cell)), linespacing=1.15, **centred)
    text.set_in_layout(False)  # it is within the axes, and need not be measured to know their size


def _lines_of(cell: dict[Any, Any]) -> list[str]:
    if cell["tie"]:
        return ["tie:", *_lines(cell["winner"], 1), *_lines(cell["second"], 1)]
    raced = isinstance(cell["second"], str)
    lead = f"{format.ratio(cell['lead'])}×" if raced else "(alone)"
    match cell["alike"]:
        case []:
            return [*_lines(cell["winner"], MAX_LINES), lead]
        case [other]:
            return [*_lines(cell["winner"], 1), *_lines(other, 1), lead]
        case others:
            return [*_lines(cell["winner"], 1), f"or {len(others)} others", lead]


def _lines(name: str, most: int) -> list[str]:
    """The name in a cell's few short lines, broken at its underscores."""
    lines = [line.replace("_ ", "_") for line in wrap(name.replace("_", "_ "), MAX_LETTERS)]
    kept = lines if len(lines) <= most else [*lines[: most - 1], "".join(lines[most - 1 :])]
    return [format.short(line, MAX_LETTERS) for line in kept]


def _legend(cells: pd.DataFrame) -> list[Any]:
    tied = cells[cells["tie"].eq(True)]
    names = {name for name in (*tied["second"], *cells["winner"]) if isinstance(name, str)}
    handles = [
        Patch(facecolor=tint(look(name).colour, 0.4), label=format.short(name, 34))
        for name in sorted(names)
    ]
    if len(tied):
        handles.append(Patch(fill=False, hatch="////", edgecolor=FAINT, label="a tie of both"))
    if cells["alike"].str.len().gt(0).any():
        handles.append(Patch(fill=False, linewidth=0, label="two names: the same within 5%"))
    handles.append(Patch(fill=False, linewidth=0, label="1.9×: times as fast as the next"))
    if cells["winner"].isna().any():
        handles.append(Patch(facecolor=PALE, label="nothing could be measured"))
    return handles


def chart(selection: Map) -> Chart:
    """A mark for each cell: its winner's, or those of the two that tie; and the crossovers."""
    cells = selection.cells
    lost, ties = cells["winner"].isna(), cells["tie"].eq(True)
    traces = [
        *_lost(cells[lost]),
        *_crossovers(selection.crossovers),
        *_traces("winner", "winner", cells[~lost & ~ties]),
        # Both, side by side: one a little to the left of the cell's place, one to the right.
        *_traces("tie", "winner", cells[ties], shift=-1),
        *_traces("tie", "second", cells[ties], shift=1),
    ]
    return Chart(_NOTE, traces, size_axis("m", cells["m"]), size_axis("n_x", cells["n_x"]), 520)


def _lost(cells: pd.DataFrame) -> Iterator[dict[str, Any]]:
    if len(cells):
        hover = cells["status"].str.replace("_", " ")
        yield trace("nothing", None, cells["m"], cells["n_x"], hover=hover)


def _crossovers(crossovers: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for along, rows in crossovers.groupby("along"):
        hover = [
            f"{row['faster_below']} below,\n{row['faster_above']} above {along} = "
            f"{format.rounded(row['size'])} [{format.rounded(row['size_low'])}, {format.rounded(row['size_high'])}]"
            for row in rows.to_dict("records")
        ]
        x, y = (rows["size"], rows["at"]) if along == "m" else (rows["at"], rows["size"])
        ends = interval(rows["size"], rows["size_low"], rows["size_high"])
        yield trace("crossover", None, x, y, hover=hover, along=str(along), **ends)


def _traces(role: str, place: str, cells: pd.DataFrame, **more: Any) -> Iterator[dict[str, Any]]:
    """A trace for each implementation in this place; a winner has its lead as text."""
    for name, group in cells.groupby(place):
        rows = group.to_dict("records")
        if role == "winner":
            more["text"] = [
                f"{format.ratio(row['lead'])}×" if format.known(row["lead"]) else "" for row in rows
            ]
        hover = [_hover(row) for row in rows]
        yield trace(role, str(name), group["m"], group["n_x"], hover=hover, **more)


def _hover(cell: dict[Any, Any]) -> str:
    where = f"{format.size(cell['n_x'], cell['m'])} ({cell['data']})"
    time = f"{cell['team']}: {format.time(cell['median_ns'])}"
    if not isinstance(cell["second"], str):
        return f"{where}\n{time}\nnothing else was measured"
    lead = format.ratio_interval(cell["lead"], cell["lead_low"], cell["lead_high"])
    tie = f": {ratios.NO_DIFFERENCE}" if cell["tie"] else ""
    return f"{where}\n{time}\n{lead} as fast as {cell['second']}{tie}"
