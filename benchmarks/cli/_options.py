"""The options that several commands share."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from benchmarks import registry
from benchmarks.operations import operations


class Listed(click.ParamType):
    """Values separated by commas, each of another type; the option may also be repeated."""

    def __init__(self, each: click.ParamType | type):
        self.each = click.types.convert_type(each)
        self.name = self.each.name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        return [self.each.convert(part.strip(), param, ctx) for part in value.split(",")]


def listed(*names: str, each: click.ParamType | type = str, **settings: Any) -> Any:
    """An option of a list of values, in a flat tuple without repetitions."""

    def flatten(_ctx: click.Context, _param: click.Parameter, values: Iterable[list]) -> tuple:
        return tuple(dict.fromkeys(item for value in values for item in value))

    return click.option(*names, type=Listed(each), multiple=True, callback=flatten, **settings)


implementation_option = listed(
    "--implementation", "-i", "names", metavar="NAME", help="Only these (all, and those added)."
)
operation_option = listed(
    "--operation", "-o", "wanted", metavar="NAME", help="Only these operations."
)
add_option = click.option(
    "--add",
    "added",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="An implementation of yours, a Python file from anywhere.",
)


dtype_option = listed(
    "--dtype", "dtypes", each=click.Choice(["float64", "float32"]), help="Of all numbers. [float64]"
)
order_option = listed(
    "--order", "orders", each=click.Choice(["C", "F"]), help="Memory layout of matrices. [C]"
)
threads_option = listed(
    "--threads", each=click.IntRange(1), help="For implementations that use them. [all cores]"
)
peers_option = click.option(
    "--peers", is_flag=True, help="Other libraries' implementations too (make ... PEERS=1)."
)


def fresh(folder: Path) -> Path:
    """The folder, if nothing is there yet: what was measured is never written over."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.UsageError(
            f"--out {folder} is there already; name another, or go on with a run: --resume {folder}"
        )
    return folder


def choose(kind: str, chosen: Iterable[str], known: Iterable[str]) -> list[str]:
    """What was chosen, all if nothing was; a name that is not known is an error that lists them."""
    known = list(known)
    for name in chosen:
        if name not in known:
            raise click.UsageError(f"there is no {kind} {name!r}; there are {', '.join(known)}")
    return list(chosen) or known


def chosen_implementations(
    names: Iterable[str], added: Iterable[Path], peers: bool = False
) -> dict[str, Path]:
    """The implementations that were asked for: by name, or all but the peers, or all; and those added."""
    found = registry.implementations(added)
    asked = list(names) or [
        name for name, path in found.items() if peers or not registry.is_peer(path)
    ]
    asked += [Path(path).stem for path in added]
    wanted = choose("implementation", dict.fromkeys(asked), found)
    return {name: found[name] for name in wanted}


def chosen_operations(names: Iterable[str]) -> list[str]:
    return choose("operation", names, operations())
