"""The part of `run` with --on: what travels to the machines, and one page of what comes back."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from benchmarks import format, registry
from benchmarks.cli import _console as console
from benchmarks.cli import _dask
from benchmarks.cli import _options as options
from benchmarks.errors import UserError

_STAYS = {"on", "out", "quiet", "resume", "dry_run"}
_FILES = {"added", "sources"}
_MAX_BYTES = 1 << 28  # of files that travel


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
            try:
                parts = run_on(address, arguments, files, _dask.settings(), folder, watch.show)
            except KeyboardInterrupt:
                sent = any(folder.glob("*/run.json"))
                console.say(
                    f"What the machines had sent by then is in {folder}"
                    if sent
                    else "No machine had sent anything by then"
                )
                raise
        whole = [part for part in parts if (part.folder / "cells.csv").exists()]
        for part in parts:
            if part.status is None:
                console.fail(
                    f"{part.machine.name}: {part.words}; what it had sent is in {part.folder}"
                )
            elif part.status or part not in whole:
                last = (part.words.strip().splitlines() or ["no word"])[-1]
                console.fail(f"{part.machine.name} {_ending(part.status)}: {last[:300]}")
        for names in _sharing(parts):
            console.warn(f"{', '.join(names)} share a machine: they disturb each other")
        if len(whole) > 1:
            page = side_by_side([part.folder for part in whole])
            write_atomically(folder / "index.html", page)
            console.say(f"The page is {folder / 'index.html'}; each machine's run is beside it")
        elif not whole:
            raise UserError(f"no machine has measured anything; see {folder}")
    return max(1 if part.status is None or part.status < 0 else part.status for part in parts)


def _ending(status: int) -> str:
    """How a run ended there; a negative status is a signal's."""
    if status < 0:
        return f"was ended by signal {-status}{', perhaps for want of memory' * (status == -9)}"
    return f"ended with status {status}"


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
            if name in _FILES and (parts := _parts(name, text)):
                place = f"files-{len(files)}"
                files |= {f"{place}/{inner}": path for inner, path in parts.items()}
                text = f"{place}/{Path(text).name}"
            arguments += [flag, text]
    size = sum(path.stat().st_size for path in files.values())
    if size > _MAX_BYTES:
        raise UserError(
            f"--add and --data name {format.memory(size)}; at most {format.memory(_MAX_BYTES)} travel "
            "with --on: take fewer examples, or let each machine draw them: --n-x 1000 --m 100000"
        )
    return arguments, files


def _parts(option: str, text: str) -> dict[str, Path]:
    """The files that a value of --add or --data stands for, by their names beside it; none of a name."""
    path = Path(text)
    if option == "added":
        registry.implementations([path])  # or it is refused here
        path = path.resolve()
        ours = [registry.ROOT / package for package in registry.OURS]  # these travel anyway
        files = [file for file in registry.everything(path) if file.is_relative_to(path.parent)]
        files = [path, *(file for file in files if not any(map(file.is_relative_to, ours)))]
        return {file.relative_to(path.parent).as_posix(): file for file in files}
    from benchmarks.data import NAMES
    from benchmarks.data.stored import labels_beside

    if text in NAMES:
        return {}
    if path.is_dir():
        files = [file for file in sorted(path.rglob("*")) if file.is_file()]
        return {file.relative_to(path.parent).as_posix(): file for file in files}
    labels = [labels_beside(path)] if path.suffix == ".npy" else []
    return {file.name: file for file in [path, *labels] if file.is_file()}
