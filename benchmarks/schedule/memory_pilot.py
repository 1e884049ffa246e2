"""What an implementation takes of the memory, found on a small cell before its first large one."""

from benchmarks.data import SYNTHETIC
from benchmarks.results.records import Cell
from benchmarks.schedule.memory_plan import data_bytes
from benchmarks.schedule.problem_cache import CachedProblem
from benchmarks.schedule.workers import Workers
from benchmarks.worker.process import WorkerFailed

_PILOT_BYTES = 8 << 20


def smaller(cell: Cell) -> Cell:
    """A cell of the same kind with little data: fewer examples, or a shorter vector."""
    share = _PILOT_BYTES / data_bytes(cell)
    small = cell._replace(data=SYNTHETIC)
    if cell.m > 1:
        return small._replace(m=max(1, int(share * cell.m)))
    return small._replace(n_x=max(1, int(share * cell.n_x)))


def extra_ratio(
    name: str, cell: Cell, problem: CachedProblem, workers: Workers, limit_s: float
) -> float | None:
    """Its extra memory over the data, in a worker of its own for this small cell; None if it fails."""
    try:
        worker = workers.start(name, cell.threads)
    except WorkerFailed:
        return None
    try:
        doing, call = f"weighing {cell}", {"operation": cell.operation, "j": 0}
        worker.ask(doing, "load", limit_s, weigh=True, **problem.files)
        worker.ask(doing, "call", limit_s, **call)
        extra_bytes = worker.ask(doing, "memory", limit_s, **call)[0]["extra_bytes"]
    except WorkerFailed:
        return None
    finally:
        worker.close()
    return None if extra_bytes is None else extra_bytes / data_bytes(cell)
