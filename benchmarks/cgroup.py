"""What a container, a service or a job may use of the machine: the limits of its control groups (Linux).

Both versions are read. A limit of an outer group holds for all inside it: the least one counts.
"""

from collections.abc import Iterator
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import NamedTuple

import psutil

_ROOT, _GROUPS = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")


class Memory(NamedTuple):
    """Bytes that this process may use in all, and those that it could take now."""

    total: int
    available: int


def cpu_quota(root: Path = _ROOT, groups: Path = _GROUPS) -> float:
    """The processors' time per second that the groups may use, in processors; infinite without a limit."""
    quotas = [inf]
    for folder in _folders(root, groups, "cpu"):
        if limits := _text(folder / "cpu.max").split():
            quota, period = _number(limits[0]), _number(limits[-1])
        else:
            quota, period = (
                _number(_text(folder / f"cpu.cfs_{n}_us")) for n in ("quota", "period")
            )
        if quota and period and quota > 0:
            quotas.append(quota / period)
    return min(quotas)


def throttled(root: Path = _ROOT, groups: Path = _GROUPS) -> int:
    """How often a quota has stopped the processes of these groups."""
    return sum(
        _entry(folder, "cpu.stat", "nr_throttled") for folder in _folders(root, groups, "cpu")
    )


def memory(root: Path = _ROOT, groups: Path = _GROUPS) -> Memory:
    """The machine's memory, or what the groups may use of it."""
    machine = psutil.virtual_memory()
    total, available = machine.total, machine.available
    for folder in _folders(root, groups, "memory"):
        for limit_file, used_file in (
            ("memory.max", "memory.current"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes"),
        ):
            limit, used = (_number(_text(folder / name)) for name in (limit_file, used_file))
            if limit is not None and used is not None:
                # Files that were read can be dropped, and are not what a process takes.
                cached = _entry(folder, "memory.stat", "inactive_file")
                total = min(total, int(limit))
                available = min(available, max(0, int(limit - used + cached)))
    return Memory(total, available)


def _folders(root: Path, groups: Path, controller: str) -> Iterator[Path]:
    """The folders of the groups that this process is in, for the controller, from inside to outside."""
    for line in _text(groups).splitlines():
        number, controllers, path = [*line.split(":", 2), "", ""][:3]
        if number == "0":
            bases = [root, root / "unified"]
        elif controller in controllers.split(","):
            bases = [root / controllers, root / controller]
        else:
            continue
        for base in bases:
            folder = base / path.strip("/")
            while True:
                if folder.is_dir():  # in a container the outer part of the path is not there
                    yield folder
                if folder == base:
                    break
                folder = folder.parent


def _text(path: Path) -> str:
    with suppress(OSError, UnicodeDecodeError):
        return path.read_text()
    return ""


def _number(text: str) -> float | None:
    with suppress(ValueError):  # "max" is no limit
        return float(text)
    return None


def _entry(folder: Path, file: str, key: str) -> int:
    for line in _text(folder / file).splitlines():
        name, _, value = line.partition(" ")
        if name == key:
            return int(_number(value) or 0)
    return 0
