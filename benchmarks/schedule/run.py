"""One run, from its plan to its folder; nothing here prints."""

import platform
import re
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.machine import describe as machine
from benchmarks.registry import ROOT, digest, shown, sources
from benchmarks.results import store
from benchmarks.results.records import Outcome, Sample, Status
from benchmarks.results.store import Writer
from benchmarks.schedule.allocation import outlook
from benchmarks.schedule.scheduler import Plan, Step, Sweep

REPORTS = ROOT / "reports"


def new_folder(what: str = platform.node() or "machine", before: str = "") -> Path:
    """reports/<UTC time>-<machine>, or the time and what else it is named for."""
    name = f"{before}{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{what}"
    return REPORTS / re.sub(r"[^\w.-]+", "-", name)


def execute(
    plan: Plan,
    folder: Path,
    about: dict,
    watch: Callable[[str, float, float], None],
    limits: pd.DataFrame | None = None,
) -> list[Outcome]:
    """Carry out the plan, telling `watch` what is done, the share done, the seconds left.

    Whatever ends it, what was measured by then is in the folder, and the machine's limits beside it.
    """
    sweep = Sweep(plan)
    if plan.first_process:  # what is known already says where the rounds are wanted
        sweep.samples = list(store.records(store.read(folder).samples))
    writer = Writer(folder)
    about = {**about, **_surroundings(), "state": "running"}
    digests = {name: digest(path) for name, path in plan.implementations.items()}
    texts = {n: _texts(path) for n, path in plan.implementations.items() if n not in plan.twins}
    writer.save(about)
    if limits is not None:
        writer.save_limits(limits)
    records = sweep.records()
    try:
        for record in records:
            if isinstance(record, Step):
                watch(record.doing, record.done, record.left_s)
                writer.save(about)
            else:
                _enter(writer, record)
        about["state"] = "complete"
    except KeyboardInterrupt:
        about["state"] = "interrupted"
        raise
    finally:
        records.close()
        for outcome in sweep.unvisited():
            _enter(writer, outcome)
        writer.save(
            {**about, **_findings(sweep, digests, texts), "precision": _precision(sweep, about)}
        )
        writer.close()
    return list(writer.outcomes.values())


def _enter(writer: Writer, record: Sample | Outcome) -> None:
    """What was measured before a run was resumed stays measured, though it is left out now."""
    if isinstance(record, Outcome) and record.status is Status.SKIPPED:
        before = writer.outcomes.get((record.implementation, record.cell))
        if before is not None and before.status is Status.OK:
            return
    writer.add(record)


def _surroundings() -> dict:
    return {
        "started": _now(),
        "git_revision": _git_revision(),
        "machine": machine.describe(),
        "versions": machine.versions(),
    }


def _texts(path: Path) -> dict[str, str]:
    """What is measured, as it was written: each file of it by name, but for the contract."""
    files = [file for file in sources(path) if file.name != "_contract.py"]
    return {file.name: file.read_text(encoding="utf-8", errors="replace") for file in files}


def _findings(
    sweep: Sweep, digests: Mapping[str, str], texts: Mapping[str, Mapping[str, str]]
) -> dict:
    """What only the run could tell: times, threads, warnings, where the budget went."""
    names = sweep.plan.implementations
    return {
        "finished": _now(),
        "budget": sweep.budget.ledger(),
        "warnings": sweep.warnings,
        "implementations": {
            name: {
                "path": shown(path),
                "digest": digests[name],
                "doc": sweep.hellos.get(name, {}).get("doc", ""),
                "parallel": sweep.hellos.get(name, {}).get("parallel"),
                "threadpools": sweep.hellos.get(name, {}).get("threadpools", []),
                "import_ns": sweep.import_ns.get(name, []),
                "sources": texts.get(name, {}),
            }
            for name, path in names.items()
        },
    }


def _precision(sweep: Sweep, about: Mapping[str, Any]) -> dict:
    """What the run reached, as far as it came; nothing where it timed nothing."""
    if not sweep.pacing.sets or "baseline" not in about:
        return {}
    return outlook(sweep.progress, about["baseline"])


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _git_revision() -> str | None:
    """The commit that is checked out, with a + where the working tree differs from it."""
    command = ["git", "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=+"]
    try:
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()
