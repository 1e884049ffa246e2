"""Check all answers: the gate alone, nothing is timed."""

from pathlib import Path

import click

from benchmarks.cli import _console as console
from benchmarks.cli._options import (
    add_option,
    chosen_implementations,
    chosen_operations,
    implementation_option,
    operation_option,
    peers_option,
)
from benchmarks.correctness.gate import Finding, examine_all
from benchmarks.machine.describe import worker_memory_bytes
from benchmarks.results.records import Status
from benchmarks.worker.environment import scratch


@click.command()
@implementation_option
@add_option
@operation_option
@peers_option
def command(names: tuple, added: tuple, wanted: tuple, peers: bool) -> int:
    """Are all answers right? The gate alone, on every implementation and operation."""
    paths = chosen_implementations(names, added, peers)
    found: list[Finding] = []
    operations = set(chosen_operations(wanted))
    with console.Watch() as watch, scratch() as folder:
        examinations = examine_all(paths, operations, folder, worker_memory_bytes())
        for count, examination in enumerate(examinations, start=1):
            found += examination.findings
            watch.show("checking the answers", count / len(paths))
    _show(found, paths)
    for verdict in found:
        if verdict.status not in (Status.OK, Status.UNAVAILABLE):
            console.fail(
                f"{verdict.implementation} {_VERB[verdict.status]} {verdict.operation}: "
                f"{verdict.reason}"
            )
    for name in sorted(set(paths) - {verdict.implementation for verdict in found}):
        console.warn(f"{name} defines none of {', '.join(sorted(operations))}")
    return int(any(v.status not in (Status.OK, Status.UNAVAILABLE) for v in found))


_VERB = {
    Status.DISAGREES: "disagrees on",
    Status.CRASHED: "crashed in",
    Status.TIMEOUT: "hung in",
    Status.OUT_OF_MEMORY: "ran out of memory in",
}


def _show(found: list[Finding], paths: dict[str, Path]) -> None:
    order = list(paths)
    rows = [
        (
            verdict.implementation,
            verdict.operation,
            verdict.status,
            f"{verdict.ratio:.2f}" if verdict.status is Status.OK else "",
            verdict.calls,
        )
        for verdict in sorted(found, key=lambda v: (order.index(v.implementation), v.operation))
    ]
    headings = ("implementation", "operation", "verdict", "worst error / bound", "answers checked")
    console.table("", headings, rows)
    for name in order:
        for verdict in found:
            if verdict.implementation == name and verdict.status is Status.UNAVAILABLE:
                console.warn(f"{name} is unavailable: {verdict.reason}")
                break
