"""The cost against the steps of a fit."""

from pathlib import Path

import pandas as pd

_WIDTH = 7.0  # inches


def draw(costs: pd.DataFrame, title: str, folder: Path) -> list[Path]:
    """Draw `costs`, columns step and J (nats), into cost.svg and cost.png in the folder."""
    from matplotlib.figure import Figure

    from benchmarks.report.views import _style

    paths = [folder / "cost.svg", folder / "cost.png"]
    with _style.applied():
        figure = Figure(figsize=(_WIDTH, 4.2), layout="constrained")
        axes = figure.subplots()
        axes.plot(costs["step"], costs["J"], color="#0072B2", linewidth=2)
        axes.set(xlabel="step", ylabel="cost J (nats per example)")
        axes.set_title(_style.wrapped(title, _WIDTH))
        axes.set_ylim(bottom=0)
        axes.margins(x=0.01)
        axes.grid()
        _style.save(figure, paths)
    return paths
