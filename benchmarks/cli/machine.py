"""Show what this computer is, and its limits."""

import click

from benchmarks import format
from benchmarks.cli import _console as console


@click.command()
@click.option("--again", is_flag=True, help="Measure the limits again; the best rates are kept.")
def command(again: bool) -> int:
    """What this computer is, and what it can do at best (measured once, in some seconds)."""
    from benchmarks.machine import kept, measure
    from benchmarks.machine.describe import describe, versions
    from benchmarks.report import pictures
    from benchmarks.report.views import bandwidth

    facts = {**describe(), **versions()}
    console.table("", ("", ""), [(name, _readable(name, value)) for name, value in facts.items()])
    with console.Watch() as watch:
        limits = measure.limits(watch.show, again)
    console.say()
    columns = ["what", "dtype", "threads", "per_s", "probe"]
    rows = [
        (*setting, f"{per_s / 1e9:,.3g} · 10⁹", probe)
        for *setting, per_s, probe in limits.loc[limits["what"] != "read", columns].values
    ]
    console.table("Computing, at best", ("what", "dtype", "threads", "a second", "probe"), rows)
    console.say()
    curves = bandwidth.curves(limits, describe())
    if curves is not None:
        reading = bandwidth.rows(curves)
        console.table("Reading, at best", list(reading[0]), [list(row.values()) for row in reading])
        pictures.draw_one(bandwidth, curves, kept.folder())
        console.say(f"\nThe table and its picture are in {kept.folder()}")
    return 0


def _readable(name: str, value: object) -> object:
    if value in (None, ""):
        return "unknown"
    if name.endswith("_bytes") and isinstance(value, int):
        return format.memory(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else value
