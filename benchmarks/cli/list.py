"""List implementations, operations, workloads and data."""

from collections.abc import Iterable
from pathlib import Path

import click

from benchmarks.cli import _console as console
from benchmarks.cli._options import add_option
from benchmarks.problem.workloads import WORKLOADS, sizes_of
from benchmarks.registry import ROOT, described, implementations, members, unavailable

HARNESS = ROOT / "benchmarks"


@click.command("list")
@add_option
def command(added: tuple) -> int:
    """Implementations, operations, workloads, data: what is here, what is unavailable and why.

    All of it is read from the text of the files; none of the implementations is imported.
    """
    operations = members(HARNESS / "operations")
    workloads = members(HARNESS / "problem" / "workloads")
    data = {"synthetic": HARNESS / "data" / "synthetic.py", **members(HARNESS / "data" / "builtin")}
    rows = [
        _implementation(name, path, operations) for name, path in implementations(added).items()
    ]
    console.table("Implementations", ("name", "what it is", "operations"), rows)
    console.say()
    rows = [(name, _summary(path)) for name, path in operations.items()]
    console.table("Operations", ("name", "what it computes"), rows)
    console.say()
    rows = [(name, _cells(name, workloads[name]), _summary(workloads[name])) for name in WORKLOADS]
    console.table("Workloads", ("name", "cells", "what it asks"), rows)
    console.say()
    rows = [(name, _summary(path)) for name, path in data.items()]
    console.table("Data", ("name", "what it is"), rows)
    console.say(
        "\nAnd a file of yours: .npz (X, Y), .csv (last column the label), .h5 (train_set_x)"
    )
    return 0


def _summary(path: Path) -> str:
    """The first line of the file's docstring, or why the file is no Python."""
    description = described(path)
    return description.problem or description.summary


def _implementation(name: str, path: Path, operations: Iterable[str]) -> tuple[str, ...]:
    """Its name, its summary and the operations that it defines; or its name and what is missing."""
    if reason := unavailable(path):
        return name, reason, ""
    names = described(path).names
    return name, _summary(path), ", ".join(name for name in operations if name in names)


def _cells(name: str, path: Path) -> str:
    """The number of cells of a workload; of one that is no Python none."""
    return "" if described(path).problem else str(len(sizes_of(name)))
