"""`list` and `machine`: what is here, and what this computer is."""

import click
import psutil

from benchmarks import capacity, data, host, terminal
from benchmarks import machine as machine_module
from benchmarks.commands.options import add_option
from benchmarks.gate import GATE_LIMIT_S
from benchmarks.host import Host, WorkerFailed
from benchmarks.operations import operations
from benchmarks.registry import implementations
from benchmarks.report import figures, human
from benchmarks.report.figures import limits as limits_figure
from benchmarks.workloads import WORKLOADS


@click.command("list")
@add_option
def list_(added: tuple) -> int:
    """Implementations, operations, workloads, data: what is here, what is unavailable and why."""
    rows = [(name, *_look(name, path)) for name, path in implementations(added).items()]
    terminal.table("Implementations", ("name", "what it is", "operations"), rows)
    terminal.say()
    described = [(name, _first_line(module)) for name, module in operations().items()]
    terminal.table("Operations", ("name", "what it computes"), described)
    terminal.say()
    asked = [(name, len(sizes()), _first_line(sizes)) for name, sizes in WORKLOADS.items()]
    terminal.table("Workloads", ("name", "cells", "what it asks"), asked)
    terminal.say()
    sources = {data.SYNTHETIC: data.SYNTHETIC_DESCRIPTION, **data.NAMES}
    terminal.table("Data", ("name", "what it is"), sources.items())
    terminal.say(
        "\nAnd a file of yours: .npz (X, Y), .csv (last column the label), .h5 (train_set_x)"
    )
    return 0


def _look(name: str, path) -> tuple[str, str]:
    """The implementation's first line and its operations, or why it is unavailable."""
    variables = host.environment(1, None, int(0.5 * psutil.virtual_memory().available))
    try:
        with host.scratch() as folder:
            worker = Host(name, path, folder, variables, GATE_LIMIT_S)
            worker.close()
    except WorkerFailed as failure:
        return f"{failure.status}: {failure.reason}", ""
    return worker.hello["doc"], ", ".join(worker.hello["operations"])


def _first_line(thing) -> str:
    return (thing.__doc__ or "").strip().partition("\n")[0]


@click.command()
@click.option(
    "--again", is_flag=True, help="Measure its limits once more; the best rates are kept."
)
def machine(again: bool) -> int:
    """What this computer is, and what it can do at best (measured once, in some seconds)."""
    facts = {**machine_module.describe(), **machine_module.versions()}
    rows = [(name, "unknown" if value in (None, "") else value) for name, value in facts.items()]
    terminal.table("", ("", ""), [(name, _readable(name, value)) for name, value in rows])
    with terminal.Watch() as watch:
        limits = (capacity.measured if again else capacity.known)(watch.show)
    terminal.say()
    computing = limits[limits["what"] != "read"].to_dict("records")
    terminal.table(
        "Computing, at best",
        ("what", "dtype", "threads", "a second", "probe"),
        map(_rate, computing),
    )
    terminal.say()
    curves = limits_figure.curves(limits, machine_module.describe())
    if curves is not None:
        reading = limits_figure.table(curves)
        terminal.table(
            "Reading, at best", list(reading[0]), [list(row.values()) for row in reading]
        )
        figures.draw_one(limits_figure, curves, capacity.folder())
        terminal.say(f"\nThe table and its picture are in {capacity.folder()}")
    return 0


def _rate(row: dict) -> tuple[object, ...]:
    return (
        *(row[name] for name in ("what", "dtype", "threads")),
        f"{row['per_s'] / 1e9:,.3g} · 10⁹",
        row["probe"],
    )


def _readable(name: str, value: object) -> object:
    if name.endswith("_bytes") and isinstance(value, int):
        return human.memory(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else value
