"""This machine's limits: measured once, by probes in processes of their own, and kept."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks.errors import UserError
from benchmarks.machine import describe as machine
from benchmarks.machine import kept, roofline
from benchmarks.results.tables import StoreError, limits_table
from benchmarks.worker.environment import environment

MAX_BYTES = 1 << 29  # far beyond a third cache
_FILE = "limits.csv"
_TIMEOUT_S = 300.0
Watch = Callable[[str, float], None]


class ProbeError(UserError):
    """The probes left no table; the message holds their last line."""

    exit_status = 1


def read_limits() -> pd.DataFrame | None:
    """The table of limits, if this machine has been measured before and it can be read."""
    try:
        table = limits_table(kept.folder() / _FILE)
    except (OSError, StoreError):
        return None
    return table if len(table) else None


def limits(watch: Watch = lambda *_: None, again: bool = False) -> pd.DataFrame:
    """The table of limits that is kept; measured if there is none, or `again`, reporting to `watch`.

    Of each kind the best rate ever measured is kept.
    """
    before = read_limits()
    if before is not None and not again:
        return before
    watch("measuring what this machine can do at best", 0.0)
    now = [_probe(threads) for threads in sorted({1, machine.cores()})]
    table = roofline.best(now if before is None else [before, *now])
    kept.write(kept.folder() / _FILE, table.to_csv(index=False))
    return table


def _probe(threads: int, max_bytes: int = MAX_BYTES) -> pd.DataFrame:
    """A table of limits for a thread count, from reading memory up to `max_bytes`."""
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / _FILE
        command = [sys.executable, "-P", "-m", "benchmarks.machine.probes"]
        command += [str(threads), str(max_bytes), str(path)]
        env = environment(threads, None, 0)
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, cwd=scratch, env=env, timeout=_TIMEOUT_S
            )
        except subprocess.TimeoutExpired:
            raise ProbeError(
                f"the probes of this machine's limits took over {_TIMEOUT_S:.0f} s"
            ) from None
        if done.returncode:
            last_line = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
            raise ProbeError(f"the probes of this machine's limits failed: {last_line[:200]}")
        return pd.read_csv(path)
