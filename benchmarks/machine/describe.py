"""What this computer is, and what runs on it."""

import os
import platform
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil
from cpuinfo import get_cpu_info

from benchmarks import cgroup

_KIND = ("processor", "architecture", "cores")
_UNKNOWN_CACHE_BYTES = 64 << 20
_MEMORY_MAY_DIFFER = 0.02  # a kernel keeps more or less of it to itself
LIBRARIES = ("numpy", "numba", "scipy", "pandas", "matplotlib", "scikit-learn", "scikit-image")


def cores() -> int:
    """The processors that this process may use: by its affinity, and by a container's quota."""
    if hasattr(os, "sched_getaffinity"):
        allowed = len(os.sched_getaffinity(0))
    else:
        allowed = os.cpu_count() or 1
    return max(1, int(min(allowed, cgroup.cpu_quota())))


def kind(about: Mapping[str, Any]) -> dict[str, Any]:
    """What times depend on, of what `describe` gives. A machine keeps it under another name."""
    return {name: about.get(name) for name in _KIND}


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """What tells two machines apart, each as "what this and that"; nothing if they may be the same."""
    texts = [
        f"{name} {one.get(name)} and {other.get(name)}"
        for name in _KIND
        if one.get(name) != other.get(name)
    ]
    first, second = (about.get("memory_bytes") or 0 for about in (one, other))
    if abs(first - second) > _MEMORY_MAY_DIFFER * max(first, second):
        texts.append(f"memory {first} and {second} bytes")
    return texts


def worker_memory_bytes() -> int:
    """What one worker may take: a share of what is free now, so that the conductor has some too."""
    return int(0.6 * cgroup.memory().available)


@cache
def _cpu() -> dict[str, Any]:
    return get_cpu_info()


def processor() -> str:
    """The processor's name and everything that it can do: what compiled code is made for."""
    return " ".join([_cpu().get("brand_raw", ""), *sorted(_cpu().get("flags", []))])


@cache
def describe() -> dict:
    """The processor, its caches, memory, system and Python; blank is unknown."""
    cpu = _cpu()
    frequency = psutil.cpu_freq() if hasattr(psutil, "cpu_freq") else None
    return {
        "name": platform.node(),
        "processor": cpu.get("brand_raw", platform.processor()),
        "architecture": platform.machine(),
        "cores": cores(),
        "physical_cores": psutil.cpu_count(logical=False),
        "frequency_mhz": frequency.max or frequency.current if frequency else None,
        **_caches(),
        "vector_instructions": [
            f for f in ("avx2", "avx512f", "asimd") if f in cpu.get("flags", [])
        ],
        "memory_bytes": cgroup.memory().total,
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _caches() -> dict[str, int]:
    """The first processor's data caches, where Linux tells; py-cpuinfo confuses L2 and L3 there."""
    sizes = {}
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        with suppress(OSError, ValueError):
            level, kind, size = ((index / n).read_text().strip() for n in ("level", "type", "size"))
            if kind != "Instruction":
                sizes[f"l{level}_cache_bytes"] = int(size.removesuffix("K")) * 1024
    return sizes


def cache_bytes() -> int:
    """What the data caches hold, all of them together; much, where the system does not tell.

    The last one counts as one: of several, a process reaches one.
    """
    sizes = sorted(_caches().values())
    return cores() * sum(sizes[:-1]) + sizes[-1] if sizes else _UNKNOWN_CACHE_BYTES


def versions(names: Iterable[str] = LIBRARIES) -> dict[str, str]:
    """The versions of the libraries that are installed."""
    installed = {}
    for name in names:
        with suppress(PackageNotFoundError):
            installed[name] = version(name)
    return installed
