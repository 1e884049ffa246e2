"""The options that several commands share."""

import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchmarks import registry

if TYPE_CHECKING:
    from benchmarks.data import Dataset
    from benchmarks.results.records import Cell


def listed(*names: str, each: click.ParamType | type = str, **settings: Any) -> Any:
    """An option of values separated by commas, and repeated, in a flat tuple without repetitions."""
    kind = click.types.convert_type(each)

    def flatten(ctx: click.Context, param: click.Parameter, values: Iterable[str]) -> tuple:
        parts = [part.strip() for value in values for part in value.split(",")]
        return tuple(dict.fromkeys(kind.convert(part, param, ctx) for part in parts))

    settings = {"metavar": kind.name.upper(), **settings}
    return click.option(*names, multiple=True, callback=flatten, **settings)


def _share(ctx: click.Context, param: click.Parameter, text: str) -> float:
    """A share between 0 and 1: 5% or 0.05."""
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        message = f"{text!r} is no share between 0 and 100%; write 5% or 0.05"
        raise click.BadParameter(message, ctx, param)
    return share


BUDGET_S = 300.0
COUNT, PATH = click.IntRange(1), click.Path(path_type=Path)
_DTYPES, _ORDERS = click.Choice(["float64", "float32"]), click.Choice(["C", "F"])

implementation = listed(
    "--implementation", "-i", "names", metavar="NAME", help="Only these implementations."
)
operation = listed("--operation", "-o", "wanted", metavar="NAME", help="Only these operations.")
add = click.option(
    "--add",
    "added",
    metavar="FILE",
    multiple=True,
    type=PATH,
    help="A Python file of yours as one more implementation.",
)


def share(ctx: click.Context, param: click.Parameter, text: str | None) -> float | None:
    """A share between 0 and 1: 5% or 0.05."""
    if text is None:
        return None
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        message = f"{text!r} is no share between 0 and 100%; write 5% or 0.05"
        raise click.BadParameter(message, ctx, param)
    return value


budget = click.option(
    "--budget",
    type=click.FloatRange(1),
    metavar="SECONDS",
    help=f"Time budget in seconds. [{BUDGET_S:g}]",
)
threshold = click.option(
    "--threshold",
    callback=share,
    metavar="SHARE",
    default="5%",
    show_default=True,
    help="Smallest change that counts.",
)
seed = click.option(
    "--seed", default=0, show_default=True, type=click.IntRange(0), help="Seed of all random draws."
)
out = click.option("--out", type=PATH, metavar="DIR", help="Output folder.")
quiet = click.option("--quiet", is_flag=True, help="No progress.")
peers = click.option("--peers", is_flag=True, help="Other libraries' implementations too.")


def cells(workloads: str) -> Callable[[Callable], Callable]:
    """The options that choose the cells; `workloads` is the help of --workload."""
    options = [
        listed("--workload", "-w", "workloads", metavar="NAME", help=workloads),
        operation,
        listed("--n-x", each=COUNT, help="Features, for synthetic data."),
        listed("--m", each=COUNT, help="Examples, for synthetic data."),
        listed(
            "--dtype", "dtypes", each=_DTYPES, metavar="TYPE", help="float64 or float32. [float64]"
        ),
        listed(
            "--order", "orders", each=_ORDERS, metavar="C|F", help="Memory layout of matrices. [C]"
        ),
        listed("--threads", each=COUNT, help="Number of threads. [all cores]"),
    ]

    def decorate(command: Callable) -> Callable:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def fresh(folder: Path) -> Path:
    """The folder, if it is new or empty: what was measured is never overwritten."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.UsageError(
            f"--out {folder} exists already; name another, or resume the run: --resume {folder}"
        )
    return folder


def choose(kind: str, chosen: Iterable[str], names: Iterable[str]) -> list[str]:
    """The chosen names, all of them if none is; a name that does not exist is a UsageError."""
    names = list(names)
    for name in chosen:
        if name not in names:
            raise click.UsageError(f"there is no {kind} {name!r}; there are {', '.join(names)}")
    return list(chosen) or names


def chosen_implementations(
    names: Iterable[str], added: Iterable[Path], peers: bool = False
) -> dict[str, Path]:
    """Those with the names, else all; peers only by name or if `peers`; and always those added."""
    paths = registry.implementations(added)
    chosen = list(names) or [
        name for name, path in paths.items() if peers or not registry.is_peer(path)
    ]
    chosen += [Path(path).stem for path in added]
    return {name: paths[name] for name in choose("implementation", dict.fromkeys(chosen), paths)}


def chosen_cells(
    sources: Sequence[str], *, workloads, wanted, n_x, m, dtypes, orders, threads
) -> "tuple[tuple[Cell, ...], dict[str, Dataset]]":
    """The cells that the options of `cells` ask for, and their real data by its source."""
    from benchmarks.machine.describe import cores
    from benchmarks.operations import operations
    from benchmarks.problem.workloads import WORKLOADS
    from benchmarks.schedule import plan

    chosen = choose("workload", workloads, WORKLOADS) if workloads else []
    if wanted:
        choose("operation", wanted, operations())
    sizes = plan.sizes(chosen, wanted, sources, n_x, m)
    real = plan.datasets(sizes)
    cells = plan.cells(sizes, real, dtypes or ["float64"], orders, threads or [cores()])
    return cells, real


def command_line() -> str:
    """The command as it can be typed again."""
    return shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])
