"""Which implementation is fastest where, over both sizes, and by how much?"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from benchmarks import format
from benchmarks.report import headline, ratios
from benchmarks.report.web.charts._marks import Chart, size_axis, trace
from benchmarks.report.web.scene import VIEW, Scene
from benchmarks.statistics import Estimate

PLACE, SECTION, FOLLOWS = 10, "winners", True

_READING = "A filled mark is the winner, with how many times faster it is than the next; two hollow ones tie."


def draw(scene: Scene) -> dict[str, Chart]:
    """A mark for each cell: its winner's, or those of the two that tie; and where places change."""
    if scene.winners.empty:
        return {}
    # Where real data has the size of synthetic data the map shows the synthetic.
    cells = scene.winners.sort_values("data", ascending=False).drop_duplicates(["n_x", "m"])
    traces = [*_nothing(scene, cells), *_changes(scene), *_won(cells), *_tied(cells)]
    axes = size_axis("m", scene.results["m"]), size_axis("n_x", scene.results["n_x"])
    return {"": Chart(_caption(scene), traces, *axes, height=520)}


def _caption(scene: Scene) -> str:
    raced = scene.winners.dropna(subset="second")
    if raced.empty:
        return f"{scene.said()}: nothing was raced against anything."
    cells, won = format.count(len(raced), "cell"), headline.tally(raced)
    said = f"fastest of {cells}: {won}" if won else f"all {cells} are ties"
    return f"{scene.said()}: {said}. {_READING}"


def _won(cells: pd.DataFrame) -> Iterator[dict[str, Any]]:
    own = cells[~cells["tie"].astype(bool)]
    for name, group in own.groupby("winner"):
        leads = [f"{format.ratio(lead)}×" if format.known(lead) else "" for lead in group["lead"]]
        hover = [_said(cell) for cell in group.to_dict("records")]
        yield trace("winner", str(name), group["m"], group["n_x"], text=leads, hover=hover)


def _tied(cells: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Both, side by side: the one a little to the left of the cell's place, the other to the right."""
    tied = cells[cells["tie"].astype(bool)]
    for place, shift in (("winner", -1), ("second", 1)):
        for name, group in tied.groupby(place):
            hover = [_said(cell) for cell in group.to_dict("records")]
            yield trace("tie", str(name), group["m"], group["n_x"], hover=hover, shift=shift)


def _said(cell: dict[Any, Any]) -> str:
    where = f"{format.size(cell['n_x'], cell['m'])} ({cell['data']})"
    time = f"{cell['winner']}: {format.time(cell['median_ns'])}"
    if not isinstance(cell["second"], str):
        return f"{where}\n{time}\nnothing else was measured"
    lead = ratios.times(Estimate(cell["lead"], cell["lead_low"], cell["lead_high"]), "×")
    how = "a tie with" if cell["tie"] else "faster than"
    return f"{where}\n{time}\n{lead}, {how} {cell['second']}"


def _nothing(scene: Scene, cells: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The cells in which nothing could be measured, and what became of them."""
    asked = scene.results.groupby(["n_x", "m"])["status"].agg(
        lambda all_: ", ".join(sorted({*all_}))
    )
    lost = asked[~asked.index.isin(pd.MultiIndex.from_frame(cells[["n_x", "m"]]))].reset_index()
    if len(lost):
        said = [status.replace("_", " ") for status in lost["status"]]
        yield trace("nothing", None, lost["m"], lost["n_x"], hover=said)


def _changes(scene: Scene) -> Iterator[dict[str, Any]]:
    """Where two change places that are both first or second somewhere on the line."""
    found = scene.data.crossovers.loc[scene.data.leading]
    own = found[(found[VIEW] == list(scene.view)).all(axis=1)]
    for along, kept in own.groupby("along"):
        hover = [
            f"{row['faster_below']} below,\n{row['faster_above']} above {along} = "
            f"{format.rounded(row['size'])} [{format.rounded(row['size_low'])}, {format.rounded(row['size_high'])}]"
            for row in kept.to_dict("records")
        ]
        x, y = (kept["size"], kept["at"]) if along == "m" else (kept["at"], kept["size"])
        ends = {
            "less": (kept["size"] - kept["size_low"]).tolist(),
            "more": (kept["size_high"] - kept["size"]).tolist(),
        }
        yield trace("change", None, x, y, hover=hover, along=str(along), **ends)
