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
@options.threshold
@options.listed("--kinds", metavar="KIND", help="Only these: quiet, load, pytest, pyperf. [all]")
@options.quiet
def command(
    trials: int | None, out: Path | None, threshold: float, kinds: tuple[str, ...], quiet: bool
) -> int:
    """Does compare tell a slowdown from noise here? Identical code and known slowdowns, many times.

    It takes over an hour, and nothing else should run. An interrupted one resumes. The other tools
    (pytest, pyperf) are asked at 5% alone; at another threshold the kinds are quiet and load.
    """
    from benchmarks.schedule.run import REPORTS
    from benchmarks.validate import experiment, tables

    chosen = options.choose("kind", kinds, experiment.kinds_at(threshold))
    folder = out or REPORTS / "validation"
    path = folder / "trials.csv"
    try:
        with console.Watch(quiet) as watch:
            steps = experiment.steps(trials or experiment.TRIALS, threshold, chosen)
            experiment.run(path, steps, watch.show)
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
