"""List implementations, operations, workloads and data."""

import click

from benchmarks import data
from benchmarks.cli import _console as console
from benchmarks.cli._options import add_option
from benchmarks.correctness.gate import GATE_LIMIT_S
from benchmarks.machine.describe import worker_memory_bytes
from benchmarks.operations import operations
from benchmarks.problem.workloads import WORKLOADS
from benchmarks.registry import implementations
from benchmarks.worker.environment import environment, scratch
from benchmarks.worker.process import WorkerFailed, WorkerProcess


@click.command("list")
@add_option
def command(added: tuple) -> int:
    """Implementations, operations, workloads, data: what is here, what is unavailable and why."""
    rows = [(name, *_look(name, path)) for name, path in implementations(added).items()]
    console.table("Implementations", ("name", "what it is", "operations"), rows)
    console.say()
    described = [(name, _first_line(module)) for name, module in operations().items()]
    console.table("Operations", ("name", "what it computes"), described)
    console.say()
    asked = [(name, len(sizes()), _first_line(sizes)) for name, sizes in WORKLOADS.items()]
    console.table("Workloads", ("name", "cells", "what it asks"), asked)
    console.say()
    sources = {data.SYNTHETIC: data.SYNTHETIC_DESCRIPTION, **data.NAMES}
    console.table("Data", ("name", "what it is"), sources.items())
    console.say(
        "\nAnd a file of yours: .npz (X, Y), .csv (last column the label), .h5 (train_set_x)"
    )
    return 0


def _look(name: str, path) -> tuple[str, str]:
    """The implementation's first line and its operations, or why it is unavailable."""
    variables = environment(1, None, worker_memory_bytes())
    try:
        with scratch() as folder:
            worker = WorkerProcess(name, path, folder, variables, GATE_LIMIT_S)
            worker.close()
    except WorkerFailed as failure:
        return f"{failure.status}: {failure.reason}", ""
    return worker.handshake["doc"], ", ".join(worker.handshake["operations"])


def _first_line(thing) -> str:
    return (thing.__doc__ or "").strip().partition("\n")[0]
