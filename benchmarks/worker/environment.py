"""Where workers live: their environment variables, and a scratch folder for the arrays of a run."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.registry import ROOT
from benchmarks.worker.fork_server import SCRATCH
from benchmarks.worker.orphans import end_orphans

_MEMORY = Path("/dev/shm")  # files here are in memory (Linux)


def environment(threads: int, cache: Path | None, memory_bytes: int) -> dict[str, str]:
    """The worker's environment: the thread count, for everything that reads one at its start."""
    names = ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "NUMBA")
    settings = {f"{name}_NUM_THREADS": str(threads) for name in names}
    settings["VECLIB_MAXIMUM_THREADS"] = str(threads)
    if threads == 1:  # XLA takes no number, only a switch
        settings["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    if cache is not None:
        settings["NUMBA_CACHE_DIR"] = str(cache)
    # Another thread may remove a variable meanwhile: list the names at once, expect none of them.
    texts = ((name, os.environ.get(name)) for name in list(os.environ))
    return {
        **{name: text for name, text in texts if text is not None},
        **settings,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHONHASHSEED": "random",
        "BENCHMARKS_MEMORY_BYTES": str(memory_bytes),
    }


@contextmanager
def scratch() -> Iterator[Path]:
    """A scratch folder. In the end it is removed, and so is every process that a worker left."""
    folder = scratch_folder()
    try:
        yield folder
    finally:
        end_orphans()
        shutil.rmtree(folder, ignore_errors=True)


def other_runs() -> list[int]:
    """The process ids of the other conductors that are at work on this machine now."""
    return [p for p in _folders_by_conductor() if p != os.getpid() and _is_alive(p)]


def _is_alive(pid: int) -> bool:
    """Is there such a process, and has it not ended? A zombie has."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _folders_by_conductor() -> dict[int, list[Path]]:
    """The scratch folders that there are, by the process id of the conductor in their names."""
    folders: dict[int, list[Path]] = {}
    for base in (_MEMORY, Path(tempfile.gettempdir())):
        for folder in base.glob(f"{SCRATCH}*-*"):
            pid = folder.name.split("-")[2]
            if pid.isdigit():
                folders.setdefault(int(pid), []).append(folder)
    return folders


def scratch_folder() -> Path:
    """A new folder for a run's arrays, in memory where the system has such a place.

    The folders of runs that were killed are removed.
    """
    roomy = _MEMORY.is_dir() and psutil.disk_usage(str(_MEMORY)).free > 1 << 31
    base = _MEMORY if roomy else Path(tempfile.gettempdir())
    for pid, folders in _folders_by_conductor().items():
        if not _is_alive(pid):
            for folder in folders:
                shutil.rmtree(folder, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{SCRATCH}{os.getpid()}-", dir=base))
