"""`report`: build a run's report anew from its CSV files."""

from pathlib import Path

import click

from benchmarks import terminal
from benchmarks.data import SYNTHETIC
from benchmarks.report import human


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
    if terminal.console.is_terminal and len(built.winners):
        headings = ("cell", "fastest", "a call", "faster than the next by")
        terminal.table("", headings, map(_row, built.winners.to_dict("records")))
        terminal.say()
    for sentence in built.sentences:
        terminal.say(sentence)
    terminal.say(f"The report is {built.path}")


def _row(winner: dict) -> tuple[str, ...]:
    cell = f"{winner['operation']} {human.size(winner['n_x'], winner['m'])}"
    if winner["data"] != SYNTHETIC:
        cell += f" ({winner['data']})"
    lead = (
        f"{human.ratio(winner['lead'])}× {winner['second']}"
        if isinstance(winner["second"], str)
        else ""
    )
    if winner["tie"]:
        lead = f"a tie with {winner['second']}"
    return cell, winner["winner"], human.time(winner["median_ns"]), lead
