"""The part of `run` with --on: what travels to the machines, and one page of what comes back."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from benchmarks import registry
from benchmarks.cli import _console as console
from benchmarks.cli import _options as options
from benchmarks.errors import UserError

_STAYS = {"on", "out", "quiet", "resume", "dry_run"}
_FILES = {"added", "sources"}


def run(address: str, out: Path | None, quiet: bool) -> int:
    """Run on every machine, print where the parts are, and write one page; the worst exit status."""
    from benchmarks.machines.cluster_run import run_on
    from benchmarks.report import side_by_side
    from benchmarks.results.store import write_atomically
    from benchmarks.schedule.run import new_folder

    if refused := options.given() & {"resume", "dry_run"}:
        raise click.UsageError(f"--on does not go with --{sorted(refused)[0].replace('_', '-')}")
    arguments, files = _travelling()
    with options.output(out, partial(new_folder, "machines")) as folder:
        with console.Watch(quiet) as watch:
            parts = run_on(address, arguments, files, options.settings(), folder, watch.show)
        whole = [part for part in parts if (part.folder / "cells.csv").exists()]
        for part in parts:
            if part.status is None:
                console.fail(
                    f"{part.machine.name}: {part.words}; what it had sent is in {part.folder}"
                )
            elif part.status or part not in whole:
                last = (part.words.strip().splitlines() or ["no word"])[-1]
                console.fail(f"{part.machine.name} ended with status {part.status}: {last[:300]}")
        for names in _sharing(parts):
            console.warn(f"{', '.join(names)} share a machine: they disturb each other")
        if len(whole) > 1:
            page = side_by_side([part.folder for part in whole])
            write_atomically(folder / "index.html", page)
            console.say(f"The page is {folder / 'index.html'}; each machine's run is beside it")
        elif not whole:
            raise UserError(f"no machine has measured anything; see {folder}")
    return max(1 if part.status is None else part.status for part in parts)


def _sharing(parts: Any) -> list[list[str]]:
    """The names of those that are on one machine."""
    together: dict[str, list[str]] = {}
    for part in parts:
        together.setdefault(part.identity, []).append(part.machine.name)
    return [names for names in together.values() if len(names) > 1]


def _travelling() -> tuple[list[str], dict[str, Path]]:
    """The options of this run, as they are said there, and the files that they name."""
    context = click.get_current_context()
    arguments: list[str] = []
    files: dict[str, Path] = {}
    for param in context.command.params:
        name = param.name or ""
        if name not in options.given() or name in _STAYS or not isinstance(param, click.Option):
            continue
        value, flag = context.params[name], param.opts[0]
        for each in value if isinstance(value, tuple) else (value,):
            if param.is_flag:
                arguments.append(flag)
                continue
            text = str(each)
            if name in _FILES and Path(text).is_file():
                registry.implementations(
                    [Path(text)] if name == "added" else []
                )  # or it is refused here
                text = f"files-{len(files)}/{Path(text).name}"
                files[text] = Path(str(each))
            arguments += [flag, text]
    return arguments, files
