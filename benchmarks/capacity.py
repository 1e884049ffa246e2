"""This machine's limits: measured once, by probes in processes of their own, and kept."""

import re
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks import limits, machine
from benchmarks.host import environment
from benchmarks.registry import ROOT

KEPT = ROOT / "reports" / "machines"
_FILE = "limits.csv"
_LIMIT_S = 300.0
_WHO = ("name", "processor", "architecture", "cores", "memory_bytes", "vector_instructions")


class ProbeError(RuntimeError):
    """The probes did not come back with a table; the message says what they said."""


def folder() -> Path:
    """Where what is known of this machine is kept: another machine on the same disk has another."""
    about = machine.describe()
    digest = blake2b(repr([about[name] for name in _WHO]).encode(), digest_size=4).hexdigest()
    return KEPT / (re.sub(r"[^\w.-]+", "-", str(about["name"] or "machine")) + f"-{digest}")


def kept() -> bool:
    """Has this machine been measured before?"""
    return (folder() / _FILE).is_file()


def known() -> pd.DataFrame:
    """The table of limits as it is kept; measured first if there is none."""
    return pd.read_csv(folder() / _FILE) if kept() else measured()


def measured() -> pd.DataFrame:
    """Measure, and keep of each rate the best there ever was."""
    path = folder() / _FILE
    before = [pd.read_csv(path)] if kept() else []
    table = limits.best([*before, *map(_probe, sorted({1, machine.cores()}))])
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    table.to_csv(beside, index=False)
    beside.replace(path)
    return table


def _probe(threads: int) -> pd.DataFrame:
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / _FILE
        done = subprocess.run(
            [sys.executable, "-P", "-m", "benchmarks.probes", str(threads), str(path)],
            env=environment(threads, None, 0),
            cwd=scratch,
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
        )
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            raise ProbeError(f"the probes of this machine's limits failed; they said: {said[:200]}")
        return pd.read_csv(path)
