"""How fast is each implementation in each cell, compared with the baseline?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from benchmarks import format
from benchmarks.report import ratios
from benchmarks.report.scene import Scene
from benchmarks.report.style import look
from benchmarks.report.views import _axes
from benchmarks.report.views._marks import Chart, interval, trace
from benchmarks.report.views._style import FAINT, head
from benchmarks.report.views._ticks import Axis, log_axis, row_axis, row_offset
from benchmarks.results.store import CELL
from benchmarks.statistics import INDISTINGUISHABLE, Estimate, geometric_mean

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PLACE, SECTION, FOLLOWS = 40, "winners", True
MAX_CELLS = 40


@dataclass(frozen=True, eq=False)
class Speedups:
    """A row for each implementation and cell; `place` is its cell's, an index into `labels`.

    `shown` is the speedup, or that of a predicted time. `margins` has for each cell the speedup up
    to which no difference is believed: 1.02, or what identical code differs by there.
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
    """What is left out, in words."""
    smaller = format.count(selection.cells_left_out, "smaller cell")
    return f"{smaller}: in summary.csv" if selection.cells_left_out else ""


def _axes_of(selection: Speedups) -> tuple[Axis, Axis]:
    title, shown = "speedup over the baseline (×)", [*selection.rows["shown"], 1.0]
    rows = row_axis(f"{selection.operation}, n_x × m (features × examples)", selection.labels)
    return log_axis(title, shown, format.ratio_tick, line=1.0), rows


def _by_name(selection: Speedups) -> list[tuple[str, pd.DataFrame]]:
    """Each implementation's rows, with the height `y` at which they stand."""
    groups = list(selection.rows.groupby("implementation"))
    return [
        (str(name), rows.assign(y=rows["place"] + row_offset(k, len(groups))))
        for k, (name, rows) in enumerate(groups)
    ]


def figure(selection: Speedups) -> Figure:
    """A line of points for each cell, one for each implementation, intervals as error bars."""
    from matplotlib.figure import Figure

    groups = _by_name(selection)
    legend = _legend([name for name, _ in groups], selection)
    row = max(0.26, 0.05 * len(groups))
    height = max(row * len(selection.labels), 0.2 * len(legend)) + 1.4
    picture = Figure(figsize=(10, height), layout="constrained")
    axes = picture.subplots()
    x, y = _axes_of(selection)
    _axes.apply_rows(axes, y)
    _axes.apply(axes, "x", x)
    for place, margin in enumerate(selection.margins):
        width = margin - 1 / margin
        axes.barh(place, width, left=1 / margin, height=1, color=FAINT, alpha=0.35)
    for name, rows in groups:
        _draw_points(axes, rows, name)
    axes.grid(True, axis="x")
    head(picture, title(selection), 10)
    axes.legend(handles=legend, loc="upper left", bbox_to_anchor=(1.01, 1))
    return picture


def _draw_points(axes: Axes, rows: pd.DataFrame, name: str) -> None:
    style = look(name)
    plain: dict[str, Any] = {"color": style.colour, "linewidth": 1.4, "zorder": 3}
    marks = {"linestyle": "", "marker": style.marker, "markersize": 5, **plain}
    axes.hlines(rows["y"], rows["speedup_low"], rows["speedup_high"], **plain)
    axes.plot(rows["speedup"], rows["y"], **marks)
    hollow = rows[rows["speedup"].isna()]
    marks |= {"markerfacecolor": "white", "linewidth": 1}
    axes.plot(hollow["shown"], hollow["y"], **marks)


def _legend(names: list[str], selection: Speedups) -> list[Artist]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    marks: dict[str, Any] = {"linestyle": "", "markersize": 6, "color": FAINT}
    handles: list[Artist] = [*_axes.legend_marks(names)]
    if selection.rows["speedup"].isna().any():
        handles.append(Line2D([], [], marker="o", mfc="w", label="skipped: predicted", **marks))
    handles.append(Patch(color=FAINT, alpha=0.35, linewidth=0, label=ratios.NO_DIFFERENCE))
    baseline = f"line at 1×: {format.short(selection.baseline)}"
    notes = ["bar: 95% interval", baseline, _note(selection)]
    return handles + [Line2D([], [], linestyle="", label=note) for note in notes if note]


def chart(selection: Speedups) -> Chart:
    """A row for each cell, a mark with its interval for each implementation; the margins in grey."""
    traces = [_margins(selection.margins)]
    for name, rows in _by_name(selection):
        measured, predicted = rows[rows["speedup"].notna()], rows[rows["speedup"].isna()]
        ends = interval(measured["speedup"], measured["speedup_low"], measured["speedup_high"])
        traces.append(
            trace("interval", name, measured["shown"], measured["y"], along="m", **ends,
                  hover=[_hover(name, row, selection) for row in measured.to_dict("records")])
        )  # fmt: skip
        hover = [
            f"{name}, {selection.labels[place]}\nskipped; predicted: {format.ratio(speedup)}×"
            for place, speedup in zip(predicted["place"], predicted["shown"], strict=True)
        ]
        traces.append(trace("hollow", name, predicted["shown"], predicted["y"], hover=hover))
    note = f"Line at 1×: {selection.baseline}; to the right is faster. Grey: {ratios.NO_DIFFERENCE}. Bar: 95% interval."
    if selection.rows["speedup"].isna().any():
        note += " Hollow: skipped, at the time that was predicted."
    note += f" {_note(selection)}." if _note(selection) else ""
    return Chart(note, traces, *_axes_of(selection), height=120 + 34 * len(selection.labels))


def _hover(name: str, row: dict[Any, Any], selection: Speedups) -> str:
    place = row["place"]
    speedup = Estimate(row["speedup"], row["speedup_low"], row["speedup_high"])
    text = ratios.speedup(speedup, selection.margins[place] - 1)
    return f"{name}, {selection.labels[place]}\nspeedup over {selection.baseline}: {text}"


def _margins(margins: list[float]) -> dict[str, Any]:
    """The outline of all margins, up on the right and down on the left."""
    right = [(margin, place + side) for place, margin in enumerate(margins) for side in (-0.5, 0.5)]
    left = [(1 / x, y) for x, y in reversed(right)]
    x, y = zip(*right, *left, strict=True)
    return trace("margin", None, x, y)
