"""Write a run as a file that another benchmark tool reads."""

from pathlib import Path
from shlex import quote

import click

from benchmarks.cli import _console as console
from benchmarks.cli import _options as options
from benchmarks.registry import ROOT, members

_FORMATS = [name.replace("_", "-") for name in members(ROOT / "benchmarks" / "export")]


@click.command()
@click.argument("run", type=options.PATH)
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), help="Format of the file (required)."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Output file. [RUN/FORMAT.json]",
)
def command(run: Path, form: str | None, out: Path | None) -> int:
    """Write the times of RUN as a file that another benchmark tool reads."""
    from benchmarks.export import formats, write

    if form is None:  # click's own message for a choice that is missing has a line for each
        raise click.UsageError(f"Missing option '--format': {' or '.join(_FORMATS)}.")
    path = write(run, form, out)
    console.say(f"Written. To read it: {formats()[form].READ} {quote(str(path))}")
    return 0
