"""List implementations, operations, workloads and data."""

from collections.abc import Iterable
from pathlib import Path

import click

from benchmarks.cli import _console as console
from benchmarks.cli import _options as options
from benchmarks.description import described
from benchmarks.problem.workloads import WORKLOADS, sizes_of
from benchmarks.registry import ROOT, implementations, members, unavailable

HARNESS = ROOT / "benchmarks"


@click.command("list")
@options.add
def command(added: tuple) -> int:
    """Implementations, operations, workloads, data: what is here, what is unavailable and why.

    All of it is read from the text of the files; none of the implementations is imported.
    """
    operations = members(HARNESS / "operations")
    workloads = members(HARNESS / "problem" / "workloads")
    data = {"synthetic": HARNESS / "data" / "synthetic.py", **members(HARNESS / "data" / "builtin")}
    rows: dict[str, list[tuple]] = {
        "Implementations": [("name", "what it is", "operations")],
        "Operations": [("name", "what it computes")],
        "Workloads": [("name", "cells", "what it asks")],
        "Data": [("name", "what it is")],
    }
    for name, path in implementations(added).items():
        rows["Implementations"].append(_implementation(name, path, operations))
    for name in WORKLOADS:
        count = "" if described(workloads[name]).problem else len(sizes_of(name))
        rows["Workloads"].append((name, count, _summary(workloads[name])))
    for title, paths in (("Operations", operations), ("Data", data)):
        rows[title] += [(name, _summary(path)) for name, path in paths.items()]
    for title, (headings, *body) in rows.items():
        console.table(title, headings, body)
        console.say()
    console.say("And a file of yours: .npz (X, Y), .csv (last column the label), .h5 (train_set_x)")
    return 0


def _summary(path: Path) -> str:
    """The first line of the file's docstring, or why the file is no Python."""
    description = described(path)
    return description.problem or description.summary


def _implementation(name: str, path: Path, operations: Iterable[str]) -> tuple[str, ...]:
    """Its name, its summary and the operations that it defines; or its name and what is missing."""
    if reason := unavailable(path):
        return name, f"unavailable: {reason}", ""
    names = described(path).names
    return name, _summary(path), ", ".join(name for name in operations if name in names)
