"""Measure the implementations and write a report."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.cli import _console as console
from benchmarks.cli._options import (
    add_option,
    chosen_cells,
    chosen_implementations,
    command_line,
    dtype_option,
    fresh,
    implementation_option,
    listed,
    operation_option,
    order_option,
    out_option,
    peers_option,
    quiet_option,
    seed_option,
    threads_option,
)
from benchmarks.results.records import Outcome, Status

if TYPE_CHECKING:
    import pandas as pd

    from benchmarks.schedule.plan import Plan

BASELINE, BUDGET_S = "numpy_vectorized", 300.0
PROCESSES = 5, 60  # sets at least, and at most if the budget lasts
FAILED = (Status.DISAGREES, Status.CRASHED, Status.TIMEOUT, Status.OUT_OF_MEMORY)
_SIZE = click.IntRange(1)


@click.command()
@listed("--workload", "-w", "workloads", metavar="NAME", help="Named sets of cells; see `list`.")
@operation_option
@implementation_option
@add_option
@peers_option
@listed("--data", "sources", metavar="NAME|FILE", help="Built-in data, or your own file.")
@listed("--n-x", each=_SIZE, help="Features, for synthetic data.")
@listed("--m", each=_SIZE, help="Examples, for synthetic data.")
@dtype_option
@order_option
@threads_option
@click.option(
    "--budget",
    type=click.FloatRange(1),
    metavar="SECONDS",
    help=f"Time budget in seconds. [{BUDGET_S:g}]",
)
@click.option(
    "--processes",
    type=click.IntRange(1),
    help="Number of process sets. [{} to {}]".format(*PROCESSES),
)
@click.option(
    "--baseline", metavar="NAME", help=f"Reference implementation for speedups. [{BASELINE}]"
)
@seed_option
@out_option
@click.option(
    "--resume",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Resume an interrupted run.",
)
@click.option("--dry-run", is_flag=True, help="Show the plan; measure nothing.")
@quiet_option
def command(out: Path | None, resume: Path | None, dry_run: bool, quiet: bool, **asked) -> int:
    """Measure the implementations over sizes, within one time budget, and write a report."""
    from benchmarks.cli import report
    from benchmarks.results import store
    from benchmarks.schedule import plan as planning
    from benchmarks.schedule import run as running

    if resume is not None:
        plan, about = planning.resumed(resume, asked["budget"])
        folder = resume
    else:
        plan, about = _planned(**asked)
        folder = fresh(out or running.new_folder())
    if dry_run:
        _show(plan, folder)
        return 0
    with console.Watch(quiet) as watch:
        try:
            outcomes = running.execute(plan, folder, about, watch.show, _limits(watch))
        finally:
            if folder.parent == running.REPORTS:
                store.point_latest(folder)
    report.show(folder)
    return _status(outcomes)


def _limits(watch: console.Watch) -> "pd.DataFrame | None":
    """This machine's limits, measured the first time; None, and a warning, where that fails."""
    from benchmarks.machine import measure

    try:
        return measure.limits(watch.show)
    except measure.ProbeError as error:
        console.warn(error)
        return None


def _planned(
    *, workloads, wanted, names, added, peers, sources, n_x, m, dtypes, orders, threads, budget, processes,
    baseline, seed,
) -> "tuple[Plan, dict]":  # fmt: skip
    from benchmarks.schedule import plan as planning
    from benchmarks.schedule.allocation import to_precision
    from benchmarks.schedule.plan import Plan

    paths = chosen_implementations(names, added, peers)
    if baseline is not None and baseline not in paths:
        paths |= chosen_implementations([baseline], ())
    baseline = baseline or (BASELINE if BASELINE in paths else next(iter(paths)))
    cells, real = chosen_cells(workloads, wanted, sources, n_x, m, dtypes, orders, threads)
    least, most = (processes, processes) if processes else PROCESSES
    paths = planning.with_control(paths, baseline)
    plan = Plan(
        cells,
        paths,
        planning.by_name(real),
        budget or BUDGET_S,
        policy=to_precision(baseline),
        processes=least,
        max_processes=most,
        seed=seed,
        same_code=planning.controls_of(paths),
    )
    about = {
        "command": command_line(),
        "seed": seed,
        "baseline": baseline,
        "budget_s": plan.budget_s,
        "processes": plan.processes,
        "plan": planning.describe(plan, real),
    }
    return plan, about


def _show(plan: "Plan", folder: Path) -> None:
    names = [name for name in plan.implementations if name not in plan.same_code]
    headings = ("operation", "data", "n_x", "m", "dtype", "order", "threads")
    console.table("", headings, [[getattr(cell, name) for name in headings] for cell in plan.cells])
    console.say(
        f"\n{len(plan.cells)} cells by {len(names)} implementations and the control "
        f"({', '.join(plan.implementations)}) in {plan.processes} sets of processes, "
        f"{plan.budget_s:g} s; would go to {folder}"
    )


def _status(outcomes: list[Outcome]) -> int:
    """Print each failure once for each implementation, operation and status; the exit status."""
    failed: dict[tuple, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.status in FAILED:
            key = (outcome.implementation, outcome.cell.operation, outcome.status)
            failed.setdefault(key, []).append(outcome)
    for (name, operation, status), group in failed.items():
        cells = "1 cell" if len(group) == 1 else f"{len(group)} cells"
        console.fail(f"{name}, {operation}: {status} in {cells}: {group[0].reason}")
    return int(bool(failed))
