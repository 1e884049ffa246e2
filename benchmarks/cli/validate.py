"""Measure how often the verdicts of compare are right on this machine."""

from pathlib import Path

import click

from benchmarks import validate
from benchmarks.cli import _console as console
from benchmarks.schedule.run import REPORTS


@click.command("validate")
@click.option(
    "--trials",
    default=validate.TRIALS,
    show_default=True,
    type=click.IntRange(1),
    help="Of identical code, in four cells each; about a minute each, with the rest.",
)
@click.option(
    "--out",
    default=REPORTS / "validation",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to write, and to go on.  [reports/validation]",
)
@click.option("--quiet", is_flag=True, help="No progress.")
def command(trials: int, out: Path, quiet: bool) -> int:
    """Does compare tell a slowdown from noise here? Identical code and known slowdowns, many times.

    It takes long, and nothing else should run. Interrupted, it goes on where it was.
    """
    path = out / "trials.csv"
    try:
        with console.Watch(quiet) as watch:
            validate.run(path, trials, watch.show)
    finally:
        if path.exists():
            _show(path, out)
    return 0


def _show(path: Path, out: Path) -> None:
    rows = validate.read(path)
    for title, table in validate.tables(rows).items():
        if table:
            console.table(title, list(table[0]), [list(row.values()) for row in table])
            console.say()
    (out / "README.md").write_text(validate.markdown(rows), encoding="utf-8")
    console.say(f"Every verdict is in {path}; the tables in {out / 'README.md'}")
