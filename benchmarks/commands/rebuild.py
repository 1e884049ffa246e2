"""`report`: build a run's report anew from its CSV files."""

from pathlib import Path

import click

from benchmarks import terminal


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
def report(run: Path) -> int:
    """Build RUN's summary, figures and README.md anew from its CSV files."""
    show(run)
    return 0


def show(folder: Path) -> None:
    """Build the report, then say what it found: the sentences, the winners, where it is."""
    from benchmarks.report import build

    built = build(folder)
    for sentence in built.sentences:
        terminal.say(sentence)
    terminal.say(f"The report is {built.path}")
