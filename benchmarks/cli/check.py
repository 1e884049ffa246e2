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
    from benchmarks.correctness.gate import Finding


@click.command()
@implementation_option
@add_option
@operation_option
@peers_option
def command(names: tuple, added: tuple, wanted: tuple, peers: bool) -> int:
    """Are all answers right? The gate alone, on every implementation and operation."""
    from benchmarks.correctness.gate import examine_all
    from benchmarks.machine.describe import worker_memory_bytes
    from benchmarks.worker.environment import scratch

    paths = chosen_implementations(names, added, peers)
    findings: list[Finding] = []
    operations = set(chosen_operations(wanted))
    with console.Watch() as watch, scratch() as folder:
        examinations = examine_all(paths, operations, folder, worker_memory_bytes())
        for count, examination in enumerate(examinations, start=1):
            findings += examination.findings
            watch.show("checking the answers", count / len(paths))
    _show(findings, paths)
    failed = [f for f in findings if f.status in _VERB]
    for finding in failed:
        failure = f"{finding.implementation} {_VERB[finding.status]} {finding.operation}"
        console.fail(f"{failure}: {finding.reason}")
    for name in sorted(set(paths) - {finding.implementation for finding in findings}):
        console.warn(f"{name} defines none of {', '.join(sorted(operations))}")
    return int(bool(failed))


_VERB = {
    Status.DISAGREES: "disagrees on",
    Status.CRASHED: "crashed in",
    Status.TIMEOUT: "hung in",
    Status.OUT_OF_MEMORY: "ran out of memory in",
}


def _show(findings: "list[Finding]", paths: dict[str, Path]) -> None:
    order = list(paths)
    rows = [
        (
            finding.implementation,
            finding.operation,
            finding.status,
            f"{finding.ratio:.2f}" if finding.status is Status.OK else "",
            finding.calls,
        )
        for finding in sorted(findings, key=lambda f: (order.index(f.implementation), f.operation))
    ]
    headings = ("implementation", "operation", "verdict", "worst error / bound", "answers checked")
    console.table("", headings, rows)
    for name in order:
        for finding in findings:
            if finding.implementation == name and finding.status is Status.UNAVAILABLE:
                console.warn(f"{name} is unavailable: {finding.reason}")
                break
