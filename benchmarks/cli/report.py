"""Build a run's report from its CSV files; several runs make one page."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks import format
from benchmarks.cli import _console as console
from benchmarks.cli import _options as options

if TYPE_CHECKING:
    import pandas as pd

_MAX_ROWS = 12  # of the table at the end


@click.command()
@click.argument("runs", nargs=-1, required=True, type=options.PATH, metavar="RUN...")
@click.option(
    "--out", type=options.PATH, metavar="DIR", help="Output folder for the combined page."
)
def command(runs: tuple[Path, ...], out: Path | None) -> int:
    """Build RUN's summary, figures, README.md and index.html anew from its CSV files.

    Of several runs, one page that has them side by side.
    """
    if len(runs) == 1:
        if out is not None:
            raise click.UsageError("--out is for several runs; one run's report goes to its folder")
        show(runs[0])
        return 0
    from benchmarks.report import side_by_side
    from benchmarks.results.store import write_atomically
    from benchmarks.schedule.run import new_folder

    page = side_by_side(runs)
    options.fresh(out)
    with options.output(out, partial(new_folder, "side-by-side")) as folder:
        write_atomically(folder / "index.html", page)
    console.say(f"The page is {folder / 'index.html'}")
    return 0


def show(folder: Path) -> None:
    """Build the report, then print its first sentence, its winners and its path."""
    from benchmarks.report import build

    built = build(folder)
    console.say(built.sentences[0])
    if built.winners["second"].notna().any():
        console.say()
        show_winners(built.winners, _MAX_ROWS)
        console.say()
    console.say(f"The report is {built.index}; in Markdown, {built.path.name} beside it")


def show_winners(winners: "pd.DataFrame", most: int) -> None:
    """Print so many: those of the cells of the most work, of what was raced most often first."""
    raced = winners.dropna(subset="second")
    often = raced["operation"].map(raced["operation"].value_counts())
    ranked = raced.assign(often=often, work=raced["n_x"] * raced["m"])
    ranked = ranked.sort_values(["often", "work"], ascending=False, kind="stable")
    headings = ("cell", "fastest", "a call", "compared with the next")
    console.table("", headings, map(_row, ranked.head(most).to_dict("records")))
    if len(raced) > most:
        console.say(f"and {format.count(len(raced) - most, 'cell')} more")


def _row(winner: dict) -> tuple[str, ...]:
    lead = f"{format.ratio(winner['lead'])}× as fast as {winner['second']}"
    if winner["tie"]:
        lead = f"a tie with {winner['second']}"
    return winner["cell"], winner["team"], format.time(winner["median_ns"]), lead
