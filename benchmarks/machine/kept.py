"""What is kept on this machine between runs: its limits, compiled code, verdicts, compared sources.

Nothing here is needed: whatever is removed is made again.
"""

import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import packages_distributions
from pathlib import Path

from benchmarks.description import described
from benchmarks.machine import describe as machine
from benchmarks.registry import ROOT, digest, everything

VARIABLE = "BENCHMARKS_KEPT"  # names another place
_MAX_NAME = 60
_MAX_COMPILED = 64  # folders: several runs of all implementations
_MAX_UNUSED_S = 30 * 86400.0
_IN_USE_S = 86400.0  # what was used within a day may be in use by another run: it stays
_COMPILERS = ("numpy", "numba", "llvmlite")
_SETTINGS = ("NUMBA_", "OPENBLAS_", "MKL_", "OMP_", "KMP_", "XLA_", "JAX_", "TORCH")


def folder() -> Path:
    """Where this machine's things are kept: one of another kind on the same disk has another folder."""
    kind = machine.kind(machine.describe())
    name = re.sub(r"[^\w.-]+", "-", str(kind["processor"] or "machine"))[:_MAX_NAME]
    identity = blake2b(repr(kind).encode(), digest_size=4).hexdigest()
    place = Path(os.environ.get(VARIABLE) or ROOT / "reports" / "machines").absolute()
    return place / f"{name}-{identity}"


def compiled_folder(path: Path, otherwise: Path | None = None) -> Path:
    """The folder of the code that is compiled of an implementation: a worker's Numba cache. Where
    nothing can be kept, `otherwise`.

    A change of any of its files, of a compiler's version or of the processor gives another folder:
    Numba alone does not see a change in a helper that a kernel calls.
    """
    key = digest_of(digest(path), settings(machine.versions(_COMPILERS)))
    place = folder() / "compiled" / key
    if use(place):
        remove_old(place.parent, _MAX_COMPILED, _MAX_UNUSED_S)
    return place if otherwise is None or os.access(place, os.W_OK) else otherwise


def settings(versions: dict[str, str]) -> str:
    """What code behaves by, besides its text: Python, the libraries' versions, processor, variables."""
    variables = {name: os.environ.get(name) for name in list(os.environ)}
    read = (*_SETTINGS, "DASK_") if "dask" in versions else _SETTINGS
    chosen = sorted(item for item in variables.items() if item[0].startswith(read))
    python = (platform.python_implementation(), platform.python_version())
    return repr((python, sorted(versions.items()), machine.processor(), chosen))


def library_versions(path: Path, more: Iterable[str] = ()) -> dict[str, str]:
    """The versions of the libraries that an implementation imports, and of `more`."""
    modules = {name for file in everything(path) for name in described(file).modules}
    imported = {name.partition(".")[0] for name in modules}
    names = {name for library in imported for name in _distributions().get(library, ())}
    return machine.versions(sorted({*names, *_COMPILERS, *more}))


@cache
def _distributions() -> dict[str, list[str]]:
    return dict(packages_distributions())


def digest_of(*parts: str | bytes) -> str:
    """16 hexadecimal digits, equal if all the parts are."""
    whole = blake2b(digest_size=8)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        whole.update(b"%d:" % len(data) + data)
    return whole.hexdigest()


def write(path: Path, text: str) -> None:
    """Write the file, whole or not at all, whoever else writes it now; where nothing can be, do not."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=".", encoding="utf-8", delete=False
        ) as file:
            file.write(text)
        Path(file.name).replace(path)


def use(place: Path) -> bool:
    """Make the folder if it is not there, and note that it is used now. Is it new?"""
    new = not place.is_dir()
    with suppress(OSError):  # nothing can be written there: then nothing is kept
        place.mkdir(parents=True, exist_ok=True)
        os.utime(place)
    return new


def remove_old(place: Path, newest: int, max_unused_s: float = float("inf")) -> None:
    """Remove what has been unused for that long, and what is not among the newest; nothing in use."""
    now, used = time.time(), {}
    for path in place.glob("*"):
        with suppress(OSError):  # another run has removed it
            used[path] = path.stat().st_mtime
    for rank, path in enumerate(sorted(used, key=lambda path: -used[path])):
        unused_s = now - used[path]
        if unused_s > _IN_USE_S and (rank >= newest or unused_s > max_unused_s):
            shutil.rmtree(path, ignore_errors=True)
            with suppress(OSError):
                path.unlink(missing_ok=True)
