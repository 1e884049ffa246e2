"""Race many revisions in the same rounds: where did it change?"""

from pathlib import Path
from typing import Any

import click

from benchmarks.cli import _console as console
from benchmarks.cli import _options as options

_BUDGET_S = 600.0


@click.command()
@click.argument("revisions", metavar="REV... | A..B", nargs=-1, required=True)
@options.implementation
@options.threshold
@options.cells("Named sets of cells. [regression]")
@options.budget_of(_BUDGET_S)
@options.seed
@options.out
@options.quiet
def command(
    revisions: tuple[str, ...],
    names: tuple[str, ...],
    threshold: float,
    budget: float | None,
    seed: int,
    out: Path | None,
    quiet: bool,
    **cells: Any,
) -> int:
    """Where did the time change? All revisions are raced in the same rounds, so no machine drift is in it.

    Of A..B, A and the commits after it that change the implementations. Of more than 32 versions the
    ends are raced, and then halves, until the change is found.
    """
    from benchmarks import format
    from benchmarks.compare.history import INTERRUPTED, differences, measure, table
    from benchmarks.compare.history.commits import commits
    from benchmarks.compare.history.lines import lines
    from benchmarks.compare.history.race import Asked
    from benchmarks.compare.revisions import checked_out
    from benchmarks.report.history import page
    from benchmarks.results.store import write_atomically
    from benchmarks.schedule.plan import by_name
    from benchmarks.schedule.run import new_folder

    options.fresh(out)
    found = commits(revisions)
    drawn = lines(found, checked_out(*(commit.named for commit in found)), names)
    chosen, real = options.cells_of_revisions(**cells)
    raced = sum(len(line.paths) for line in drawn)
    console.say(
        f"{format.count(len(found), 'revision')}, "
        f"{format.count(raced, 'version')} of {format.listing([n.implementation for n in drawn])}"
    )
    about = {"command": options.command_line(), "seed": seed, "threshold": threshold}
    with options.output(out, lambda: new_folder(before="history-")) as folder:
        with console.Watch(quiet) as watch:
            asked = Asked(chosen, by_name(real), threshold, seed, about, watch.show)
            rows, warnings = measure(found, drawn, asked, budget or _BUDGET_S, folder)
        write_atomically(folder / "history.csv", rows.to_csv(index=False))
        changed = table.changes(rows).to_dict("records")
        said = [f"{table.where(row)}: {table.said(row)}" for row in changed]
        notes = [*table.notes(rows, threshold), *warnings]
        title = f"{format.count(len(found), 'revision')}, {found[0].short} to {found[-1].short}"
        changes = list(zip(said, differences(found, drawn, changed), strict=True))
        written = page.write(rows, title, changes, notes, options.command_line(), folder)
    for line in (*notes, f"The history is {written}", *said[1:]):
        console.say(line)
    console.say(said[0] if said else table.nothing(rows, threshold))
    if INTERRUPTED in warnings:
        raise KeyboardInterrupt
    return 0
