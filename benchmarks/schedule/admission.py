"""From what the gate found to who is measured: failures become outcomes, the rest participants."""

from collections.abc import Iterable
from itertools import product

from benchmarks.correctness.gate import Examination, Finding
from benchmarks.registry import FOLDER
from benchmarks.results.recorder import Recorder
from benchmarks.results.records import Cell, Outcome, Status
from benchmarks.schedule.participants import Participants
from benchmarks.schedule.plan import Plan


def record_failures(examination: Examination, plan: Plan, recorder: Recorder) -> None:
    """Record an outcome in every cell of the operations that the implementation failed in."""
    failed = [finding for finding in examination.findings if finding.status is not Status.OK]
    for finding, cell in product(failed, plan.cells):
        if cell.operation == finding.operation:
            name, reason = finding.implementation, _reason(finding, plan)
            recorder.add(Outcome(name, cell, finding.status, reason))


def _reason(finding: Finding, plan: Plan) -> str:
    """The finding's reason, and how to repeat it, but for a revision, which is gone after the run."""
    if finding.status is Status.UNAVAILABLE or "@" in finding.implementation:
        return finding.reason
    path = plan.implementations[finding.implementation]
    asked = f"IMPLEMENTATION={path.stem}" if path.parent == FOLDER else f"ADD={path}"
    return f"{finding.reason}. See it again: make check {asked}"


def admit(
    examinations: Iterable[Examination],
    plan: Plan,
    cells: Iterable[Cell],
    participants: Participants,
) -> None:
    """Enter every implementation into those `cells` whose operation it passed, or whose code did."""
    findings = [finding for examination in examinations for finding in examination.findings]
    passed = {(f.implementation, f.operation) for f in findings if f.status is Status.OK}
    for cell, name in product(cells, plan.implementations):
        if (plan.code_of(name), cell.operation) in passed:
            participants.enter(name, cell)
