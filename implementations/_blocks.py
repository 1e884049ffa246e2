"""Blocks of X and Y, where they lie, and what is computed of each: the parts of dask_blocks.

A part is a run of blocks that one worker has, and is asked for its sums once a step. What a part
returns is a row for each block, so the answer depends on the blocks alone: not on how many workers there
are, nor on which of them was first, nor on one that died.

Blocks that fit in the workers' memory stay there from the first step on. Others are read anew in each
step, one while another is computed with; a worker then holds two or three.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from importlib import import_module
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import psutil
from dask.threaded import get
from threadpoolctl import ThreadpoolController

EXAMPLES = "DASK_BLOCKS_EXAMPLES"  # of a block, if not what suits the data and the workers
MEMBER = "DASK_BLOCKS_IMPLEMENTATION"  # computes the sums of a block
_HELD_SHARE = 0.5  # of the memory that is free: beyond that, blocks are read in each step
_TRIES = 3  # of a step in which all workers died
_IMPORTING = Lock()
Pair = tuple[Any, Any]


class Blocks:
    """An array as the implementation has it, and where its blocks are, once it is known with which Y.

    They have so many examples; 0: as many as suit the data and the workers.
    """

    def __init__(self, array: Any, examples: int = 0):
        self.array, self.examples = array, examples
        self._for: tuple = ()
        self._parts: Any = None

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.array, dtype)

    def placed_with(self, Y: "Blocks", scheduler: Any) -> Any:
        """The parts of this X and that Y on the scheduler's workers: placed once for each of their
        generations."""
        if self._for != (Y, scheduler, scheduler.generation):
            self._parts = None
            self._parts = scheduler.place(parts_of(self, Y, scheduler))
            self._for = (Y, scheduler, scheduler.generation)
        return self._parts

    def step_with(self, Y: "Blocks", scheduler: Any, w: np.ndarray, b: float) -> Any:
        """The means of each block, and how many examples it has; again, if all workers died in it."""
        for _ in range(_TRIES):
            with suppress(WorkersDied):
                return scheduler.step(w, b, self.placed_with(Y, scheduler))
        raise WorkersDied(f"all workers died in each of {_TRIES} steps")


class WorkersDied(RuntimeError):
    """No worker was left."""


class Part(NamedTuple):
    """Some blocks, one after another, and whether a worker can keep them."""

    blocks: Sequence[Pair]
    kept: bool


def parts_of(X_blocks: Blocks, Y_blocks: Blocks, scheduler: Any) -> list[Part]:
    """X and Y cut into blocks, and those shared out to the workers in runs that are even."""
    X, Y = X_blocks.array, Y_blocks.array
    m, workers = X.shape[1], scheduler.workers
    width = X_blocks.examples or int(os.environ.get(EXAMPLES) or 0)
    if not width:
        width = X.block if on_disk(X) else -(-m // workers)
    bounds = [(i, min(i + width, m)) for i in range(0, m, width)]
    blocks = [(_cut(X, i, j), _cut(Y, i, j)) for i, j in bounds]
    kept = not on_disk(X) or X.nbytes <= _HELD_SHARE * scheduler.free_bytes()
    each = -(-len(blocks) // workers)
    return [Part(blocks[k : k + each], kept) for k in range(0, len(blocks), each)]


def on_disk(array: Any) -> bool:
    """Does it name its columns, `array.columns(i, j)`, without reading them?"""
    return hasattr(array, "columns")


def _cut(array: Any, i: int, j: int) -> Any:
    return array.columns(i, j) if on_disk(array) else array[:, i:j]


def loaded(part: Part) -> Part:
    """The part in this worker's memory, in the form that the local implementation likes; or as it is."""
    if not part.kept:
        return part
    prepare = _preparer()
    return Part([tuple(map(prepare, map(_own, pair))) for pair in part.blocks], True)


def _own(array: Any) -> np.ndarray:
    """The block in memory of its own: what came over a socket, or is a part of an X, is copied once, to
    where NumPy asks the system for large pages."""
    array = np.asarray(array)
    return array if array.flags.owndata else array.copy(order="A")


def means_of(part: Part, w: np.ndarray, b: float) -> tuple[np.ndarray, np.ndarray]:
    """A row J, db, dw… of each block of the part, (blocks, n_x + 2), and how many examples it has."""
    implementation = local()
    rows = np.empty((len(part.blocks), len(w) + 2))
    counts = np.empty(len(part.blocks))
    _give_one_thread()
    w = _preparer()(w)
    for k, (X, Y) in enumerate(_in_turn(part)):
        J, dw, db = implementation.cost_gradient(w, b, X, Y)
        rows[k, 0], rows[k, 1] = J, db
        rows[k, 2:] = np.asarray(dw)[:, 0]
        counts[k] = part.blocks[k][1].shape[1]
    return rows, counts


def _in_turn(part: Part) -> Iterator[Pair]:
    """The blocks in memory; of those on disk, the next one is read while this one is used."""
    if part.kept:
        yield from part.blocks
        return
    with ThreadPoolExecutor(1) as reader:
        read = [reader.submit(loaded, Part(part.blocks[:1], True))]
        for k in range(len(part.blocks)):
            pair = read.pop().result().blocks[0]
            if k + 1 < len(part.blocks):
                read.append(reader.submit(loaded, Part(part.blocks[k + 1 : k + 2], True)))
            yield pair


def local() -> Any:
    """The implementation that computes with a block.

    One thread at a time imports it: another would find it half imported, and take the other one.
    """
    with _IMPORTING:
        return _imported()


@cache
def _imported() -> Any:
    if asked := os.environ.get(MEMBER):
        return import_module(f"implementations.{asked}")
    try:
        import numba  # noqa: F401
    except ModuleNotFoundError:
        return import_module("implementations.numpy_vectorized")
    return import_module("implementations._fused_unlocked")


def _preparer() -> Callable:
    return getattr(local(), "prepare", lambda array: array)


def _give_one_thread() -> None:
    """The workers are what is parallel: compiled loops have one thread in this thread of Python's."""
    with suppress(ImportError):
        from numba import set_num_threads

        set_num_threads(1)


class Threads:
    """Dask's threaded scheduler, in this process."""

    generation = 0

    def __init__(self, workers: int):
        self.workers = workers
        self._pool = ThreadPoolExecutor(workers)
        self._libraries = ThreadpoolController()

    def free_bytes(self) -> int:
        return free_bytes_here()

    def place(self, parts: list[Part]) -> list[Part]:
        return [loaded(part) for part in parts]

    def step(self, w: np.ndarray, b: float, parts: list[Part]) -> tuple[np.ndarray, np.ndarray]:
        graph = {k: (partial(means_of, part, w, b),) for k, part in enumerate(parts)}
        with self._libraries.limit(limits=1):
            return together(get(graph, list(graph), pool=self._pool))


def free_bytes_here() -> int:
    return psutil.virtual_memory().available


def together(answers: Sequence[tuple]) -> tuple[np.ndarray, np.ndarray]:
    rows, counts = zip(*answers, strict=True)
    return np.concatenate(rows), np.concatenate(counts)
