"""Train by gradient descent, with any implementation on any data."""

import os
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchmarks import registry
from benchmarks.cli import _console as console
from benchmarks.cli import _dask, _fit_race
from benchmarks.cli import _options as options

if TYPE_CHECKING:
    from benchmarks.training.fit import Fit
    from benchmarks.training.gradient_descent import State

_WITH_RESUME = {"resume", "quiet"}
IN_MEMORY, ON_DISK = "numpy_vectorized", "dask_blocks"


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
    "--test",
    metavar="NAME|FILE",
    help="Data to test on. [what --data brings along; else a fifth of it is kept back]",
)
@options.listed(
    "--implementation",
    "-i",
    "names",
    metavar="NAME",
    help=f"What computes the steps; several are raced. [{IN_MEMORY}; {ON_DISK} for data on disk]",
)
@options.add
@_dask.options
@click.option("--alpha", default=0.005, show_default=True, help="Learning rate α.")
@click.option(
    "--steps", default=2000, show_default=True, type=options.COUNT, help="Number of steps."
)
@options.seed
@options.out
@click.option("--resume", type=options.PATH, metavar="DIR", help="Go on with an interrupted fit.")
@options.budget_of(_fit_race.BUDGET_S)
@options.quiet
def command(
    source: str, test: str | None, names: tuple, added: tuple, alpha: float, steps: int, seed: int,
    out: Path | None, resume: Path | None, budget: float | None, quiet: bool,
) -> int:  # fmt: skip
    """Repeat { w := w - α dw; b := b - α db }, the lesson's gradient descent.

    What it has come to is saved every ten seconds; --resume goes on from there. Several implementations
    are raced, each in processes of its own, within --budget: how long does training take with each?
    """
    from benchmarks.data import load
    from benchmarks.schedule.run import new_folder
    from benchmarks.training import fit as fitting
    from benchmarks.training.gradient_descent import accuracies, split
    from benchmarks.training.signs import signs

    if resume is not None:
        options.refuse_beside_resume(_WITH_RESUME, "what was asked")
        fit, out = fitting.resumed(resume), resume
        _dask.restore(fit.about["variables"])
    else:
        if not (isfinite(alpha) and alpha > 0):
            raise click.UsageError(f"--alpha is {alpha}, should be a number above 0")
        if len(names) > 1:
            budget = budget or _fit_race.BUDGET_S
            data = split(load(source, test), seed)
            return _fit_race.race(names, added, data, alpha, steps, seed, budget, out, quiet)
        if budget:
            raise click.UsageError(
                "--budget is for several implementations; one does all its steps"
            )
        name = names[0] if names else None
        options.fresh(out, f"name another, or go on: --resume {out}")
        fit = fitting.Fit(_asked(source, test, name, added, alpha, steps, seed))
    about = fit.about
    data = split(load(about["source"], about.get("test")), about["seed"])
    about.setdefault("data", data.name)
    path = _implementation(about, data.X)
    module = _imported(about["implementation"], path)
    label = f"{data.name}-{about['implementation']}"
    with options.output(out, lambda: new_folder(label, before="fit-")) as folder:
        try:
            last = _train(fit, module, data, folder, quiet)
        except KeyboardInterrupt:
            console.say(f"Go on with: python -m benchmarks fit --resume {folder}")
            raise
        found = accuracies(last.w, last.b, data)
        _draw(folder, about, fit.costs)
        fitting.finish(folder, about | {"cost": last.J, **found}, last)
    name, steps = about["implementation"], about["steps"]
    console.say(f"After {steps} steps with {name} on {data.name} the cost is {last.J:.6f}.")
    _fit_race.say_accuracies(found)
    if "test accuracy" not in found:
        console.say(f"test accuracy: none; {data.m} examples are too few to keep some back")
    for sign in signs(fit.costs, data.X, data.Y):
        console.say(sign)
    console.say(f"The cost curve is in {folder}")
    return 0


def _asked(
    source: str,
    test: str | None,
    name: str | None,
    added: tuple,
    alpha: float,
    steps: int,
    seed: int,
) -> dict[str, Any]:
    """What a fit needs to be begun, or begun again, as plain data."""
    paths = registry.implementations(added)
    for path in added:
        options.refuse_without_operations(path)
    name = name or (Path(added[0]).stem if added else None)
    if name:
        options.choose("implementation", [name], paths)
    return {
        "source": _place(source),
        "test": _place(test) if test is not None else None,
        "implementation": name,
        "path": registry.shown(paths[name]) if name else None,
        "alpha": alpha,
        "steps": steps,
        "seed": seed,
        "variables": _dask.settings(),
    }


def _place(source: str) -> str:
    """A fit may be resumed from another folder: where a file is, in full."""
    from benchmarks.data import NAMES

    place = source if source in NAMES else str(Path(source).absolute())
    return place if os.path.exists(place) else source  # noqa: PTH110, for closed folders


def _implementation(about: dict[str, Any], X: Any) -> Path:
    """The file of the implementation that was asked for, else of the usual one for such data."""
    from benchmarks.data.large import Stored
    from benchmarks.training.gradient_descent import FitError

    on_disk = isinstance(X, Stored)
    if about["implementation"] is None:
        usual = ON_DISK if on_disk else IN_MEMORY
        about["implementation"] = usual
        about["path"] = registry.shown(registry.implementations()[usual])
    path = registry.ROOT / about["path"]
    if not path.is_file():
        raise FitError(f"{path} is not there any more")
    if on_disk and not registry.is_out_of_core(path):
        raise FitError(
            f"{about['implementation']} needs X in memory, {X.nbytes} bytes, and there is too little; "
            f"{ON_DISK} reads it in blocks"
        )
    return path


def _imported(name: str, path: Path) -> Any:
    """The implementation. FitError if it cannot be imported or has no cost_gradient."""
    from benchmarks.training.gradient_descent import FitError

    try:
        module = registry.load(path)
    except Exception as error:
        reason = registry.missing_library(error) or f"{type(error).__name__}: {error}"
        raise FitError(f"{name} cannot be imported: {reason}") from error
    if "cost_gradient" not in registry.offers(path, module, ["cost_gradient"]):
        raise FitError(f"{name} does not define cost_gradient")
    return module


def _train(fit: "Fit", module: Any, data: Any, folder: Path, quiet: bool) -> "State":
    from benchmarks.training import fit as fitting
    from benchmarks.training.gradient_descent import FitError

    steps = fit.about["steps"]
    with console.Watch(quiet) as watch:

        def show(state: "State") -> None:
            if state.step % max(1, steps // 200) == 0:
                watch.show(f"step {state.step}  cost {state.J:.6f}", state.step / steps)

        try:
            return fitting.train(fit, module, data, folder, show)
        except FitError as error:
            raise FitError(f"{fit.about['implementation']}: {error}") from error


def _draw(folder: Path, about: dict, costs: list[float]) -> None:
    import pandas as pd

    from benchmarks.report import cost_curve
    from benchmarks.results.store import write_atomically

    table = pd.DataFrame({"step": range(len(costs)), "J": costs})
    write_atomically(folder / "cost.csv", table.to_csv(index=False))
    title = f"{about['implementation']} on {about['data']}: cost {costs[0]:.3f} to {costs[-1]:.3f}"
    title = f"{title} in {about['steps']} steps (α = {about['alpha']:g})"
    cost_curve.draw(table, title, folder)
