"""Time against one size while the other stays: what the charts of m and of n_x have in common."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import format
from benchmarks.report import series
from benchmarks.report.series import Series
from benchmarks.report.web.charts._marks import Chart, size_axis, time_axis, trace
from benchmarks.report.web.scene import Scene

_COLUMNS = ["implementation", "median_ns", "ci_low_ns", "ci_high_ns", "predicted_ns", "limit_ns"]
_READING = (
    "Line: median of a call. Band: its 95% interval. Hollow: skipped, at the time that was "
    "predicted. Thick grey line: what the hardware allows."
)


def draw(scene: Scene, along: str, fixed: str) -> dict[str, Chart]:
    """A chart for each line of sizes, the one with the most sizes first."""
    key = ["data", fixed]
    results = scene.results[[*key, along, *_COLUMNS]]
    shown = results["median_ns"].fillna(results["predicted_ns"])
    lines = results.assign(shown_ns=shown).sort_values(along).groupby(key)
    winners = scene.winners.sort_values(along).groupby(key)
    sizes = scene.measured.groupby(key)[along].nunique().reset_index()
    long = sizes[sizes[along] >= series.LEAST_SIZES].sort_values([along, fixed, "data"])
    return {
        _name(fixed, at, data): _chart(
            scene.said(),
            _name(fixed, at, data),
            along,
            lines.get_group((data, at)),
            winners.get_group((data, at)),
        )
        for data, at in long[key].iloc[::-1].itertuples(index=False, name=None)
    }


def _name(fixed: str, at: int, data: str) -> str:
    return f"{fixed} = {format.count(at)}" + ("" if data == "synthetic" else f" ({data})")


def _chart(setting: str, name: str, along: str, rows: pd.DataFrame, winners: pd.DataFrame) -> Chart:
    said = series.title(Series(along, name, setting, rows, winners))
    limit = rows.dropna(subset="limit_ns").drop_duplicates(along)
    traces = [
        *(mark for by, own in rows.groupby("implementation") for mark in _one(str(by), own, along)),
        trace("ink", None, limit[along], limit["limit_ns"], label="the limit"),
    ]
    times = pd.concat([rows["shown_ns"], limit["limit_ns"]])
    axes = size_axis(along, rows[along]), time_axis(times)
    return Chart(f"{said} ({setting}). {_READING}", traces, *axes)


def _one(name: str, own: pd.DataFrame, along: str) -> Iterator[dict[str, Any]]:
    """One implementation's band, its line, and what was only predicted of it."""
    # Columns as arrays: a large run has thousands of lines, and a frame takes its time each time.
    sizes, times, shown, lows, highs = (
        own[column].to_numpy(float)
        for column in (along, "median_ns", "shown_ns", "ci_low_ns", "ci_high_ns")
    )
    solid = np.flatnonzero(~np.isnan(times))
    hollow = np.flatnonzero(np.isnan(times) & ~np.isnan(shown))
    if len(solid):
        there_and_back = np.concatenate([solid, solid[::-1]])
        band = np.concatenate([highs[solid], lows[solid][::-1]])
        yield trace("band", name, sizes[there_and_back], band)
        hover = [
            f"{name}, {along} = {format.count(sizes[k])}\n"
            + format.time_interval(times[k], lows[k], highs[k])
            for k in solid
        ]
        yield trace("line", name, sizes[solid], times[solid], hover=hover)
    if len(hollow):
        beyond = np.concatenate([solid[-1:], hollow])
        yield trace("bridge", name, sizes[beyond], shown[beyond])
        hover = [
            f"{name}, {along} = {format.count(sizes[k])}\nskipped; predicted: {format.time(shown[k])}"
            for k in hollow
        ]
        yield trace("hollow", name, sizes[hollow], shown[hollow], hover=hover)
