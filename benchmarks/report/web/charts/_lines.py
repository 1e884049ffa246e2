"""Time against one size while the other stays: what the charts of m and of n_x have in common."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from benchmarks.report import human, series
from benchmarks.report.series import Series
from benchmarks.report.web.charts._marks import Chart, size_axis, time_axis, trace
from benchmarks.report.web.scene import Scene

_READING = (
    "Line: median of a call. Band: its 95% interval. Hollow: skipped, at the time that was "
    "predicted. Thick grey line: what the hardware allows."
)


def draw(scene: Scene, along: str, fixed: str) -> dict[str, Chart]:
    """A chart for each line of sizes, the one with the most sizes first."""
    sizes = scene.measured.groupby(["data", fixed])[along].nunique().reset_index()
    long = sizes[sizes[along] >= series.LEAST_SIZES].sort_values([along, fixed, "data"])
    lines = long[["data", fixed]].iloc[::-1].itertuples(index=False, name=None)
    return {_name(fixed, at, data): _chart(scene, along, fixed, at, data) for data, at in lines}


def _name(fixed: str, at: int, data: str) -> str:
    return f"{fixed} = {human.count(at)}" + ("" if data == "synthetic" else f" ({data})")


def _chart(scene: Scene, along: str, fixed: str, at: int, data: str) -> Chart:
    rows, winners = (
        table[(table["data"] == data) & (table[fixed] == at)].sort_values(along)
        for table in (scene.results, scene.winners)
    )
    said = series.title(Series(along, _name(fixed, at, data), scene.said(), rows, winners))
    rows = rows.assign(shown_ns=rows["median_ns"].fillna(rows["predicted_ns"]))
    limit = rows.dropna(subset="limit_ns").drop_duplicates(along)
    traces = [
        *(
            mark
            for name, own in rows.groupby("implementation")
            for mark in _one(str(name), own, along)
        ),
        trace("ink", None, limit[along], limit["limit_ns"], label="the limit"),
    ]
    caption = f"{said} ({scene.said()}). {_READING}"
    times = pd.concat([rows["shown_ns"], limit["limit_ns"]])
    return Chart(caption, traces, size_axis(along, rows[along]), time_axis(times))


def _one(name: str, own: pd.DataFrame, along: str) -> Iterator[dict[str, Any]]:
    """One implementation's band, its line, and what was only predicted of it."""
    solid = own.dropna(subset="median_ns")
    if len(solid):
        x = [*solid[along], *solid[along][::-1]]
        yield trace("band", name, x, [*solid["ci_high_ns"], *solid["ci_low_ns"][::-1]])
        hover = [
            f"{name}, {along} = {human.count(row[along])}\n"
            + human.time_interval(row["median_ns"], row["ci_low_ns"], row["ci_high_ns"])
            for row in solid.to_dict("records")
        ]
        yield trace("line", name, solid[along], solid["median_ns"], hover=hover)
    hollow = own[own["median_ns"].isna()].dropna(subset="shown_ns")
    if len(hollow):
        beyond = pd.concat([solid.tail(1), hollow])
        yield trace("bridge", name, beyond[along], beyond["shown_ns"])
        hover = [
            f"{name}, {along} = {human.count(size)}\nskipped; predicted: {human.time(ns)}"
            for size, ns in zip(hollow[along], hollow["shown_ns"], strict=True)
        ]
        yield trace("hollow", name, hollow[along], hollow["shown_ns"], hover=hover)
