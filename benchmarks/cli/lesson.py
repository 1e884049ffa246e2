"""Write the walk through the lesson, with a run's own figures."""

from pathlib import Path

import click

from benchmarks.cli import _console as console
from benchmarks.cli import _options as options


@click.command()
@click.argument("run", type=options.PATH, metavar="[RUN]", default="reports/latest")
@click.option("--out", type=options.PATH, metavar="FILE", help="The page. [RUN/lesson.md]")
def command(run: Path, out: Path | None) -> int:
    """Walk through the lesson: its sections, the code that is each, and what RUN measured.

    A run of the workload `lesson` has all the figures.
    """
    from benchmarks.report import walkthrough

    path = out or run / "lesson.md"
    if not path.parent.is_dir():
        raise click.UsageError(f"--out {path}: there is no folder {path.parent}")
    walkthrough.write(run, path)
    console.say(f"The page is {path}")
    return 0
