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
    console.table(
        "Implementations",
        ("name", "what it is", "operations"),
        [
            (name, unavailable(path) or _summary(path), ", ".join(_offered(path, operations)))
            for name, path in implementations(added).items()
        ],
    )
    console.say()
    rows = [(name, _summary(path)) for name, path in operations.items()]
    console.table("Operations", ("name", "what it computes"), rows)
    console.say()
    files = members(HARNESS / "problem" / "workloads")
    counted = [
        (name, "" if described(files[name]).problem else len(sizes_of(name)), _summary(files[name]))
        for name in WORKLOADS
    ]
    console.table("Workloads", ("name", "cells", "what it asks"), counted)
    console.say()
    data = HARNESS / "data"
    sources = {"synthetic": data / "synthetic.py", **members(data / "builtin")}
    rows = [(name, _summary(path)) for name, path in sources.items()]
    console.table("Data", ("name", "what it is"), rows)
    console.say(
        "\nAnd a file of yours: .npz (X, Y), .csv (last column the label), .h5 (train_set_x)"
    )
    return 0


def _summary(path: Path) -> str:
    """The first line of the file's docstring, or why the file is no Python."""
    description = described(path)
    return description.problem or description.summary


def _offered(path: Path, operations: Iterable[str]) -> list[str]:
    """The operations that the implementation defines; none of them if it is unavailable."""
    names = described(path).names
    return [] if unavailable(path) else [name for name in operations if name in names]
