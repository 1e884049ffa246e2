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
DASK_SETTINGS = (
    "DASK_BLOCKS_"  # what the variables begin with that implementations/_blocks.py reads
)
_MAX_SECONDS = 10**9  # some thirty years; no infinity, and no nan
DTYPES, _ORDERS = click.Choice(["float64", "float32"]), click.Choice(["C", "F"])

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
    type=click.FloatRange(1, _MAX_SECONDS),
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


def _setting(name: str) -> Callable:
    """A callback that hands the value on to dask_blocks, which reads its settings from variables."""

    def hand_on(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        if value is not None:
            os.environ[f"{DASK_SETTINGS}{name}"] = str(value)

    return hand_on


class _Scheduler(click.ParamType):
    name = "where"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        protocol, _, address = value.partition("://")
        if value not in ("threads", "local") and not (
            protocol in ("tcp", "tls") and ":" in address
        ):
            self.fail(f"{value!r} is none of threads, local, tcp://host:port", param, ctx)
        return value


def dask(command: Callable) -> Callable:
    """The options of dask_blocks: where its blocks are, and how large."""
    scheduler = click.option(
        "--scheduler",
        type=_Scheduler(),
        metavar="threads|local|tcp://HOST:PORT",
        callback=_setting("SCHEDULER"),
        expose_value=False,
        help="Where dask_blocks works: threads, processes here, or a Dask cluster. [threads]",
    )
    block = click.option(
        "--block",
        type=COUNT,
        metavar="EXAMPLES",
        callback=_setting("EXAMPLES"),
        expose_value=False,
        help="Examples in a block of dask_blocks. [a block for each worker; on disk, some 8 MB]",
    )
    return scheduler(block(command))


def restore(variables: object) -> None:
    """Give the settings of dask_blocks again that a run's or a fit's folder tells; nothing else of it."""
    if isinstance(variables, dict):
        told = {k: v for k, v in variables.items() if isinstance(k, str) and isinstance(v, str)}
        os.environ.update({k: v for k, v in told.items() if k.startswith(DASK_SETTINGS)})


def settings() -> dict[str, str]:
    """The settings of dask_blocks that hold now, to give them again when something is gone on with."""
    return {k: v for k, v in sorted(os.environ.items()) if k.startswith(DASK_SETTINGS)}


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
    sources: Sequence[str], *, workloads, wanted, n_x, m, dtypes, orders, threads
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
    cells = plan.cells(sizes, real, dtypes or ["float64"], orders, threads)
    return cells, real


def command_line() -> str:
    """The command as it can be typed again."""
    return shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])
