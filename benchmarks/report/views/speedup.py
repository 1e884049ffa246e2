"""How fast is each implementation in each cell, compared with the baseline?"""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from benchmarks import format
from benchmarks.report import ratios
from benchmarks.report.scene import Scene
from benchmarks.report.views import _rows
from benchmarks.report.views._marks import Chart, interval, trace
from benchmarks.report.views._style import FAINT
from benchmarks.report.views._ticks import log_axis, row_axis
from benchmarks.results.store import CELL
from benchmarks.statistics.estimates import Estimate, geometric_mean
from benchmarks.statistics.noise import INDISTINGUISHABLE

PLACE, SECTION, FOLLOWS = 40, "winners", True
MAX_CELLS = 40


@dataclass(frozen=True, eq=False)
class Speedups:
    """A row for each implementation and cell; `place` is its cell's, an index into `labels`.

    `shown` is the speedup, from `low` to `high`, or that of a predicted time, without them.
    `margins` has for each cell the speedup up to which no difference is believed: 1.02, or what
    identical code differs by there.
    """

    baseline: str
    operation: str
    labels: list[str]
    margins: list[float]
    cells_left_out: int
    rows: pd.DataFrame


def select(scene: Scene) -> dict[str, Speedups]:
    """The cells that the baseline was measured in, largest last."""
    data, rows = scene.data, scene.results
    base = rows[rows["implementation"] == data.baseline].set_index(CELL)["median_ns"].dropna()
    rows = rows.join(base.rename("base_ns"), on=CELL, how="inner")
    # A cell that was skipped has no speedup; what was predicted of it is drawn hollow.
    rows["shown"] = rows["speedup"].fillna(rows["base_ns"] / rows["predicted_ns"])
    rows = rows.rename(columns={"speedup_low": "low", "speedup_high": "high"})
    rows = rows[rows["implementation"] != data.baseline].dropna(subset="shown")
    if rows["speedup"].isna().all():
        return {}
    cells = rows[CELL].drop_duplicates()
    cells = cells.assign(work=cells["n_x"] * cells["m"]).sort_values(["work", *CELL])
    kept = cells.tail(MAX_CELLS)[CELL].reset_index(drop=True)
    keys = [tuple(cell) for cell in kept.itertuples(index=False)]
    labels = [scene.label(cell) for cell in keys]
    margins = [1 + max(INDISTINGUISHABLE, data.floor(cell)) for cell in keys]
    placed = rows.merge(kept.reset_index(names="place"), on=CELL)
    left_out = len(cells) - len(kept)
    return {"": Speedups(data.baseline, scene.choice[0], labels, margins, left_out, placed)}


def title(selection: Speedups) -> str:
    """The best in the geometric mean, of those measured in at least half of the cells."""
    measured = selection.rows.dropna(subset="speedup").groupby("implementation")["speedup"]
    counts = measured.size()
    means = measured.apply(lambda speedups: geometric_mean(speedups.tolist()))
    means = means[counts >= counts.max() / 2]
    best, mean, baseline = str(means.idxmax()), means.max(), selection.baseline
    over = f"(geometric mean of {format.count(counts[best], 'cell')})"
    margin = geometric_mean(selection.margins)
    if 1 / margin < mean < margin:
        return f"Between {best} and {baseline} there is {ratios.NO_DIFFERENCE} {over}"
    compared = f"{best} is {format.ratio(mean)}× as fast as {baseline} {over}"
    return compared if mean > 1 else f"Nothing is faster than {baseline} overall: {compared}"


def _note(selection: Speedups) -> str:
    note = f"Line at 1×: {selection.baseline}; to the right is faster. Bar: 95% interval. "
    note += f"Grey: {ratios.NO_DIFFERENCE}."
    if selection.rows["speedup"].isna().any():
        note += " Hollow: skipped, at the time that was predicted."
    if selection.cells_left_out:
        note += f" {format.count(selection.cells_left_out, 'smaller cell')}: in summary.csv."
    return note


def figure(selection: Speedups) -> Figure:
    """The chart's rows, marks and margins."""
    picture = _rows.figure(title(selection), chart(selection))
    for place, margin in enumerate(selection.margins):
        width = margin - 1 / margin
        picture.axes[0].barh(place, width, left=1 / margin, height=1, color=FAINT, alpha=0.35)
    return picture


def chart(selection: Speedups) -> Chart:
    """A row for each cell, a mark with its interval for each implementation; the margins in grey."""
    traces = [_margins(selection.margins)]
    for name, rows in _rows.by_name(selection.rows):
        measured, predicted = rows[rows["speedup"].notna()], rows[rows["speedup"].isna()]
        hover = [_hover(name, row, selection) for row in measured.to_dict("records")]
        ends = interval(measured["shown"], measured["low"], measured["high"]) | {"along": "m"}
        traces.append(trace("dots", name, measured["shown"], measured["y"], hover=hover, **ends))
        hover = [
            f"{name}, {selection.labels[place]}\nskipped; predicted: {format.ratio(speedup)}×"
            for place, speedup in zip(predicted["place"], predicted["shown"], strict=True)
        ]
        traces.append(trace("hollow", name, predicted["shown"], predicted["y"], hover=hover))
    shown = [*selection.rows["shown"], 1.0]
    x = log_axis("speedup over the baseline (×)", shown, format.ratio_tick, line=1.0)
    y = row_axis(f"{selection.operation}, n_x × m (features × examples)", selection.labels)
    return Chart(_note(selection), traces, x, y, height=120 + 34 * len(selection.labels))


def _hover(name: str, row: dict[Any, Any], selection: Speedups) -> str:
    place = row["place"]
    speedup = Estimate(row["speedup"], row["low"], row["high"])
    text = ratios.speedup(speedup, selection.margins[place] - 1)
    return f"{name}, {selection.labels[place]}\nspeedup over {selection.baseline}: {text}"


def _margins(margins: list[float]) -> dict[str, Any]:
    """The outline of all margins, up on the right and down on the left."""
    right = [(margin, place + side) for place, margin in enumerate(margins) for side in (-0.5, 0.5)]
    left = [(1 / x, y) for x, y in reversed(right)]
    x, y = zip(*right, *left, strict=True)
    return trace("band", None, x, y)
