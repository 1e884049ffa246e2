"""One run, from its plan to its folder."""

import os
import platform
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import pandas as pd

from benchmarks import git
from benchmarks.description import content
from benchmarks.errors import UserError
from benchmarks.machine import describe as machine
from benchmarks.machine import kept
from benchmarks.registry import ROOT, digest, shown, sources
from benchmarks.results.records import Outcome
from benchmarks.results.store import Writer
from benchmarks.schedule.allocation import PRECISE
from benchmarks.schedule.forecast import outlook
from benchmarks.schedule.plan import Plan
from benchmarks.schedule.scheduler import ProgressCallback, Scheduler

REPORTS = ROOT / "reports"
_MAX_NAME_BYTES = 200  # of a folder; systems allow 255
_SAVE_EVERY_S = 5.0  # samples are saved as they come; these are whole files


class StoppedError(UserError):
    """A run could not go on; what was measured is kept."""

    exit_status = 1


def new_folder(what: str = platform.node() or "machine", before: str = "") -> Path:
    """A new folder, reports/<UTC time>-<machine>, or with another name in the place of the machine's."""
    name = re.sub(r"[^\w.-]+", "-", f"{before}{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{what}")
    for number in count(1):
        short = os.fsencode(name)[:_MAX_NAME_BYTES].decode(errors="ignore")
        folder = REPORTS / (short + (f"-{number}" if number > 1 else ""))
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:  # two may begin in one second
            if not folder.exists():  # reports/ itself is a file
                raise
        except OSError as error:
            raise UserError(f"{folder}: {error.strerror}; name another folder: --out DIR") from None
    raise AssertionError("unreachable")


def execute(
    plan: Plan,
    folder: Path,
    about: dict,
    watch: ProgressCallback,
    limits: pd.DataFrame | None = None,
) -> list[Outcome]:
    """Carry out the plan, reporting to `watch`; the outcome of each implementation and cell.

    Whatever ends it, what was measured by then is in the folder, and the machine's limits beside it.
    """
    writer = Writer(folder)
    about = {
        **about,
        "started": _now(),
        "git_revision": _git_revision(),
        "machine": machine.describe(),
        "versions": machine.versions(),
        "state": "running",
    }
    about["implementations"] = _implementations(plan)
    saved = -_SAVE_EVERY_S

    def progress(doing: str, done: float, left_s: float) -> None:
        nonlocal saved
        watch(doing, done, left_s)
        if monotonic() - saved >= _SAVE_EVERY_S:
            writer.save(about)
            saved = monotonic()

    scheduler = Scheduler(plan, writer, progress)
    if writer.torn_bytes:
        scheduler.workers.warn(
            f"a last line of samples.csv was not finished: {writer.torn_bytes} bytes were dropped"
        )
    try:
        try:
            writer.save(about)
            if limits is not None:
                writer.save_limits(limits)
            scheduler.run()
            about["state"] = "complete"
        except KeyboardInterrupt:
            about["state"] = "interrupted"
            raise
        finally:
            writer.save({**about, **_findings(scheduler, about)})
    except OSError as error:
        raise StoppedError(
            f"{error.filename or folder}: {error.strerror or error}. What was measured is in {folder}; "
            f"mend that, and go on: python -m benchmarks run --resume {folder}"
        ) from None
    finally:
        writer.close()
    return list(writer.outcomes.values())


def _texts(path: Path) -> dict[str, str]:
    """The text of each file of the measured code, by its name; without the contract."""
    files = [file for file in sources(path) if file.name != "_contract.py"]
    return {file.name: content(file).decode(errors="replace") for file in files}


def _implementations(plan: Plan) -> dict[str, dict]:
    """What is measured: each one's files and libraries, as they are now."""
    return {
        name: {
            "path": shown(path),
            "digest": digest(path),
            "libraries": kept.library_versions(path),
            "sources": {} if name in plan.same_code else _texts(path),
        }
        for name, path in plan.implementations.items()
    }


def _findings(scheduler: Scheduler, about: Mapping[str, Any]) -> dict:
    """What is known only after the run: precision, times, threads, warnings, where the budget went."""
    examinations = scheduler.examinations.items()
    handshakes = {name: examination.handshake for name, examination in examinations}
    reached = scheduler.sets and "baseline" in about
    aim = about.get("precision_aim", PRECISE)
    return {
        "finished": _now(),
        "budget": scheduler.budget.ledger(),
        "warnings": scheduler.workers.warnings,
        "precision": outlook(scheduler.state, about["baseline"], aim=aim) if reached else {},
        "implementations": {
            name: {
                **described,
                "doc": handshakes.get(name, {}).get("doc", ""),
                "parallel": handshakes.get(name, {}).get("parallel"),
                "threadpools": handshakes.get(name, {}).get("threadpools", []),
                "import_ns": scheduler.workers.import_ns.get(name, []),
            }
            for name, described in about["implementations"].items()
        },
    }


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _git_revision() -> str | None:
    """The commit that is checked out, with a + where the working tree differs from it."""
    try:
        return git.line("describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=+")
    except git.GitError:
        return None
