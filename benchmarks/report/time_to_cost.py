"""The cost against the seconds, and against the steps, of a race of trainings."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from benchmarks import format
from benchmarks.report.style import look
from benchmarks.report.views import _axes, _style
from benchmarks.report.views._ticks import log_axis

_WIDTH = 6.4  # inches


def draw(
    curves: Mapping[str, tuple[np.ndarray, Sequence[float]]], title: str, folder: Path
) -> list[Path]:
    """Draw into time_to_cost.svg and .png. A curve has the seconds to the end of each step, and the cost
    before each step that was done; what was not done is dashed, along the cost of the others."""
    paths = [folder / "time_to_cost.svg", folder / "time_to_cost.png"]
    with _style.applied():
        _style.save(figure(curves, title), paths)
    return paths


def figure(curves: Mapping[str, tuple[np.ndarray, Sequence[float]]], title: str) -> Figure:
    picture = Figure(figsize=(_WIDTH, 6.8), layout="constrained")
    by_time, by_step = picture.subplots(2)
    longest = max((costs for _, costs in curves.values()), key=len)
    for name, (seconds, costs) in curves.items():
        style = look(name)
        solid: dict[str, Any] = {"color": style.colour, "linewidth": 1.8}
        done = len(costs)
        by_time.plot(seconds[:done], costs, label=format.short(name), **solid)
        by_time.plot(seconds[:1], costs[:1], color=style.colour, marker=style.marker)
        if done < len(longest):
            rest = slice(done - 1, len(longest))
            by_time.plot(seconds[rest], longest[rest], linestyle=(0, (2, 2)), **solid)
        by_step.plot(range(done), costs, **solid)
    ends = [clock[k] for clock, _ in curves.values() for k in (0, -1)]
    axis = log_axis(
        "seconds from the start of the process, imports and compiling included", ends, _seconds
    )
    _axes.apply(by_time, "x", axis)
    by_time.legend(fontsize=8)
    by_step.set_xlabel("step")
    for axes in (by_time, by_step):
        axes.set_ylabel("cost J (nats per example)")
        axes.grid(True)
    _style.head(picture, title, _WIDTH)
    return picture


def _seconds(value: float) -> str:
    return format.time_tick(1e9 * value)
