"""Compare two git revisions or two runs: a verdict in each cell."""

import shlex
import sys
from pathlib import Path
from typing import Any

import click
import pandas as pd

from benchmarks import compare as comparing
from benchmarks.cli import _console as console
from benchmarks.cli._options import (
    choose,
    dtype_option,
    fresh,
    implementation_option,
    listed,
    operation_option,
    order_option,
    peers_option,
    threads_option,
)
from benchmarks.compare import CompareError, Comparison
from benchmarks.compare.revisions import is_revision
from benchmarks.machine import describe as machine
from benchmarks.problem.workloads import WORKLOADS
from benchmarks.results import store
from benchmarks.schedule import plan as planning
from benchmarks.schedule import run as running
from benchmarks.statistics import Verdict

BUDGET_S = 300.0
_SIZE = click.IntRange(1)


class Share(click.ParamType):
    """A share between 0 and 1: 5% or 0.05."""

    name = "share"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = 0.0
        if not 0 < share < 1:
            self.fail(f"{value!r} is no share between 0 and 100%; write 5% or 0.05", param, ctx)
        return share


@click.command()
@click.argument("base")
@click.argument("head")
@click.option("--threshold", type=Share(), default="5%", show_default=True, help="What matters.")
@click.option(
    "--fail-on",
    type=click.Choice(["slower", "inconclusive", "never"]),
    default="slower",
    show_default=True,
    help="Exit with 1 if there is one; inconclusive is that or slower.",
)
@implementation_option
@peers_option
@operation_option
@listed("--workload", "-w", "workloads", metavar="NAME", help="What revisions race. [regression]")
@listed("--n-x", each=_SIZE, help="Features, instead of a workload.")
@listed("--m", each=_SIZE, help="Examples, instead of a workload.")
@dtype_option
@order_option
@threads_option
@click.option("--budget", default=BUDGET_S, show_default=True, type=click.FloatRange(1), help="s")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0))
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to write.")
@click.option("--quiet", is_flag=True, help="No progress.")
def command(
    base: str, head: str, threshold: float, fail_on: str, out: Path | None, **asked: Any
) -> int:
    """Is HEAD slower than BASE? Two run folders, or revisions: git:main git:HEAD, or git:main .

    Revisions are raced in the same rounds, which tells most; runs were at different times.
    """
    folder = fresh(out or running.new_folder(before="compare-"))
    if is_revision(base) and is_revision(head):
        found = _race(base, head, threshold, folder, **asked)
    elif is_revision(base) or is_revision(head):
        raise CompareError("compare two run folders or two revisions, not one of each")
    else:
        found = _runs(Path(base), Path(head), threshold, **asked)
        folder.mkdir(parents=True, exist_ok=True)
    found.table.to_csv(folder / "comparison.csv", index=False)
    (folder / "comparison.md").write_text(comparing.markdown(found), encoding="utf-8")
    _show(found, folder)
    return _status(found, fail_on)


def _race(
    base: str, head: str, threshold: float, folder: Path, names, peers, wanted, workloads, n_x, m, dtypes, orders, threads,
    budget: float, seed: int, quiet: bool,
) -> Comparison:  # fmt: skip
    sized = bool(n_x or m)
    chosen = choose("workload", workloads, WORKLOADS) if workloads else []
    chosen = chosen or ([] if sized else ["regression"])
    sizes = planning.sizes(chosen, list(wanted), (), n_x, m)
    real = planning.datasets(sizes)
    cells = planning.cells(sizes, real, dtypes or ["float64"], orders, threads or [machine.cores()])
    about = {
        "command": shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]]),
        "seed": seed,
        "budget_s": budget,
        "threshold": threshold,
    }
    with comparing.checked_out(base, head) as (one, other), console.Watch(quiet) as watch:
        if peers and not names:
            names = tuple(name for name in one.implementations if name in other.implementations)
        about |= {"base": [one.named, one.commit], "head": [other.named, other.commit]}
        return comparing.race(
            one, other, names, cells, planning.by_name(real), threshold, budget, seed, folder,
            watch.show, about,
        )  # fmt: skip


def _runs(
    base: Path, head: Path, threshold: float, names: tuple, peers: bool, **asked: Any
) -> Comparison:
    if given := [
        name
        for name in ("wanted", "workloads", "n_x", "m", "dtypes", "orders", "threads")
        if asked[name]
    ]:
        options = {"wanted": "--operation", "workloads": "--workload"}
        options |= {"dtypes": "--dtype", "orders": "--order"}
        said = ", ".join(options.get(name, "--" + name.replace("_", "-")) for name in given)
        raise click.UsageError(
            f"{said}: only for revisions; two runs have the cells that they have"
        )
    runs = [store.read(folder) for folder in (base, head)]
    if names:
        choose(
            "implementation", names, sorted({n for r in runs for n in r.cells["implementation"]})
        )
    return comparing.compare_runs(runs[0], runs[1], threshold, names)


def _show(found: Comparison, folder: Path) -> None:
    shown = comparing.rows(found)
    headings = [name for name in shown[0] if any(row[name] for row in shown)] if shown else []
    console.table("", headings, [[row[name] for name in headings] for row in shown])
    console.say()
    console.say(found.summary)
    for note in found.notes:
        console.say(note)
    console.say(f"The comparison is {folder / 'comparison.md'}")


def _status(found: Comparison, fail_on: str) -> int:
    bad = comparing.slower(found)
    unsure = found.table["verdict"] == Verdict.INCONCLUSIVE
    if fail_on == "inconclusive":
        bad = pd.concat([bad, found.table[unsure]])
    if fail_on == "never" or bad.empty:
        return 0
    names = ", ".join(dict.fromkeys(bad["implementation"]))
    console.fail(f"{len(bad)} of {len(found.table)} cells fail the comparison: {names}")
    return 1
