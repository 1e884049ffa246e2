"""Measure the implementations and write a report."""

from dataclasses import replace
from math import inf
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from benchmarks import format
from benchmarks.cli import _console as console
from benchmarks.cli import _dask
from benchmarks.cli import _options as options
from benchmarks.errors import UserError
from benchmarks.results.records import Cell, Outcome, Status

if TYPE_CHECKING:
    from benchmarks.schedule.plan import Plan

BASELINE = "numpy_vectorized"
PROCESSES = 12, 60  # of a pair whose calls are short, and sets at most
_WITH_RESUME = {"resume", "budget", "quiet", "dry_run"}
FAILED = (Status.DISAGREES, Status.CRASHED, Status.TIMEOUT, Status.OUT_OF_MEMORY)


@click.command()
@options.cells("Named sets of cells; see `list`.")
@options.implementation
@options.add
@options.peers
@_dask.options
@options.listed("--data", "sources", metavar="NAME|FILE", help="Built-in data, or your own file.")
@options.budget
@click.option(
    "--precision",
    callback=options.share,
    metavar="SHARE",
    help="Stop once every interval is within this, such as 1%.",
)
@click.option(
    "--processes", type=options.COUNT, help="Number of process sets. [{} to {}]".format(*PROCESSES)
)
@click.option(
    "--baseline", metavar="NAME", help=f"Reference implementation for speedups. [{BASELINE}]"
)
@options.seed
@options.out
@click.option(
    "--on", metavar="tcp://HOST:PORT", help="Run on every machine of this Dask cluster, at once."
)
@click.option("--resume", type=options.PATH, metavar="DIR", help="Resume an interrupted run.")
@click.option("--dry-run", is_flag=True, help="Show the plan; measure nothing.")
@options.quiet
def command(
    out: Path | None, on: str | None, resume: Path | None, dry_run: bool, quiet: bool, **asked: Any
) -> int:
    """Measure the implementations over sizes, within one time budget, and write a report."""
    from benchmarks.machine import measure
    from benchmarks.results import store
    from benchmarks.schedule import run as running
    from benchmarks.schedule import saved_plan

    began = monotonic()
    if on is not None:
        from benchmarks.cli import _machines

        options.fresh(out)
        return _machines.run(on, out, quiet)
    if resume is not None:
        options.refuse_beside_resume(_WITH_RESUME, "the plan that the run had")
        out = resume
        plan, about = saved_plan.resumed(resume, asked["budget"])
        _dask.restore(about.get("variables"))
    else:
        options.fresh(out, f"name another, or resume the run: --resume {out}")
        plan, about = _planned(**asked)
    if dry_run:
        _show(plan, out)
        return 0
    if asked["precision"] and not quiet:
        console.say(_expectation(plan, asked["precision"]))
    with options.output(out, running.new_folder) as folder:
        with console.Watch(quiet) as watch:
            limits = None  # of this machine, measured the first time
            try:
                limits = measure.limits(watch.show)
            except measure.ProbeError as error:
                console.warn(error)
            try:
                outcomes = running.execute(
                    replace(plan, began=began), folder, about, watch.show, limits
                )
            except KeyboardInterrupt:
                _show_what_there_is(folder)
                raise
            finally:
                if folder.parent == running.REPORTS:
                    store.point_latest(folder)
        _report(folder)
    return _status(outcomes)


def _report(folder: Path) -> None:
    """The report; a UserError that says how to make it where it cannot be written."""
    from benchmarks.cli import report

    try:
        report.show(folder)
    except OSError as error:
        raise UserError(
            f"{error.filename or folder}: {error.strerror or error}. The run is whole; once that is mended, "
            f"make its report: python -m benchmarks report {folder}"
        ) from None


def _show_what_there_is(folder: Path) -> None:
    """The report of a run that was interrupted, if it has measured anything, and how to go on."""
    from benchmarks.results import store

    if (folder / "run.json").exists():
        if len(store.read(folder).samples):
            _report(folder)
        console.say(f"Go on with: python -m benchmarks run --resume {folder}")


def _planned(
    *, names, added, peers, sources, budget, precision, processes, baseline, seed, **cells: Any
) -> "tuple[Plan, dict]":
    from benchmarks.schedule import plan as planning
    from benchmarks.schedule import saved_plan
    from benchmarks.schedule.allocation import PRECISE

    paths = options.chosen_implementations(names, added, peers)
    if baseline is not None and baseline not in paths:
        paths |= options.chosen_implementations([baseline], ())
    baseline = baseline or (BASELINE if BASELINE in paths else next(iter(paths)))
    chosen, real = options.chosen_cells(sources, **cells)
    min_processes, max_processes = (processes, processes) if processes else PROCESSES
    paths = planning.with_control(paths, baseline)
    aim = precision or PRECISE
    plan = planning.Plan(
        chosen,
        paths,
        planning.by_name(real),
        budget or (inf if precision else options.BUDGET_S),
        **planning.towards(baseline, aim, min_processes, max_processes),
        seed=seed,
        same_code=planning.controls_of(paths),
        partners=planning.partners_of(paths, baseline),
        essential=planning.essential(chosen, cells["workloads"], real),
    )
    about = {
        "command": options.command_line(),
        "seed": seed,
        "baseline": baseline,
        "budget_s": budget or (None if precision else options.BUDGET_S),
        "precision_aim": aim,
        "variables": _dask.settings(),
        "processes": plan.processes,
        "plan": saved_plan.describe(plan, real, aim),
    }
    return plan, about


def _show(plan: "Plan", folder: Path | None) -> None:
    names = [name for name in plan.implementations if name not in plan.same_code]
    console.table("", Cell._fields, plan.cells)
    console.say(
        f"\n{len(plan.cells)} cells by {len(names)} implementations and the control "
        f"({', '.join(plan.implementations)}) in {plan.processes} sets of processes, "
        f"{plan.budget_s:g} s; would go to {folder or 'a new folder in reports/'}"
    )


def _expectation(plan: "Plan", precision: float) -> str:
    from benchmarks.schedule.forecast import at_least_s

    least_s = at_least_s(plan.cells, list(plan.implementations), plan.processes)
    most = "" if plan.budget_s == inf else f", and {format.time(1e9 * plan.budget_s)} at most"
    return (
        f"Every interval to within {format.percent(precision)}: takes about "
        f"{format.time(1e9 * least_s)} at least{most}. The progress says what is left by what was "
        f"measured so far; no pair gets more than {plan.max_processes} processes."
    )


def _status(outcomes: list[Outcome]) -> int:
    """Print each failure once for each implementation, operation and status; the exit status."""
    failed: dict[tuple, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.status in FAILED:
            key = (outcome.implementation, outcome.cell.operation, outcome.status)
            failed.setdefault(key, []).append(outcome)
    for (name, operation, status), group in failed.items():
        cells = format.count(len(group), "cell")
        console.fail(f"{name}, {operation}: {status} in {cells}: {group[0].reason}")
    return int(bool(failed))
