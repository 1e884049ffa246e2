"""Who is measured in each cell: who passed the gate, until an outcome says why no longer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from benchmarks.correctness.examination import Examination, Finding
from benchmarks.registry import FOLDER
from benchmarks.results.records import Cell, Outcome, Recorder, Status
from benchmarks.schedule.plan import Plan

NOT_REACHED = "the run was stopped before it came to this cell"


class Participants:
    """The implementations that are still in each cell, in the order of the plan."""

    def __init__(self, plan: Plan, recorder: Recorder):
        self.recorder = recorder
        self._plan = plan
        self._examinations: Mapping[str, Examination] = {}
        self._names: dict[Cell, list[str]] = {cell: [] for cell in plan.cells}

    def names(self, cell: Cell) -> Sequence[str]:
        return tuple(self._names[cell])

    def refuse(self, examination: Examination) -> None:
        """Record what the implementation failed in, in every cell of those operations."""
        for finding in examination.findings:
            if finding.status is not Status.OK:
                for cell in (c for c in self._names if c.operation == finding.operation):
                    name, reason = finding.implementation, self._reason(finding)
                    self.recorder.add(Outcome(name, cell, finding.status, reason))
        self.recorder.add_output(examination.implementation, examination.output)

    def _reason(self, finding: Finding) -> str:
        """The finding's reason, and how to repeat it, but for a revision, which is gone after the run."""
        if finding.status is Status.UNAVAILABLE or "@" in finding.implementation:
            return finding.reason
        path = self._plan.implementations[finding.implementation]
        asked = f"IMPLEMENTATION={path.stem}" if path.parent == FOLDER else f"ADD={path}"
        return f"{finding.reason}. See it again: make check {asked}"

    def admit(self, examinations: Mapping[str, Examination], cells: Sequence[Cell]) -> None:
        """Enter every implementation whose code passed in the operation of the cell.

        If the run stops before a cell is measured, its outcomes say that.
        """
        self._examinations = examinations
        findings = [f for examination in examinations.values() for f in examination.findings]
        passed = {(f.implementation, f.operation) for f in findings if f.status is Status.OK}
        for cell in cells:
            for name in self._plan.implementations:
                if (self._plan.code_of(name), cell.operation) in passed:
                    self._names[cell].append(name)
                    self.recorder.add(Outcome(name, cell, Status.SKIPPED, NOT_REACHED))

    def outcome(self, name: str, cell: Cell) -> Outcome:
        """The outcome to go on with: what was measured before, or a new one."""
        before = self.recorder.outcomes[name, cell]
        if before.status is Status.OK:
            return before
        code = self._examinations[self._plan.code_of(name)]
        compile_ns = code.compile_ns.get(f"{cell.operation} {cell.dtype} {cell.order}")
        day = code.compiled_on if compile_ns else ""
        return Outcome(name, cell, Status.OK, compile_ns=compile_ns, compiled_on=day)

    def leave_out(
        self, name: str, cell: Cell, status: Status, reason: str, output: str = ""
    ) -> None:
        """Leave it out of a cell run that has not begun."""
        self.leave(self.outcome(name, cell), status, reason, output)

    def leave(self, outcome: Outcome, status: Status, reason: str, output: str = "") -> None:
        """It is measured no more in this cell; the outcome says why, `output` what it had written."""
        self._names[outcome.cell].remove(outcome.implementation)
        self.recorder.add(replace(outcome, status=status, reason=reason))
        self.recorder.add_output(outcome.implementation, output)
