"""The cost against the steps of a fit."""

from pathlib import Path

import pandas as pd


def draw(costs: pd.DataFrame, title: str, folder: Path) -> list[Path]:
    """Draw `costs`, columns step and J (nats), into cost.svg and cost.png in the folder."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.plot(costs["step"], costs["J"], color="#0072B2", linewidth=2)
    axes.set(xlabel="step", ylabel="cost J (nats per example)")
    axes.set_title(title, loc="left", fontsize=11)
    axes.set_ylim(bottom=0)
    axes.margins(x=0.01)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    paths = [folder / "cost.svg", folder / "cost.png"]
    for path in paths:
        figure.savefig(path, dpi=150)
    return paths
