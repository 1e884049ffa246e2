"""One run, from its plan to its folder."""

import platform
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pandas as pd

from benchmarks.machine import describe as machine
from benchmarks.registry import ROOT, digest, shown, sources
from benchmarks.results.records import Outcome
from benchmarks.results.store import Writer
from benchmarks.schedule.allocation import PRECISE
from benchmarks.schedule.forecast import outlook
from benchmarks.schedule.plan import Plan
from benchmarks.schedule.scheduler import ProgressCallback, Scheduler

REPORTS = ROOT / "reports"
_SAVE_EVERY_S = 5.0  # samples are saved as they come; these are whole files


def new_folder(what: str = platform.node() or "machine", before: str = "") -> Path:
    """reports/<UTC time>-<machine>, or with another name in the place of the machine's."""
    name = f"{before}{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{what}"
    return REPORTS / re.sub(r"[^\w.-]+", "-", name)


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
    digests = {name: digest(path) for name, path in plan.implementations.items()}
    texts = {n: _texts(p) for n, p in plan.implementations.items() if n not in plan.same_code}

    saved = -_SAVE_EVERY_S

    def progress(doing: str, done: float, left_s: float) -> None:
        nonlocal saved
        watch(doing, done, left_s)
        if monotonic() - saved >= _SAVE_EVERY_S:
            writer.save(about)
            saved = monotonic()

    scheduler = Scheduler(plan, writer, progress)
    writer.save(about)
    if limits is not None:
        writer.save_limits(limits)
    try:
        scheduler.run()
        about["state"] = "complete"
    except KeyboardInterrupt:
        about["state"] = "interrupted"
        raise
    finally:
        reached = scheduler.sets and "baseline" in about
        aim = about.get("precision_aim", PRECISE)
        precision = outlook(scheduler.state, about["baseline"], aim=aim) if reached else {}
        writer.save({**about, **_findings(scheduler, digests, texts), "precision": precision})
        writer.close()
    return list(writer.outcomes.values())


def _texts(path: Path) -> dict[str, str]:
    """The text of each file of the measured code, by its name; without the contract."""
    files = [file for file in sources(path) if file.name != "_contract.py"]
    return {file.name: file.read_text(encoding="utf-8", errors="replace") for file in files}


def _findings(
    scheduler: Scheduler, digests: Mapping[str, str], texts: Mapping[str, Mapping[str, str]]
) -> dict:
    """What is known only after the run: times, threads, warnings, where the budget went."""
    examinations = scheduler.examinations.items()
    handshakes = {name: examination.handshake for name, examination in examinations}
    return {
        "finished": _now(),
        "budget": scheduler.budget.ledger(),
        "warnings": scheduler.workers.warnings,
        "implementations": {
            name: {
                "path": shown(path),
                "digest": digests[name],
                "doc": handshakes.get(name, {}).get("doc", ""),
                "parallel": handshakes.get(name, {}).get("parallel"),
                "threadpools": handshakes.get(name, {}).get("threadpools", []),
                "import_ns": scheduler.workers.import_ns.get(name, []),
                "sources": texts.get(name, {}),
            }
            for name, path in scheduler.plan.implementations.items()
        },
    }


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _git_revision() -> str | None:
    """The commit that is checked out, with a + where the working tree differs from it."""
    command = ["git", "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=+"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
