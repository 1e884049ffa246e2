"""Compare two git revisions or two runs: a verdict in each cell."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchmarks.cli import _console as console
from benchmarks.cli._options import (
    choose,
    chosen_cells,
    command_line,
    dtype_option,
    fresh,
    implementation_option,
    listed,
    operation_option,
    order_option,
    out_option,
    peers_option,
    quiet_option,
    seed_option,
    threads_option,
)

if TYPE_CHECKING:
    from benchmarks.compare import Comparison

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
@click.option(
    "--threshold",
    type=Share(),
    default="5%",
    show_default=True,
    help="Smallest change that counts.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["slower", "inconclusive", "never"]),
    default="slower",
    show_default=True,
    help="Verdict that gives exit status 1; inconclusive includes slower.",
)
@implementation_option
@peers_option
@operation_option
@listed(
    "--workload",
    "-w",
    "workloads",
    metavar="NAME",
    help="Named sets of cells, for revisions. [regression]",
)
@listed("--n-x", each=_SIZE, help="Features, instead of a workload.")
@listed("--m", each=_SIZE, help="Examples, instead of a workload.")
@dtype_option
@order_option
@threads_option
@click.option(
    "--budget",
    default=BUDGET_S,
    show_default=True,
    type=click.FloatRange(1),
    metavar="SECONDS",
    help="Time budget in seconds.",
)
@seed_option
@out_option
@quiet_option
def command(
    base: str, head: str, threshold: float, fail_on: str, out: Path | None, **asked: Any
) -> int:
    """Is HEAD slower than BASE? Two run folders, or revisions: git:main git:HEAD, or git:main .

    Revisions are measured in the same rounds, so machine drift cancels. Two runs share no rounds
    and give weaker verdicts.
    """
    from benchmarks import compare as comparing
    from benchmarks.compare.revisions import is_revision
    from benchmarks.schedule import run as running

    folder = fresh(out or running.new_folder(before="compare-"))
    if is_revision(base) and is_revision(head):
        comparison = _race(base, head, threshold, folder, **asked)
    elif is_revision(base) or is_revision(head):
        raise comparing.CompareError("compare two run folders or two revisions, not one of each")
    else:
        comparison = _runs(Path(base), Path(head), threshold, **asked)
        folder.mkdir(parents=True, exist_ok=True)
    comparison.table.to_csv(folder / "comparison.csv", index=False)
    (folder / "comparison.md").write_text(comparing.markdown(comparison), encoding="utf-8")
    _show(comparison, folder)
    return _status(comparison, fail_on)


def _race(
    base: str, head: str, threshold: float, folder: Path, names, peers, wanted, workloads, n_x, m, dtypes, orders, threads,
    budget: float, seed: int, quiet: bool,
) -> "Comparison":  # fmt: skip
    from benchmarks import compare as comparing
    from benchmarks.schedule.plan import by_name

    if not (workloads or n_x or m):
        workloads = ["regression"]
    cells, real = chosen_cells(workloads, wanted, (), n_x, m, dtypes, orders, threads)
    about = {"command": command_line(), "seed": seed, "budget_s": budget, "threshold": threshold}
    with comparing.checked_out(base, head) as (before, after), console.Watch(quiet) as watch:
        if peers and not names:
            names = tuple(name for name in before.implementations if name in after.implementations)
        about |= {"base": [before.named, before.commit], "head": [after.named, after.commit]}
        return comparing.race(
            before, after, names, cells, by_name(real), threshold, budget, seed, folder,
            watch.show, about,
        )  # fmt: skip


def _runs(
    base: Path, head: Path, threshold: float, names: tuple, peers: bool, **asked: Any
) -> "Comparison":
    from benchmarks import compare as comparing
    from benchmarks.results import store

    if given := [
        name
        for name in ("wanted", "workloads", "n_x", "m", "dtypes", "orders", "threads")
        if asked[name]
    ]:
        options = {"wanted": "--operation", "workloads": "--workload"}
        options |= {"dtypes": "--dtype", "orders": "--order"}
        spelled = ", ".join(options.get(name, "--" + name.replace("_", "-")) for name in given)
        raise click.UsageError(f"{spelled}: only for revisions; the cells of two runs are fixed")
    runs = [store.read(folder) for folder in (base, head)]
    if names:
        choose(
            "implementation", names, sorted({n for r in runs for n in r.cells["implementation"]})
        )
    return comparing.compare_runs(runs[0], runs[1], threshold, names)


def _show(comparison: "Comparison", folder: Path) -> None:
    from benchmarks import compare as comparing

    rows = comparing.rows(comparison)
    headings = [name for name in rows[0] if any(row[name] for row in rows)] if rows else []
    console.table("", headings, [[row[name] for name in headings] for row in rows])
    console.say()
    console.say(comparison.summary)
    for note in comparison.notes:
        console.say(note)
    console.say(f"The comparison is {folder / 'comparison.md'}")


def _status(comparison: "Comparison", fail_on: str) -> int:
    import pandas as pd

    from benchmarks import compare as comparing
    from benchmarks.statistics.verdicts import Verdict

    failed = comparing.slower(comparison)
    inconclusive = comparison.table["verdict"] == Verdict.INCONCLUSIVE
    if fail_on == "inconclusive":
        failed = pd.concat([failed, comparison.table[inconclusive]])
    if fail_on == "never" or failed.empty:
        return 0
    names = ", ".join(dict.fromkeys(failed["implementation"]))
    console.fail(f"{len(failed)} of {len(comparison.table)} cells fail the comparison: {names}")
    return 1
