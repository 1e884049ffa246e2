"""What the gate found of an implementation, and its verdicts that are kept between runs.

A verdict holds for the code, the libraries, the gate, the processor and its cores together: a change
of any is another file. Only what passed is kept. A failure may have been the machine's, and is looked
at anew.
"""

import json
import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.machine import kept
from benchmarks.machine.describe import cores
from benchmarks.registry import ROOT, digest
from benchmarks.results.records import Status

_CHECKERS = ("scipy", "mpmath", "threadpoolctl")
_GATE = ("correctness/*.py", "operations/*.py", "problem/**/*.py", "worker/*.py", "registry.py")
_MAX_FILES = 512


@dataclass(frozen=True)
class Finding:
    """What the gate found of one implementation and operation. `ratio` is the worst error / bound."""

    implementation: str
    operation: str
    status: Status
    reason: str = ""
    ratio: float = 0.0
    calls: int = 0


class Examination(NamedTuple):
    """One implementation's findings, and its worker's handshake (empty if it never started).

    `compile_ns` is how long the longest first call took, for each "operation dtype order", on the day
    `compiled_on` (UTC, YYYY-MM-DD), with no compiled code at hand. First calls are those on short
    arrays, and those on long ones less the same call again, where that is over half a second: some
    compile for these anew. Two implementations were examined at a time, so it is an upper estimate.
    It is empty where nothing is kept. `output` is the end of what the worker had written, if it failed.
    """

    implementation: str
    findings: Sequence[Finding]
    handshake: Mapping[str, Any]
    compile_ns: Mapping[str, int] = {}
    compiled_on: str = ""
    output: str = ""

    def of(self, wanted: Collection[str]) -> "Examination":
        """The part that is about the wanted operations."""
        findings = [finding for finding in self.findings if finding.operation in wanted]
        ns = {key: ns for key, ns in self.compile_ns.items() if key.split()[0] in wanted}
        return self._replace(findings=findings, compile_ns=ns)

    def merged(self, now: "Examination", compile_ns: Mapping, compiled_on: str) -> "Examination":
        """This one with the findings of `now`, which was about other operations, and its first calls."""
        return Examination(
            self.implementation,
            [*self.findings, *now.findings],
            now.handshake or self.handshake,
            {**self.compile_ns, **compile_ns},
            min(filter(None, (self.compiled_on, compiled_on)), default=""),
            now.output,
        )


def gate_digest() -> str:
    """A digest of all code that a verdict depends on, besides the implementation's own."""
    folder = ROOT / "benchmarks"
    files = sorted(path for pattern in _GATE for path in folder.glob(pattern))
    return kept.digest_of(*(path.read_bytes() for path in files))


def verdict_file(path: Path) -> Path:
    """Where the verdict on the implementation at `path` is kept, as it is now."""
    settings = kept.settings(kept.library_versions(path, _CHECKERS))
    key = kept.digest_of(digest(path), settings, gate_digest(), str(cores()))
    return kept.folder() / "verdicts" / f"{key}.json"


def read_kept(file: Path, name: str) -> Examination | None:
    """The examination that is kept, as one of `name`; None if there is none that can be read."""
    try:
        text = json.loads(file.read_text(encoding="utf-8"))
        findings = [
            Finding(name, str(operation), Status.OK, "", float(ratio), int(calls))
            for operation, (ratio, calls) in text["passed"].items()
        ]
        handshake = text["handshake"]
        compile_ns = {str(key): int(ns) for key, ns in text["compile_ns"].items()}
        if not {"operations", "parallel", "import_ns", "threadpools"} <= set(handshake):
            return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    with suppress(OSError):
        os.utime(file)
    return Examination(name, findings, handshake, compile_ns, str(text.get("compiled_on", "")))


def keep(file: Path, examination: Examination) -> None:
    """Keep what passed, if the worker started."""
    if not examination.handshake:
        return
    passed = {f.operation: [f.ratio, f.calls] for f in examination.findings if f.status == "ok"}
    text = {
        "implementation": examination.implementation,
        "handshake": dict(examination.handshake),
        "passed": passed,
        "compile_ns": dict(examination.compile_ns),
        "compiled_on": examination.compiled_on,
    }
    kept.write(file, json.dumps(text, indent=1))
    kept.remove_old(file.parent, _MAX_FILES)


def first_calls(folder: Path, measured: Mapping[str, int], today: str) -> tuple[dict, str]:
    """The longest that each first call ever took, in nanoseconds, and the oldest date of any.

    `folder` holds the compiled code. First calls that found it there did not compile.
    """
    file = folder / "first_calls.json"
    try:
        text = json.loads(file.read_text(encoding="utf-8"))
        before = {str(key): (int(ns), str(day)) for key, (ns, day) in text.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        before = {}
    now = {key: (ns, today) for key, ns in measured.items()}
    calls = before | {key: max(now[key], before.get(key, now[key])) for key in now}
    if calls != before:
        kept.write(file, json.dumps(calls, indent=1))
    oldest = min((calls[key][1] for key in measured), default="")
    return {key: calls[key][0] for key in measured}, oldest
