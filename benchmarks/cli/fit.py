"""Train by gradient descent, with any implementation on any data."""

import json
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks import registry
from benchmarks.cli import _console as console
from benchmarks.cli import _options as options

if TYPE_CHECKING:
    from benchmarks.data import Dataset
    from benchmarks.gradient_descent import State


@click.command()
@click.option(
    "--data",
    "source",
    default="cat",
    show_default=True,
    metavar="NAME|FILE",
    help="Built-in data, or your own file.",
)
@click.option(
    "--implementation", "-i", "name", metavar="NAME", help="Implementation that computes the steps."
)
@options.add
@click.option("--alpha", default=0.005, show_default=True, help="Learning rate α.")
@click.option(
    "--steps", default=2000, show_default=True, type=options.COUNT, help="Number of steps."
)
@options.seed
@options.out
@options.quiet
def command(
    source: str, name: str | None, added: tuple, alpha: float, steps: int, seed: int,
    out: Path | None, quiet: bool,
) -> int:  # fmt: skip
    """Repeat { w := w - α dw; b := b - α db }, the lesson's gradient descent."""
    from benchmarks.data import load
    from benchmarks.gradient_descent import accuracy, split
    from benchmarks.schedule.run import new_folder

    if not (isfinite(alpha) and alpha > 0):
        raise click.UsageError(f"--alpha is {alpha}, should be a number above 0")
    options.fresh(out)
    paths = registry.implementations(added)
    for path in added:
        options.refuse_without_operations(path)
    name = name or (Path(added[0]).stem if added else "numpy_vectorized")
    options.choose("implementation", [name], paths)
    data = split(load(source), seed)
    costs, last = _train(name, paths[name], data, alpha, steps, quiet)
    sets = {"training accuracy": (data.X, data.Y), "test accuracy": (data.X_test, data.Y_test)}
    accuracies = {
        which: (accuracy(last.w, last.b, X, Y), X.shape[1])
        for which, (X, Y) in sets.items()
        if X is not None and Y is not None
    }
    about = {"data": data.name, "implementation": name, "alpha": alpha, "steps": steps}
    with options.output(out, lambda: new_folder(f"{data.name}-{name}", before="fit-")) as folder:
        _write(folder, about | {"seed": seed, "cost": last.J, **accuracies}, costs, last)
    console.say(f"After {steps} steps with {name} on {data.name} the cost is {last.J:.6f}.")
    for which, (share, m) in accuracies.items():
        console.say(f"{which}: {share:.1%} of {m} examples")
    if "test accuracy" not in accuracies:
        console.say(f"test accuracy: none; {data.m} examples are too few to keep some back")
    console.say(f"The cost curve is in {folder}")
    return 0


def _train(
    name: str, path: Path, data: "Dataset", alpha: float, steps: int, quiet: bool
) -> "tuple[list[float], State]":
    """The cost at the start and after each step, and the last state.

    FitError for an implementation that cannot be imported or has no cost_gradient.
    """
    from benchmarks.gradient_descent import FitError, descend

    try:
        module = registry.load(path)
    except Exception as error:
        reason = registry.missing_library(error) or f"{type(error).__name__}: {error}"
        raise FitError(f"{name} cannot be imported: {reason}") from error
    if "cost_gradient" not in registry.offers(path, module, ["cost_gradient"]):
        raise FitError(f"{name} does not define cost_gradient")
    costs = []
    try:
        with console.Watch(quiet) as watch:
            for state in descend(module, data, alpha, steps):
                costs.append(state.J)
                if state.step % max(1, steps // 200) == 0:
                    watch.show(f"step {state.step}  cost {state.J:.6f}", state.step / steps)
    except FitError as error:
        raise FitError(f"{name}: {error}") from error
    return costs, state


def _write(folder: Path, about: dict, costs: list[float], last: "State") -> None:
    import numpy as np
    import pandas as pd

    from benchmarks.report import cost_curve
    from benchmarks.results.store import write_atomically

    folder.mkdir(parents=True, exist_ok=True)
    table = pd.DataFrame({"step": range(len(costs)), "J": costs})
    write_atomically(folder / "cost.csv", table.to_csv(index=False))
    np.savez(folder / "parameters.npz", w=last.w, b=last.b)
    write_atomically(folder / "fit.json", json.dumps(about, indent=2) + "\n")
    title = f"{about['implementation']} on {about['data']}: cost {costs[0]:.3f} to {last.J:.3f}"
    cost_curve.draw(table, f"{title} in {about['steps']} steps (α = {about['alpha']:g})", folder)
