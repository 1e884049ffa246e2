"""Check all answers: the gate alone, nothing is timed."""

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from benchmarks.cli import _console as console
from benchmarks.cli import _dask
from benchmarks.cli import _options as options
from benchmarks.results.records import Status

if TYPE_CHECKING:
    from benchmarks.correctness.examination import Examination, Finding

_IMPORT = "(import)"  # in place of an operation
_VERB = {
    Status.DISAGREES: "disagrees on",
    Status.CRASHED: "crashed in",
    Status.TIMEOUT: "hung in",
    Status.OUT_OF_MEMORY: "ran out of memory in",
}


@click.command()
@options.implementation
@options.add
@options.operation
@options.peers
@_dask.options
def command(names: tuple, added: tuple, wanted: tuple, peers: bool) -> int:
    """Are all answers right? The gate alone, on every implementation and operation."""
    from benchmarks.correctness.gate import examine_all
    from benchmarks.machine.describe import worker_memory_bytes
    from benchmarks.operations import operations
    from benchmarks.worker.environment import scratch

    paths = options.chosen_implementations(names, added, peers)
    findings: list[Finding] = []
    chosen = set(options.choose("operation", wanted, operations()))
    with console.Watch() as watch, scratch() as folder:
        examinations = examine_all(paths, chosen, folder, worker_memory_bytes())
        for count, examination in enumerate(examinations, start=1):
            findings += _once(examination)
            watch.show("checking the answers", count / len(paths))
    order = list(paths)
    findings.sort(key=lambda f: (order.index(f.implementation), f.operation))
    ratios = [f"{f.ratio:.2f}" if f.status is Status.OK else "" for f in findings]
    headings = ("implementation", "operation", "verdict", "worst error / bound", "answers checked")
    rows = [
        (f.implementation, f.operation, f.status, ratio, f.calls)
        for f, ratio in zip(findings, ratios, strict=True)
    ]
    console.table("", headings, rows)
    missing = {f.implementation: f.reason for f in findings if f.status is Status.UNAVAILABLE}
    for name, reason in missing.items():
        console.warn(f"{name} is unavailable: {reason}")
    failed = [f for f in findings if f.status in _VERB]
    for f in failed:
        what = "failed" if f.operation == _IMPORT else f"{_VERB[f.status]} {f.operation}"
        console.fail(f"{f.implementation} {what}: {f.reason}")
    for name in sorted(set(paths) - {f.implementation for f in findings}):
        console.warn(f"{name} defines none of {', '.join(sorted(chosen))}")
    if not findings:
        raise click.UsageError(
            f"nothing was checked: {', '.join(paths)} and these operations do not meet"
        )
    return int(bool(failed))


def _once(examination: "Examination") -> "list[Finding]":
    """The findings; a single one if it could not be imported, which fails every operation alike."""
    if examination.handshake or not examination.findings:
        return list(examination.findings)
    return [replace(examination.findings[0], operation=_IMPORT)]
