"""Check all answers: the gate alone, nothing is timed."""

from pathlib import Path
from typing import TYPE_CHECKING

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
from benchmarks.results.records import Status

if TYPE_CHECKING:
    from benchmarks.correctness.gate import Verdict


@click.command()
@implementation_option
@add_option
@operation_option
@peers_option
def command(names: tuple, added: tuple, wanted: tuple, peers: bool) -> int:
    """Are all answers right? The gate alone, on every implementation and operation."""
    from benchmarks.correctness.gate import examine
    from benchmarks.machine.describe import worker_memory_bytes
    from benchmarks.worker.process import scratch

    paths = chosen_implementations(names, added, peers)
    verdicts: list[Verdict] = []
    operations = set(chosen_operations(wanted))
    with console.Watch() as watch, scratch() as folder:
        examined = examine(paths, operations, folder, worker_memory_bytes(), {})
        for count, group in enumerate(examined, start=1):
            verdicts += group
            watch.show("checking the answers", count / len(paths))
    _show(verdicts, paths)
    failed = [v for v in verdicts if v.status in _VERB]
    for verdict in failed:
        failure = f"{verdict.implementation} {_VERB[verdict.status]} {verdict.operation}"
        console.fail(f"{failure}: {verdict.reason}")
    for name in sorted(set(paths) - {verdict.implementation for verdict in verdicts}):
        console.warn(f"{name} defines none of {', '.join(sorted(operations))}")
    return int(bool(failed))


_VERB = {
    Status.DISAGREES: "disagrees on",
    Status.CRASHED: "crashed in",
    Status.TIMEOUT: "hung in",
    Status.OUT_OF_MEMORY: "ran out of memory in",
}


def _show(verdicts: "list[Verdict]", paths: dict[str, Path]) -> None:
    order = list(paths)
    rows = [
        (
            verdict.implementation,
            verdict.operation,
            verdict.status,
            f"{verdict.ratio:.2f}" if verdict.status is Status.OK else "",
            verdict.calls,
        )
        for verdict in sorted(verdicts, key=lambda v: (order.index(v.implementation), v.operation))
    ]
    headings = ("implementation", "operation", "verdict", "worst error / bound", "answers judged")
    console.table("", headings, rows)
    for name in order:
        for verdict in verdicts:
            if verdict.implementation == name and verdict.status is Status.UNAVAILABLE:
                console.warn(f"{name} is unavailable: {verdict.reason}")
                break
