"""How many times faster than the baseline is each implementation in each cell, and how sure?"""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.report.figures import _axes
from benchmarks.report.figures._style import FAINT, INK, PALE, wrapped
from benchmarks.report.style import look
from benchmarks.results.store import CELL
from benchmarks.statistics import INDISTINGUISHABLE, geometric_mean

PLACE = 40
MOST_CELLS = 40


@dataclass(frozen=True, eq=False)
class Speedups:
    """A row for each implementation and cell; `place` is its cell's, an index into `labels`.

    `bars` says for each cell how many times faster is no more than nothing: 1.02, or what identical
    code differs by there.
    """

    baseline: str
    operation: str
    labels: list[str]
    bars: list[float]
    left_out: int
    rows: pd.DataFrame


def select(data: Data) -> Speedups | None:
    """The cells that the baseline was measured in, largest first."""
    operation = data.operation()
    rows = data.results[data.results["operation"] == operation]
    base = rows[rows["implementation"] == data.baseline].set_index(CELL)["median_ns"].dropna()
    rows = rows.join(base.rename("base_ns"), on=CELL, how="inner")
    # A cell that was skipped has no speedup; what was predicted of it is drawn hollow.
    rows["shown"] = rows["speedup"].fillna(rows["base_ns"] / rows["predicted_ns"])
    others = rows[rows["implementation"] != data.baseline].dropna(subset="shown")
    if others["speedup"].isna().all():
        return None
    cells = others[CELL].drop_duplicates()
    cells = cells.assign(work=cells["n_x"] * cells["m"]).sort_values(["work", *CELL])
    kept = cells.tail(MOST_CELLS)[CELL].reset_index(drop=True)
    keys = [tuple(cell) for cell in kept.itertuples(index=False)]
    labels = [data.label(cell) for cell in keys]
    bars = [1 + max(INDISTINGUISHABLE, data.floor(cell)) for cell in keys]
    placed = others.merge(kept.reset_index(names="place"), on=CELL)
    return Speedups(data.baseline, operation, labels, bars, len(cells) - len(kept), placed)


def title(speedups: Speedups) -> str:
    """The best in the geometric mean, of those measured in at least half of the cells."""
    measured = speedups.rows.dropna(subset="speedup").groupby("implementation")["speedup"]
    counts = measured.size()
    means = measured.apply(lambda ratios: geometric_mean(ratios.tolist()))
    means = means[counts >= counts.max() / 2]
    best, mean, baseline = str(means.idxmax()), means.max(), format.short(speedups.baseline)
    over = f"geometric mean of {format.count(counts[best], 'cell')}"
    bar = geometric_mean(speedups.bars)
    if mean >= bar:
        return f"{format.short(best)} is {format.ratio(mean)} times faster than {baseline} ({over})"
    if mean > 1 / bar:
        return f"{format.short(best)} is as fast as {baseline} ({over})"
    slower = f"{format.short(best)}, the nearest, is {format.ratio(1 / mean)} times slower"
    return f"Overall nothing beats {baseline}: {slower} ({over})"


def draw(speedups: Speedups) -> Figure:
    """A line of points for each cell, one for each implementation, intervals as error bars."""
    names = sorted(speedups.rows["implementation"].unique())
    legend = _legend(names, speedups)
    row = max(0.26, 0.05 * len(names))
    height = max(row * len(speedups.labels), 0.2 * len(legend)) + 1.4
    figure = Figure(figsize=(10, height), layout="constrained")
    axes = figure.subplots()
    for place in range(0, len(speedups.labels), 2):
        axes.axhspan(place - 0.5, place + 0.5, color=PALE, alpha=0.5, linewidth=0)
    shown = speedups.rows["shown"]
    low, high = min(shown.min(), 1), max(shown.max(), 1)
    _axes.ratio_axis(axes, "x", low, high)
    for place, bar in enumerate(speedups.bars):
        axes.barh(place, bar - 1 / bar, left=1 / bar, height=1, color=FAINT, alpha=0.35)
    axes.axvline(1, color=INK, linewidth=1.2)
    for k, name in enumerate(names):
        own = speedups.rows[speedups.rows["implementation"] == name]
        _points(axes, own, name, _axes.apart(k, len(names)))
    axes.set_yticks(range(len(speedups.labels)), [format.short(s, 34) for s in speedups.labels])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.5, len(speedups.labels) - 0.5)
    axes.grid(True, axis="x")
    axes.set_xlabel(f"speedup over {format.short(speedups.baseline)} (×; to the right is faster)")
    axes.set_ylabel(f"{speedups.operation}\nn_x × m (features × examples)")
    heading = wrapped(title(speedups), 10)
    figure.suptitle(heading, x=0.01, ha="left", weight="bold", size=11)
    axes.legend(handles=legend, loc="upper left", bbox_to_anchor=(1.01, 1))
    return figure


def _points(axes: Axes, own: pd.DataFrame, name: str, offset: float) -> None:
    style = look(name)
    plain: dict[str, Any] = {"color": style.colour, "linewidth": 1.4, "zorder": 3}
    marks = {"linestyle": "", "marker": style.marker, "markersize": 5, **plain}
    axes.hlines(own["place"] + offset, own["speedup_low"], own["speedup_high"], **plain)
    axes.plot(own["speedup"], own["place"] + offset, **marks)
    hollow = own[own["speedup"].isna()]
    marks |= {"markerfacecolor": "white", "linewidth": 1}
    axes.plot(hollow["shown"], hollow["place"] + offset, **marks)


def _legend(names: list[str], speedups: Speedups) -> list[Line2D | Patch]:
    styles = [(name, look(name)) for name in names]
    marks: dict[str, Any] = {"linestyle": "", "markersize": 6}
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=style.colour, marker=style.marker, label=format.short(name), **marks)
        for name, style in styles
    ]
    notes = ["bar: 95% interval", f"line at 1×: {format.short(speedups.baseline)}"]
    if speedups.rows["speedup"].isna().any():
        handles.append(
            Line2D([], [], color=FAINT, marker="o", mfc="w", label="skipped: predicted", **marks)
        )
    handles.append(Patch(color=FAINT, alpha=0.35, linewidth=0, label="no difference is believed"))
    if speedups.left_out:
        notes.append(f"{speedups.left_out} smaller cells: in summary.csv")
    return handles + [Line2D([], [], linestyle="", label=note) for note in notes]
