"""The settings of dask_blocks: options that several commands share, and how a folder gives them again.

It reads them from variables, which its workers inherit.
"""

import os
from collections.abc import Callable
from typing import Any

import click

from benchmarks.cli._options import COUNT

PREFIX = "DASK_BLOCKS_"  # what the variables begin with that implementations/_blocks.py reads


def _setting(name: str) -> Callable:
    """A callback that hands the value on to dask_blocks, which reads its settings from variables."""

    def hand_on(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        if value is not None:
            os.environ[f"{PREFIX}{name}"] = str(value)

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


def options(command: Callable) -> Callable:
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
        os.environ.update({k: v for k, v in told.items() if k.startswith(PREFIX)})


def settings() -> dict[str, str]:
    """The settings of dask_blocks that hold now, to give them again when something is gone on with."""
    return {k: v for k, v in sorted(os.environ.items()) if k.startswith(PREFIX)}
