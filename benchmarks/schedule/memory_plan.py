"""What a cell takes of the memory, told before it is begun; and who is measured together, so that all fit."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from benchmarks import cgroup, format
from benchmarks.results.records import Cell, Outcome

LARGE_BYTES = 32 << 20  # data this large is held once, for all who can share it; no cache keeps it
_RESERVE_SHARE = 0.1  # of the machine's memory, for the system and the conductor
_OWN_BYTES = 200 << 20  # of a worker without data: its libraries and compiled code
_TELLING_BYTES = 1 << 20  # of data, below which extra memory is not the data's
_UNKNOWN_RATIO = 1.5  # of extra memory to data, where no cell of the implementation tells


def data_bytes(cell: Cell) -> int:
    """X or what is in its place, roughly: vectors and labels are small beside it or as large as it."""
    return cell.n_x * cell.m * np.dtype(cell.dtype).itemsize


def free_bytes() -> int:
    """What a run may take now without the system having to end anybody."""
    memory = cgroup.memory()
    return int(memory.available - _RESERVE_SHARE * memory.total)


def known_ratio(name: str, cell: Cell, outcomes: Iterable[Outcome]) -> float | None:
    """What the implementation takes beyond the data, over the data, in the largest cell where that was
    measured; None if in no cell that is large enough to tell."""
    known = {
        data_bytes(o.cell): o.extra_bytes
        for o in outcomes
        if o.implementation == name
        and o.cell.operation == cell.operation
        and o.extra_bytes is not None
    }
    largest = max(known, default=0)
    return known[largest] / largest if largest >= _TELLING_BYTES else None


def extra_bytes(ratio: float | None, cell: Cell) -> int:
    """What a worker takes beyond the cell's data, by that ratio: what `prepare` makes and a call needs
    grow with the data, if at all."""
    ratio = _UNKNOWN_RATIO if ratio is None else ratio
    return _OWN_BYTES + int(ratio * data_bytes(cell))


def groups(
    needed: Mapping[str, int], partners: Mapping[str, str], available: int
) -> tuple[list[list[str]], dict[str, str]]:
    """Who is measured together, and who is not at all, with the reason.

    Each group fits in `available` bytes and has the partner of everyone in it, if that is in the race.
    """
    grouped: list[list[str]] = []
    refused: dict[str, str] = {}
    for name in sorted(needed, key=lambda name: needed[name]):
        both = _with_partner([name], partners, needed)
        if sum(needed[n] for n in both) > available:
            refused[name] = too_large(sum(needed[n] for n in both), available)
            continue
        for group in grouped:
            together = _with_partner([*group, name], partners, needed)
            if sum(needed[n] for n in together) <= available:
                group[:] = together
                break
        else:
            grouped.append(both)
    return grouped, refused


def too_large(needed: int, available: int) -> str:
    """The reason of a skip: the bytes that it takes, and the bytes that there are."""
    return (
        f"needs {format.memory(needed)} of memory ({needed} bytes), and {format.memory(available)} "
        f"({max(available, 0)} bytes) are free; fewer examples or features fit"
    )


def _with_partner(
    names: Sequence[str], partners: Mapping[str, str], present: Collection[str]
) -> list[str]:
    wanted = [partners[name] for name in names if partners.get(name) in present]
    return list(dict.fromkeys([*wanted, *names]))
