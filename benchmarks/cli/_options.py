"""The options that several commands share."""

import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchmarks import registry
from benchmarks.description import described

if TYPE_CHECKING:
    from benchmarks.data import Dataset
    from benchmarks.results.records import Cell


def listed(*names: str, each: click.ParamType | type = str, **settings: Any) -> Any:
    """An option of values separated by commas, and repeated, in a flat tuple without repetitions.

    A value that is a file's whole name is not taken apart.
    """
    kind = click.types.convert_type(each)

    def flatten(ctx: click.Context, param: click.Parameter, values: Iterable[str]) -> tuple:
        apart = [[value] if os.path.exists(value) else value.split(",") for value in values]  # noqa: PTH110
        parts = [part.strip() for value in apart for part in value]
        return tuple(dict.fromkeys(kind.convert(part, param, ctx) for part in parts))

    settings = {"metavar": kind.name.upper(), **settings}
    return click.option(*names, multiple=True, callback=flatten, **settings)


BUDGET_S = 300.0
COUNT, PATH = click.IntRange(1, 10**12), click.Path(path_type=Path)
_MAX_SECONDS = 10**9  # some thirty years; no infinity, and no nan
DTYPES, _ORDERS = click.Choice(["float64", "float32"]), click.Choice(["C", "F"])
_CACHES = click.Choice(["warm", "cold"])

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


def budget_of(usual_s: float) -> Any:
    return click.option(
        "--budget",
        type=click.FloatRange(1, _MAX_SECONDS),
        metavar="SECONDS",
        help=f"Time budget in seconds. [{usual_s:g}]",
    )


budget = budget_of(BUDGET_S)
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
            "--dtype", "dtypes", each=DTYPES, metavar="TYPE", help="float64 or float32. [float64]"
        ),
        listed(
            "--order", "orders", each=_ORDERS, metavar="C|F", help="Memory layout of matrices. [C]"
        ),
        listed("--threads", each=click.IntRange(1, 4096), help="Number of threads. [all cores]"),
        listed(
            "--cache",
            "caches",
            each=_CACHES,
            metavar="warm|cold",
            help="Cold: each call alone, its data evicted from the caches before it. [warm]",
        ),
    ]

    def decorate(command: Callable) -> Callable:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def fresh(folder: Path | None, advice: str = "name another") -> None:
    """UsageError if the folder is there, and not empty: what was measured is never overwritten."""
    if folder is not None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.UsageError(f"--out {folder} exists already; {advice}")


def refuse_beside_resume(allowed: set[str], what: str) -> None:
    """UsageError for options that --resume would ignore; it goes on with `what` was asked before."""
    if ignored := given() - allowed:
        names = ", ".join(sorted(f"--{name.replace('_', '-')}" for name in ignored))
        raise click.UsageError(f"--resume goes on with {what}: leave out {names}")


@contextmanager
def output(out: Path | None, make: Callable[[], Path]) -> Iterator[Path]:
    """The folder that was asked for, else a new one; a new one is removed if nothing was written there."""
    stays = out is not None and out.exists()
    folder = out or make()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        with suppress(OSError):  # it is not empty
            if not stays:
                folder.rmdir()


def given() -> set[str]:
    """The names of the parameters that were given on the command line."""
    context = click.get_current_context()
    source = click.core.ParameterSource.COMMANDLINE
    return {name for name in context.params if context.get_parameter_source(name) is source}


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
    for path in map(Path, added):
        refuse_without_operations(path)
    chosen = list(names) or [
        name for name, path in paths.items() if peers or not registry.is_peer(path)
    ]
    chosen += [Path(path).stem for path in added]
    return {name: paths[name] for name in choose("implementation", dict.fromkeys(chosen), paths)}


def refuse_without_operations(path: Path) -> None:
    """UsageError for a file that defines no operation; it says how to make it define one."""
    from benchmarks.operations import operations

    text = described(path)
    if text.problem or text.names & set(operations()):
        return
    message = f"--add {path} defines no operation; name a function {', '.join(operations())}"
    if "propagate" in text.names:
        message = (
            f"--add {path} defines propagate, the course's name; add to it: "
            "def cost_gradient(w, b, X, Y): grads, cost = propagate(w, b, X, Y); "
            'from implementations import CostGradient; return CostGradient(cost, grads["dw"], grads["db"])'
        )
    raise click.UsageError(message)


def chosen_cells(
    sources: Sequence[str], *, workloads, wanted, n_x, m, dtypes, orders, threads, caches
) -> "tuple[tuple[Cell, ...], dict[str, Dataset]]":
    """The cells that the options of `cells` ask for, and their real data by its source."""
    from benchmarks.operations import operations
    from benchmarks.problem.workloads import WORKLOADS
    from benchmarks.schedule import plan

    chosen = choose("workload", workloads, WORKLOADS) if workloads else []
    if wanted:
        choose("operation", wanted, operations())
    sizes = plan.sizes(chosen, wanted, sources, n_x, m)
    real = plan.datasets(sizes)
    cells = plan.cells(sizes, real, dtypes or ["float64"], orders, threads, caches)
    return cells, real


def cells_of_revisions(**asked: Any) -> "tuple[tuple[Cell, ...], dict[str, Dataset]]":
    """The same for what races revisions: the workload regression, if nothing else is asked for."""
    if not (asked["workloads"] or asked["n_x"] or asked["m"]):
        asked["workloads"] = ["regression"]
    return chosen_cells((), **asked)


def command_line() -> str:
    """The command as it can be typed again."""
    return shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])
