"""The gate: every case, put to one implementation in a worker of its own, before anything is timed."""

import shutil
from collections.abc import Collection, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from benchmarks.correctness.cases import SEED, Case, cases, random_problem
from benchmarks.correctness.check import Deviation, Reference, check, reference
from benchmarks.correctness.examination import (
    Examination,
    Finding,
    first_calls,
    keep,
    read_kept,
    verdict_file,
)
from benchmarks.description import described
from benchmarks.machine.describe import cores
from benchmarks.machine.kept import compiled_folder
from benchmarks.operations import operations
from benchmarks.problem.arguments import Problem
from benchmarks.results.records import Status
from benchmarks.worker.environment import environment
from benchmarks.worker.orphans import end_orphans
from benchmarks.worker.process import Reply, WorkerFailed, WorkerProcess

GATE_LIMIT_S = 60.0  # a first call may compile, on a busy machine too; beyond this it is a hang
_REPEATS = 100
_COMPILES_NS = 500_000_000  # a longer call is made again, to tell compiling from computing
_PARALLEL = 2  # implementations at a time: nothing is timed
_REFERENCES: dict[tuple, Reference] = {}  # of the cases: all implementations meet the same
_SAVED: dict[Path, Mapping[str, Any]] = {}  # what a worker needs to load the files of a short case
_LOCK = Lock()


def examine_all(
    paths: Mapping[str, Path],
    wanted: Collection[str],
    folder: Path,
    memory_bytes: int,
    kept: bool = False,
) -> Generator[Examination, None, None]:
    """The examination of each implementation as it ends; two at a time share the memory.

    Those that import least begin: pure Python takes longest.

    If `kept`, verdicts and compiled code are kept between runs (machine/kept.py). If not, everything
    is looked at anew, and compiled anew in `folder`.
    """
    memory_bytes //= _PARALLEL
    with ThreadPoolExecutor(_PARALLEL) as pool:
        futures = [
            pool.submit(examine, name, paths[name], wanted, folder, memory_bytes, kept=kept)
            for name in sorted(paths, key=lambda name: len(described(paths[name]).libraries))
        ]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:  # an interrupt, say: do not wait for the rest
            pool.shutdown(wait=False, cancel_futures=True)
            end_orphans()
            raise


def examine(
    name: str,
    path: Path,
    wanted: Collection[str],
    folder: Path,
    memory_bytes: int,
    limit_s: float = GATE_LIMIT_S,
    kept: bool = False,
) -> Examination:
    """Examine each wanted operation that the implementation offers, in a worker of its own.

    An implementation that cannot be imported fails in every wanted operation that its text defines.
    If `kept`, only operations without a kept verdict are examined; perhaps no worker is started.
    """
    if not kept:
        return _examine(name, path, wanted, folder, memory_bytes, limit_s, folder / "numba")[0]
    file = verdict_file(path)
    before = read_kept(file, name) or Examination(name, [], {})
    passed = {finding.operation for finding in before.findings}
    offered = before.handshake.get("operations", wanted)
    missing = [op for op in wanted if op in offered and op not in passed]
    if missing or not before.handshake:
        compiled = compiled_folder(path, otherwise=folder / "numba")
        now, calls_ns = _examine(name, path, missing, folder, memory_bytes, limit_s, compiled)
        today = datetime.now(UTC).date().isoformat()
        before = before.merged(now, *first_calls(compiled, calls_ns, today))
        with suppress(OSError):  # it may have been removed meanwhile
            if verdict_file(path) == file:  # or edited
                keep(file, before)
    return before.of(wanted)


def _examine(
    name: str,
    path: Path,
    wanted: Collection[str],
    folder: Path,
    memory_bytes: int,
    limit_s: float,
    compiled: Path,
) -> tuple[Examination, Mapping[str, int]]:
    """The examination in a worker, and its longest first calls by "operation dtype order"."""
    variables = environment(cores(), compiled, memory_bytes)
    work = folder / f"work-{name}"  # a folder of its own: what it does there harms nobody
    work.mkdir(exist_ok=True)
    try:
        worker = WorkerProcess(name, path, work, variables, limit_s, freeze=False)
    except WorkerFailed as failure:
        failed = sorted(described(path).names.intersection(wanted)) or sorted(wanted)
        findings = [Finding(name, op, failure.status, failure.reason) for op in failed]
        return Examination(name, findings, {}, output=failure.output), {}
    examiner = _Examiner(worker, folder / f"gate-{name}", {})
    try:
        offered = [op for op in worker.handshake["operations"] if op in wanted]
        findings = list(_findings(name, offered, examiner))
    finally:
        worker.close()
        shutil.rmtree(examiner.folder, ignore_errors=True)
    passed = all(finding.status is Status.OK for finding in findings)
    output = "" if passed else worker.output()
    return Examination(name, findings, worker.handshake, output=output), examiner.first_ns


def _findings(name: str, offered: Collection[str], examiner: "_Examiner") -> Iterator[Finding]:
    """The finding on each operation; after the worker has ended, the rest share its failure."""
    end: WorkerFailed | None = None
    for operation in offered:
        ratio, calls = 0.0, 0
        try:
            if end is not None:
                raise end
            for deviation in examiner.deviations(operation):
                ratio, calls = max(ratio, deviation.ratio), calls + 1
        except WorkerFailed as failure:
            end = None if examiner.worker.alive else failure
            yield Finding(name, operation, failure.status, failure.reason, calls=calls)
        else:
            yield Finding(name, operation, Status.OK, "", ratio, calls)


class _Examiner(NamedTuple):
    """A worker, the folder through which it gets its problems, and the longest first calls so far.

    `first_ns` is filled, by "operation dtype order".
    """

    worker: WorkerProcess
    folder: Path
    first_ns: dict[str, int]

    def deviations(self, operation: str) -> Iterator[Deviation]:
        """The deviation of every answer; the first wrong answer raises WorkerFailed."""
        for case in cases(operations()[operation]):
            self._load(_saved(operation, case, self.folder), f"preparing {operation} ({case.name})")
            for j in range(case.calls):
                yield self._call(operation, case, j)
        yield from self._state_deviations(operation)

    def _call(self, operation: str, case: Case, j: int) -> Deviation:
        expected = _reference(operation, case, j)
        doing = f"computing {operation} ({case.name})"
        request: dict[str, Any] = {"operation": operation, "j": j, "digests": True}
        reply = self.worker.ask(doing, "call", **request)
        deviation = check_reply(reply, expected, f"while {doing}")
        first_ns = reply[0]["elapsed_ns"]
        if first_ns > _COMPILES_NS:  # what it takes when nothing is compiled does not count
            first_ns -= self.worker.ask(doing, "call", **request)[0]["elapsed_ns"]
        if case.short or first_ns > _COMPILES_NS:
            key = f"{operation} {case.layout}"
            self.first_ns[key] = max(first_ns, self.first_ns.get(key, 0))
        return deviation

    def _state_deviations(self, operation: str) -> Iterator[Deviation]:
        """An answer depends on the values alone: not on the objects that hold them, nor on past calls."""
        module = operations()[operation]
        n_x, m = (31, 17) if module.USES_M else (37, 1)
        request: dict[str, Any] = {"operation": operation, "j": 0}
        for order in ("C", "F"):
            first, second = (random_problem(module, n_x, m, order, k) for k in range(2))
            where = f"n_x={n_x}, m={m}, {order}, float64, seed {SEED}"
            self._load(first.save(self.folder / "state"), f"preparing {operation} ({where})")
            doing = f"computing {operation} a hundredth time ({where})"
            reply = self.worker.ask(doing, "call", calls=_REPEATS, **request)
            yield check_reply(reply, reference(module, first.call(0)), f"while {doing}")
            doing = f"computing {operation} after its arguments changed in place ({where})"
            mixed = dict(first.arrays)
            for key in mixed:
                mixed[key] = second.arrays[key]
                changed = Problem(first.arguments, dict(mixed))
                self._load(changed.save(self.folder / "state"), doing, in_place=True)
                reply = self.worker.ask(doing, "call", **request)
                yield check_reply(reply, reference(module, changed.call(0)), f"while {doing}")

    def _load(self, saved: Mapping[str, Any], doing: str, in_place: bool = False) -> None:
        self.worker.ask(doing, "load", in_place=in_place, **saved)


def _saved(operation: str, case: Case, folder: Path) -> Mapping[str, Any]:
    """The case as files: a short one beside `folder`, written once for all implementations."""
    if not case.short:
        return case.problem.save(folder / "long")
    place = folder.parent / "cases" / f"{operation}, {case.name}"
    with _LOCK:
        if place not in _SAVED or not place.is_dir():
            _SAVED[place] = case.problem.save(place)
        return _SAVED[place]


def check_reply(
    reply: Reply, reference: Reference, where: str, digests: Mapping[str, str] | None = None
) -> Deviation:
    """The deviation of the answer in a worker's reply.

    `digests` are those of the arguments before the call. A wrong answer raises WorkerFailed, whose
    reason ends with `where`; so does an argument that was changed.
    """
    message, parts = reply
    after = message.get("digests", {})
    changed = [key for key, text in (digests or {}).items() if after.get(key, text) != text]
    changed += message.get("changed", [])
    complaint = f"{changed[0]} was changed in place" if changed else message.get("complaint")
    deviation = Deviation(complaint=complaint) if complaint else check(reference, parts)
    if deviation.complaint:
        raise WorkerFailed(Status.DISAGREES, f"{deviation.complaint}, {where}")
    return deviation


def _reference(operation: str, case: Case, j: int) -> Reference:
    """The reference of a case's call, computed once for all implementations and memory orders."""
    key = (operation, case.name.replace(" F,", " C,"), j)
    with _LOCK:  # two implementations are examined at a time
        if key not in _REFERENCES:
            _REFERENCES[key] = reference(operations()[operation], case.problem.call(j))
        return _REFERENCES[key]
