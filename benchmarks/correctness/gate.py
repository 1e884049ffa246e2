"""Every trial, put to one implementation in a worker of its own: is it right, and if not, where?"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock

import numpy as np

from benchmarks.correctness.cases import SEED, Trial, random_problem, trials
from benchmarks.correctness.check import Agreement, Truth, judge, truth
from benchmarks.machine.describe import cores
from benchmarks.operations import operations
from benchmarks.problem.arguments import Problem
from benchmarks.registry import defined_names
from benchmarks.results.records import Status
from benchmarks.worker.process import Host, WorkerFailed, end_strays, environment

GATE_LIMIT_S = 30.0  # a first call may compile; one that takes longer than this is a hang
_REPEATS = 100
_AT_ONCE = 2  # implementations: nothing is timed
_ONE_AT_A_TIME = Lock()  # two implementations are examined at once, and meet the same trials


@dataclass(frozen=True)
class Verdict:
    """What the gate found for one implementation and operation; the worst error over bound."""

    implementation: str
    operation: str
    status: Status
    reason: str = ""
    ratio: float = 0.0
    calls: int = 0


Examined = tuple[Sequence[Verdict], dict]
"""What the gate has found of one implementation, and its worker's greeting."""


class Disagrees(Exception):
    """An answer that is wrong, with where and by how much."""


def examine(
    paths: Mapping[str, Path],
    wanted: set[str],
    folder: Path,
    memory_bytes: int,
    hellos: dict[str, dict],
) -> Iterator[list[Verdict]]:
    """The verdicts on each implementation as they come in; two at a time share the memory."""

    def one(name: str) -> list[Verdict]:
        return list(verdicts(name, paths[name], wanted, folder, memory_bytes, hellos))

    memory_bytes //= _AT_ONCE
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = [pool.submit(one, name) for name in paths]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:  # an interrupt, say: do not wait for the others to be examined
            pool.shutdown(wait=False, cancel_futures=True)
            end_strays()
            raise


def verdicts(
    name: str,
    path: Path,
    wanted: set[str],
    folder: Path,
    memory_bytes: int,
    hellos: dict[str, dict],
) -> Iterator[Verdict]:
    """The verdict on each wanted operation that the implementation offers, from a worker of its own.

    Its greeting is put into `hellos`. An implementation that cannot be imported gets that verdict
    for every operation that its text defines.
    """
    variables = environment(cores(), None, memory_bytes)
    work = folder / f"work-{name}"  # whatever it does there, it does to nobody else
    work.mkdir(exist_ok=True)
    try:
        host = Host(name, path, work, variables, GATE_LIMIT_S, freeze=False)
    except WorkerFailed as failure:
        for operation in sorted(wanted & _defined(path)) or sorted(wanted):
            yield Verdict(name, operation, failure.status, failure.reason)
        return
    hellos[name] = host.hello
    try:
        offered = [operation for operation in host.hello["operations"] if operation in wanted]
        yield from _verdicts(name, host, offered, folder / f"gate-{name}")
    finally:
        host.close()


def _defined(path: Path) -> set[str]:
    try:
        return defined_names(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError):
        return set()


def _verdicts(name: str, host: Host, names: Iterable[str], folder: Path) -> Iterator[Verdict]:
    """The verdict on each operation; after the worker is gone the rest share its end."""
    end: WorkerFailed | None = None
    for operation in names:
        if end is not None:
            yield Verdict(name, operation, end.status, end.reason)
            continue
        ratio, calls = 0.0, 0
        try:
            for agreement in _examine(operation, host, folder):
                ratio, calls = max(ratio, agreement.ratio), calls + 1
        except Disagrees as wrong:
            yield Verdict(name, operation, Status.DISAGREES, str(wrong), calls=calls)
        except WorkerFailed as failure:
            end = None if host.alive else failure
            yield Verdict(name, operation, failure.status, failure.reason, calls=calls)
        else:
            yield Verdict(name, operation, Status.OK, "", ratio, calls)


def _examine(operation: str, host: Host, folder: Path) -> Iterator[Agreement]:
    for trial in trials(operation, operations()[operation]):
        with _loaded(host, trial.problem, folder, f"{operation} ({trial.cell})"):
            for j in range(trial.calls):
                exact = _exact(operation, trial, j)
                doing = f"computing {operation} ({trial.cell})"
                yield _ask(host, operation, j, exact, doing, digests=True)
    yield from _examine_state(operation, host, folder)


def _examine_state(operation: str, host: Host, folder: Path) -> Iterator[Agreement]:
    """An answer follows from the values given, whatever object holds them and whatever went before."""
    module = operations()[operation]
    n_x, m = (31, 17) if module.USES_M else (37, 1)
    for order in ("C", "F"):
        first, second = (random_problem(module, n_x, m, order, k) for k in range(2))
        where = f"n_x={n_x}, m={m}, {order}, float64, seed {SEED}"
        with _loaded(host, first, folder, f"{operation} ({where})"):
            exact = truth(module, first.call(0))
            doing = f"computing {operation} a hundredth time ({where})"
            answer = _answer(host, operation, doing, "repeat", j=0, calls=_REPEATS)
            yield _judged(exact, answer, doing)
            doing = f"computing {operation} after its arguments changed in place ({where})"
            mixed = dict(first.arrays)
            for key in mixed:
                mixed[key] = second.arrays[key]
                now = Problem(first.arguments, dict(mixed))
                _load(host, now, folder, doing, in_place=True)
                exact = truth(module, now.call(0))
                yield _ask(host, operation, 0, exact, doing)


def _exact(operation: str, trial: Trial, j: int) -> Truth:
    """The truth of a trial's call, worked out once for all implementations and memory orders."""
    key = (operation, trial.cell.replace(" F,", " C,"), j)
    with _ONE_AT_A_TIME:
        if key not in _truths():
            _truths()[key] = truth(operations()[operation], trial.problem.call(j))
        return _truths()[key]


@cache
def _truths() -> dict[tuple, Truth]:
    return {}


def _ask(host, operation, j, exact, doing, digests=False) -> Agreement:
    answer = _answer(host, operation, doing, "call", j=j, digests=digests)
    return _judged(exact, answer, doing)


def _answer(host, operation, doing, do, **request) -> list[np.ndarray]:
    returns = len(operations()[operation].RETURNS)
    reply, parts = host.ask(
        GATE_LIMIT_S, doing, do, operation=operation, returns=returns, **request
    )
    if reply.get("changed"):
        raise Disagrees(f"{reply['changed'][0]} was changed in place, while {doing}")
    if "complaint" in reply:
        raise Disagrees(f"{reply['complaint']}, while {doing}")
    return parts


def _judged(exact: Truth, answer: list[np.ndarray], doing: str) -> Agreement:
    agreement = judge(exact, answer)
    if agreement.complaint:
        raise Disagrees(f"{agreement.complaint}, while {doing}")
    return agreement


@contextmanager
def _loaded(host, problem: Problem, folder: Path, cell: str):
    _load(host, problem, folder, f"preparing {cell}")
    yield
    shutil.rmtree(folder, ignore_errors=True)


def _load(host, problem: Problem, folder: Path, doing: str, in_place=False) -> None:
    problem.save(folder)
    host.ask(GATE_LIMIT_S, doing, "load", in_place=in_place, **problem.in_folder(folder))
