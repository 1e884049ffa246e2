"""`fit` with several implementations: who reaches the cost first, and where the curves cross."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import format, registry
from benchmarks.cli import _console as console
from benchmarks.cli import _options as options

if TYPE_CHECKING:
    import numpy as np

BUDGET_S, PROCESSES = 90.0, 5


def race(
    names: Sequence[str], added: Sequence[Path], source: str, alpha: float, steps: int, seed: int,
    budget_s: float, out: Path | None, quiet: bool,
) -> int:  # fmt: skip
    from benchmarks.data import load
    from benchmarks.data.large import Stored
    from benchmarks.report import time_to_cost as picture
    from benchmarks.results.store import write_atomically
    from benchmarks.schedule.run import new_folder
    from benchmarks.training import race as racing
    from benchmarks.training import time_to_cost
    from benchmarks.training.gradient_descent import FitError, split
    from benchmarks.training.signs import signs

    every = registry.implementations(added)
    paths = {name: every[name] for name in options.choose("implementation", names, every)}
    data = split(load(source), seed)
    if isinstance(data.X, Stored):
        raise FitError("several implementations are raced on data in memory; name one")
    options.fresh(out)
    with options.output(out, lambda: new_folder(f"{data.name}-race", before="fit-")) as folder:
        with console.Watch(quiet) as watch:
            descents = racing.race(
                paths, data, alpha, steps, PROCESSES, budget_s, seed, watch.show
            )  # fmt: skip
        table = time_to_cost.table(descents, steps)
        write_atomically(folder / "time_to_cost.csv", table.to_csv(index=False))
        each = time_to_cost.rows_of_steps(descents)
        write_atomically(folder / "steps.csv", each.to_csv(index=False))
        shown = {name: _curve(descents, name, steps) for name in table["implementation"]}
        first, *_, last = table.to_dict("records")
        title = f"{format.count(steps, 'step')} on {data.name}: {first['implementation']} takes "
        title += f"{_time(first)}, {last['implementation']} {_time(last)}"
        picture.draw(shown, title, folder)
    console.table(
        "", ("implementation", "all steps", "to the first", "a step", ""), _rows(table, steps)
    )
    for line in time_to_cost.crossings(descents, steps):
        console.say(line)
    if agreed := time_to_cost.agreement(descents, data, alpha, steps):
        within = "within" if agreed.difference <= agreed.bound else "beyond"
        console.say(
            f"w and b of the {agreed.names} that finished differ by {agreed.difference:.1e} at most, {within} "
            f"what rounding allows in {format.count(steps, 'step')} ({agreed.bound:.1e})."
        )
    costs = max((descent.taken for descent in descents), key=len)
    for sign in signs([J for _, J in costs], data.X, data.Y):
        console.say(sign)
    console.say(f"The curves are in {folder}")
    return 0


def _curve(descents: Sequence[Any], name: str, steps: int) -> "tuple[np.ndarray, list[float]]":
    """The middle process's clock at each step, and the costs of the one that came furthest."""
    import numpy as np

    from benchmarks.training.time_to_cost import clock_s

    own = [descent for descent in descents if descent.name == name]
    clocks = np.median([clock_s(descent, steps) for descent in own], axis=0)
    return clocks, [J for _, J in max((descent.taken for descent in own), key=len)]


def _time(row: dict[Any, Any]) -> str:
    ends = (1e9 * row[name] for name in ("seconds", "seconds_low", "seconds_high"))
    return format.time_interval(*ends)


def _rows(table: Any, steps: int) -> list[tuple[str, ...]]:
    return [
        (
            row["implementation"],
            _time(row),
            format.time(1e9 * row["start_s"]),
            format.time(row["step_ns"]),
            f"projected from {format.count(row['steps_done'], 'step')}"
            if row["steps_done"] < steps
            else "",
        )
        for row in table.to_dict("records")
    ]
