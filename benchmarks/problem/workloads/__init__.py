"""Named sets of sizes: one file a workload, and the folder is the registry.

The first line of a workload's docstring is the question that it answers. The module defines

    sizes()           its sizes, a list of Size
    DEFAULT = True    if it likes: a run without --workload measures it
    PLACE = 10        if it likes: where it comes in a plan, the smallest first
    ESSENTIAL = True  if it likes: its cells are measured for everyone, however long a call takes
"""

from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from benchmarks.description import described
from benchmarks.registry import members

_LAST = 1000
_CONSTANTS = {
    name: described(path).constants for name, path in members(Path(__file__).parent).items()
}
WORKLOADS = tuple(sorted(_CONSTANTS, key=lambda name: _CONSTANTS[name].get("PLACE", _LAST)))
DEFAULT_WORKLOADS = tuple(name for name in WORKLOADS if _CONSTANTS[name].get("DEFAULT") is True)
ESSENTIAL_WORKLOADS = tuple(n for n in WORKLOADS if _CONSTANTS[n].get("ESSENTIAL") is True)


class Size(NamedTuple):
    """A cell, but for dtype and threads. n_x and m are None where the data decides.

    `order` and `threads` are for a workload that asks of several; --order and --threads have the last
    word, and all cores are usual.
    """

    operation: str
    n_x: int | None
    m: int | None
    data: str = "synthetic"
    order: str = "C"
    threads: int | None = None


def sizes_of(workload: str) -> list[Size]:
    """The sizes of one of the WORKLOADS."""
    return import_module(f"{__name__}.{workload}").sizes()
