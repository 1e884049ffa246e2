"""Compare git revisions or two runs: a verdict in each cell."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchmarks import markdown
from benchmarks.cli import _console as console
from benchmarks.cli import _options as options

if TYPE_CHECKING:
    from benchmarks.compare.table import Comparison


@click.command()
@click.argument("base")
@click.argument("heads", metavar="HEAD...", nargs=-1, required=True)
@options.threshold
@click.option(
    "--fail-on",
    type=click.Choice(["slower", "inconclusive", "never"]),
    default="slower",
    show_default=True,
    help="Verdict that gives exit status 1; inconclusive includes slower.",
)
@options.implementation
@options.peers
@options.cells("Named sets of cells, for revisions. [regression]")
@options.budget
@options.seed
@options.out
@options.quiet
def command(
    base: str,
    heads: tuple[str, ...],
    threshold: float,
    fail_on: str,
    out: Path | None,
    **asked: Any,
) -> int:
    """Is HEAD slower than BASE? Two run folders, or revisions: git:main git:HEAD, or git:main .

    Revisions, two or more, are measured in the same rounds, so machine drift cancels. Two runs share no
    rounds and give weaker verdicts.
    """
    from benchmarks.compare import table
    from benchmarks.compare.revisions import CompareError, is_revision
    from benchmarks.results.store import write_atomically
    from benchmarks.schedule.run import new_folder

    options.fresh(out)
    if len({is_revision(side) for side in (base, *heads)}) > 1:
        raise CompareError("compare two run folders or two revisions, not one of each")
    if not is_revision(base) and len(heads) > 1:
        raise CompareError(
            "compare two run folders; python -m benchmarks report shows more side by side"
        )
    with options.output(out, lambda: new_folder(before="compare-")) as folder:
        if is_revision(base):
            comparison = _race(base, heads, threshold, folder, **asked)
        else:
            comparison = _runs(Path(base), Path(heads[0]), threshold, **asked)
        comparison = replace(comparison, command=options.command_line())
        write_atomically(folder / "comparison.csv", comparison.table.to_csv(index=False))
        write_atomically(folder / "comparison.md", table.markdown(comparison))
    rows = table.rows(comparison)
    headings = markdown.columns(rows) if rows else []
    console.table("", headings, [[row[name] for name in headings] for row in rows])
    for line in ("", comparison.summary, *comparison.notes):
        console.say(line)
    console.say(f"The comparison is {folder / 'comparison.md'}")
    failed = table.failures(comparison, fail_on)
    if len(failed):
        names = ", ".join(dict.fromkeys(failed["implementation"]))
        console.fail(f"{len(failed)} of {len(rows)} cells fail the comparison: {names}")
    return int(len(failed) > 0)


def _race(
    base: str, heads: Sequence[str], threshold: float, folder: Path,
    *, names, peers, budget, seed, quiet, **cells: Any,
) -> "Comparison":  # fmt: skip
    from benchmarks.compare.paired import race
    from benchmarks.compare.revisions import checked_out
    from benchmarks.schedule.plan import by_name

    chosen, real = options.cells_of_revisions(**cells)
    budget_s = budget or options.BUDGET_S
    about = {"command": options.command_line(), "seed": seed}
    about |= {"budget_s": budget_s, "threshold": threshold}
    before, *after = checked_out(base, *heads)
    with console.Watch(quiet) as watch:
        if peers and not names:
            names = list(before.implementations)
            names = [n for n in names if all(n in side.implementations for side in after)]
        about |= {
            "base": [before.named, before.commit],
            "head": [after[-1].named, after[-1].commit],
        }
        return race(
            before, after, names, chosen, by_name(real), threshold, budget_s, seed, folder,
            watch.show, about,
        )  # fmt: skip


def _runs(
    base: Path, head: Path, threshold: float, *, names, peers, budget, seed, quiet, **cells: Any
) -> "Comparison":
    from benchmarks.compare.runs import compare_runs
    from benchmarks.results import store

    parameters = click.get_current_context().command.params
    given = ", ".join(option.opts[0] for option in parameters if cells.get(str(option.name)))
    if given:
        raise click.UsageError(f"{given}: only for revisions; the cells of two runs are fixed")
    runs = [store.read(folder) for folder in (base, head)]
    available = sorted({name for run in runs for name in run.cells["implementation"]})
    if names:
        options.choose("implementation", names, available)
    return compare_runs(runs[0], runs[1], threshold, names)
