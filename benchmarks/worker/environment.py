"""Where workers live: their environment variables, and a scratch folder for the arrays of a run."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.registry import ROOT
from benchmarks.worker.orphans import end_orphans


def environment(threads: int, cache: Path | None, memory_bytes: int) -> dict[str, str]:
    """The worker's environment: the thread count, for everything that reads one at its start."""
    names = ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB_MAXIMUM", "NUMEXPR", "NUMBA")
    settings = {f"{name}_NUM_THREADS": str(threads) for name in names}
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


def scratch_folder() -> Path:
    """A new folder for a run's arrays, in memory where the system has such a place.

    The folders of runs that were killed are removed.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and psutil.disk_usage(str(memory)).free > 1 << 31
    base = memory if roomy else Path(tempfile.gettempdir())
    for folder in base.glob("benchmarks-run-*-*"):
        pid = folder.name.split("-")[2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"benchmarks-run-{os.getpid()}-", dir=base))
