"""Measure how often the verdicts of compare are right on this machine."""

from pathlib import Path

import click

from benchmarks.cli import _console as console
from benchmarks.cli import _options as options


@click.command("validate")
@click.option(
    "--trials",
    type=options.COUNT,
    help="Number of trials with identical code; a trial takes about a minute. [76]",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Output folder; trials that are in it already are kept. [reports/validation]",
)
@options.quiet
def command(trials: int | None, out: Path | None, quiet: bool) -> int:
    """Does compare tell a slowdown from noise here? Identical code and known slowdowns, many times.

    It takes over an hour, and nothing else should run. An interrupted one resumes.
    """
    from benchmarks.schedule.run import REPORTS
    from benchmarks.validate import experiment, tables

    folder = out or REPORTS / "validation"
    path = folder / "trials.csv"
    try:
        with console.Watch(quiet) as watch:
            experiment.run(path, trials or experiment.TRIALS, watch.show)
    finally:
        if path.exists():
            rows = experiment.read(path)
            for title, table in tables.tables(rows).items():
                if table:
                    console.table(title, list(table[0]), [list(row.values()) for row in table])
                    console.say()
            (folder / "README.md").write_text(tables.markdown(rows), encoding="utf-8")
            console.say(f"Every verdict is in {path}; the tables are in {folder / 'README.md'}")
    return 0
