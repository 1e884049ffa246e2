"""`fit` with several implementations: who reaches the cost first, and where the curves cross."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import format, registry
from benchmarks.cli import _console as console
from benchmarks.cli import _options as options

BUDGET_S, PROCESSES = 90.0, 5


def race(
    names: Sequence[str], added: Sequence[Path], data: Any, alpha: float, steps: int, seed: int,
    budget_s: float, out: Path | None, quiet: bool,
) -> int:  # fmt: skip
    from benchmarks.data.large import Stored
    from benchmarks.report import time_to_cost as picture
    from benchmarks.results.store import write_atomically
    from benchmarks.schedule.run import new_folder
    from benchmarks.training import race as racing
    from benchmarks.training import time_to_cost
    from benchmarks.training.gradient_descent import FitError, accuracies
    from benchmarks.training.signs import signs

    every = registry.implementations(added)
    paths = {name: every[name] for name in options.choose("implementation", names, every)}
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
        curves = time_to_cost.curves(descents, steps)
        first, *_, last = table.to_dict("records")
        title = f"{format.count(steps, 'step')} on {data.name}: {first['implementation']} takes "
        title += f"{_time(first)}, {last['implementation']} {_time(last)}"
        picture.draw(curves, title, folder)
    console.table(
        "", ("implementation", "all steps", "to the first", "a step", ""), _rows(table, steps)
    )
    for line in time_to_cost.crossings(curves):
        console.say(line)
    if agreed := time_to_cost.agreement(descents, data, alpha, steps):
        within = "within" if agreed.difference <= agreed.bound else "beyond"
        console.say(
            f"w and b of the {agreed.names} that finished differ by {agreed.difference:.1e} at most, {within} "
            f"what rounding allows in {format.count(steps, 'step')} ({agreed.bound:.1e})."
        )
    done = [descent for descent in descents if len(descent.taken) == steps]
    for descent in done[:1]:
        say_accuracies(accuracies(descent.w, descent.b, data))
    longest = max((curve.costs for curve in curves.values()), key=len)
    for sign in signs(longest, data.X, data.Y):
        console.say(sign)
    console.say(f"The curves are in {folder}")
    return 0


def say_accuracies(found: Mapping[str, tuple[float, int]]) -> None:
    for name, (share, m) in found.items():
        console.say(f"{name}: {share:.1%} of {m} examples")


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
