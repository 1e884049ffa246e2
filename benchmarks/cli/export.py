"""Write a run as a file that another benchmark tool reads."""

from pathlib import Path
from shlex import quote

import click

from benchmarks.cli import _console as console
from benchmarks.export import formats, write


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(list(formats())), help="Required.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write (RUN/FORMAT.json).",
)
def command(run: Path, form: str | None, out: Path | None) -> int:
    """Write the times of RUN as a file that another benchmark tool reads."""
    if form is None:  # click's own message for a choice that is missing has a line for each
        raise click.UsageError(f"Missing option '--format': {' or '.join(formats())}.")
    path = write(run, form, out)
    console.say(f"Written. To read it: {formats()[form].READ} {quote(str(path))}")
    return 0
