"""Train by gradient descent, with any implementation on any data."""

from math import isfinite
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import click

from benchmarks import registry
from benchmarks.cli import _console as console
from benchmarks.cli._options import add_option, choose, out_option, quiet_option, seed_option

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
@add_option
@click.option("--alpha", default=0.005, show_default=True, help="Learning rate α.")
@click.option(
    "--steps", default=2000, show_default=True, type=click.IntRange(1), help="Number of steps."
)
@seed_option
@out_option
@quiet_option
def command(
    source: str,
    name: str | None,
    added: tuple,
    alpha: float,
    steps: int,
    seed: int,
    out: Path | None,
    quiet: bool,
) -> int:
    """Repeat { w := w - α dw; b := b - α db }, the lesson's gradient descent."""
    from benchmarks.data import load
    from benchmarks.gradient_descent import split
    from benchmarks.schedule.run import new_folder

    if not (isfinite(alpha) and alpha > 0):
        raise click.UsageError(f"--alpha is {alpha}, should be a number above 0")
    paths = registry.implementations(added)
    name = name or (Path(added[0]).stem if added else "numpy_vectorized")
    choose("implementation", [name], paths)
    data = split(load(source), seed)
    states = _descend(name, _module(name, paths[name]), data, alpha, steps, quiet)
    accuracies = _accuracies(data, states[-1])
    folder = out or new_folder(f"{data.name}-{name}", before="fit-")
    about = {"data": data.name, "implementation": name, "alpha": alpha, "steps": steps}
    about |= {"seed": seed, "cost": states[-1].J, **accuracies}
    _write(folder, about, states)
    console.say(f"After {steps} steps with {name} on {data.name} the cost is {states[-1].J:.6f}.")
    for which, (share, m) in accuracies.items():
        console.say(f"{which}: {share:.1%} of {m} examples")
    if "test accuracy" not in accuracies:
        console.say(f"test accuracy: none; {data.m} examples are too few to keep some back")
    console.say(f"The cost curve is in {folder}")
    return 0


def _module(name: str, path: Path) -> ModuleType:
    """The implementation; FitError for one that cannot be imported or has no cost_gradient."""
    from benchmarks.gradient_descent import FitError

    try:
        module = registry.load(path)
    except Exception as error:
        reason = registry.missing_library(error) or f"{type(error).__name__}: {error}"
        raise FitError(f"{name} cannot be imported: {reason}") from error
    if "cost_gradient" not in registry.offers(path, module, ["cost_gradient"]):
        raise FitError(f"{name} does not define cost_gradient")
    return module


def _descend(
    name: str, module: ModuleType, data: "Dataset", alpha: float, steps: int, quiet: bool
) -> "list[State]":
    """The state after each step; w is kept in the last one only."""
    import numpy as np

    from benchmarks.gradient_descent import FitError, State, descend

    states: list[State] = []
    try:
        with console.Watch(quiet) as watch:
            for state in descend(module, data, alpha, steps):
                if states:
                    states[-1] = State(states[-1].step, states[-1].J, np.empty(0), states[-1].b)
                states.append(state)
                if state.step % max(1, steps // 200) == 0:
                    watch.show(f"step {state.step}  cost {state.J:.6f}", state.step / steps)
    except FitError as error:
        raise FitError(f"{name}: {error}") from error
    return states


def _accuracies(data: "Dataset", last: "State") -> dict[str, tuple[float, int]]:
    """Share of examples on the right side and their number, in training and in the test if any."""
    from benchmarks.gradient_descent import accuracy

    accuracies = {"training accuracy": (accuracy(last.w, last.b, data.X, data.Y), data.m)}
    if data.X_test is not None and data.Y_test is not None:
        share = accuracy(last.w, last.b, data.X_test, data.Y_test)
        accuracies["test accuracy"] = (share, data.X_test.shape[1])
    return accuracies


def _write(folder: Path, about: dict, states: "list[State]") -> None:
    import json

    import numpy as np
    import pandas as pd

    from benchmarks.report import cost_curve

    folder.mkdir(parents=True, exist_ok=True)
    costs = pd.DataFrame({"step": [s.step for s in states], "J": [s.J for s in states]})
    costs.to_csv(folder / "cost.csv", index=False)
    np.savez(folder / "parameters.npz", w=states[-1].w, b=states[-1].b)
    (folder / "fit.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    first, last = states[0].J, states[-1].J
    title = f"{about['implementation']} on {about['data']}: cost {first:.3f} to {last:.3f}"
    cost_curve.draw(costs, f"{title} in {about['steps']} steps (α = {about['alpha']:g})", folder)
