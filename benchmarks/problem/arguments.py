"""The arguments of one cell: what is constant from call to call, what varies, and those of call j."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import cycle, islice, repeat
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.data.stored import Stored

VARIANTS = 4  # sets of varying arrays; more would push small problems out of cache
_STEPS = 1 << 21
_DIGESTED = 1 << 16  # numbers summed at a time, which stay in cache


@dataclass(frozen=True, eq=False)
class Problem:
    """`arrays` by key: `X` is constant, `w@0`, `w@1`… take turns, an array of rank 0 is a number.

    A number is new at every call, so that remembering an answer does not pay. X and Y are constant,
    as they are in training.
    """

    arguments: tuple[str, ...]
    arrays: Mapping[str, np.ndarray]

    @property
    def varies(self) -> bool:
        """Do the arguments of one call differ from those of another?"""
        return any(a not in self.arrays or not self.arrays[a].ndim for a in self.arguments)

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.arrays.values())

    def call(self, j: int) -> tuple:
        """The arguments of call j."""
        return self.batch(j, 1, self.arrays)[0]

    def batch(self, j: int, calls: int, prepared: Mapping[str, Any]) -> list[tuple]:
        """The arguments of calls j + calls - 1 down to j, arrays taken from `prepared`."""
        columns = [self._column(name, j, calls, prepared) for name in self.arguments]
        return list(zip(*columns, strict=True))

    def _column(self, name: str, j: int, calls: int, prepared: Mapping[str, Any]) -> Iterable:
        last = j + calls - 1
        if name not in self.arrays:
            turns = [value for key, value in prepared.items() if key.startswith(f"{name}@")]
            descending = [turns[(last - k) % len(turns)] for k in range(len(turns))]
            return islice(cycle(descending), calls)
        first = self.arrays[name]
        if first.ndim == 0:
            # An odd multiplier visits every step once before it repeats any.
            steps = np.arange(last, j - 1, -1, dtype=np.int64) * 1_640_531 & (_STEPS - 1)
            return (first + steps / _STEPS).astype(first.dtype).tolist()
        return repeat(prepared[name], calls)

    def save(self, folder: Path) -> dict[str, Any]:
        """One .npy file an array; the memory order is kept. Returns what a worker needs to load it."""
        folder.mkdir(parents=True, exist_ok=True)
        for key, array in self.arrays.items():
            np.save(folder / f"{key}.npy", array, allow_pickle=False)
        return self.files(folder)

    def files(self, folder: Path) -> dict[str, Any]:
        """What a worker needs to load the problem from the folder that has its arrays."""
        return {"folder": str(folder), "arguments": self.arguments, "keys": list(self.arrays)}


def digest(array: np.ndarray | Stored) -> str:
    """A digest of an array's bits in their order in memory.

    A large one is first summed, as integers, along both sides of a square: it is read once and not
    copied. That detects every change, a permutation included, but one that is made to deceive it.
    Of what is on disk, the sizes and times of its files stand for the bits.
    """
    if isinstance(array, Stored):
        return blake2b(array.fingerprint().encode()).hexdigest()
    array = array.T if array.flags.f_contiguous else array
    whole = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    if whole.size <= 1 << 19:
        return blake2b(whole.data).hexdigest()
    side = math.isqrt(whole.size // 8)
    square = whole[: side * side * 8].view(np.uint64).reshape(side, side)
    down, along = np.zeros(side, np.uint64), np.empty(side, np.uint64)
    rows = max(1, _DIGESTED // side)
    for i in range(0, side, rows):
        block = square[i : i + rows]
        along[i : i + rows] = block.sum(axis=1)
        down += block.sum(axis=0)
    bits = blake2b(down.data)
    bits.update(along.data)
    bits.update(whole[side * side * 8 :].data)
    return bits.hexdigest()


def is_matrix(shape: tuple[int, ...]) -> bool:
    """Has it rows and columns, so that its memory order matters?"""
    return min(shape, default=0) > 1


def cast(value: Any, dtype: str, order: str) -> np.ndarray:
    """A copy in `dtype`, a matrix laid out in `order`."""
    lay_out = np.asfortranarray if order == "F" and is_matrix(np.shape(value)) else np.asarray
    return np.array(lay_out(value, dtype=dtype), copy=True, order="K")


def collect(
    arguments: Iterable[str],
    constant: Mapping[str, Any],
    varying: Iterable[Mapping[str, Any]],
    hold: Callable[[str, Any], np.ndarray],
) -> Problem:
    """The problem whose arrays are what `hold(key, value)` gives; the sets in `varying` take turns."""
    arrays = {name: hold(name, value) for name, value in constant.items()}
    for turn, values in enumerate(varying):
        for name, value in values.items():
            if np.ndim(value):
                arrays[f"{name}@{turn}"] = hold(f"{name}@{turn}", value)
            elif turn == 0:
                arrays[name] = hold(name, value)
    return Problem(tuple(arguments), arrays)


def make_problem(
    arguments: Iterable[str],
    constant: Mapping[str, Any],
    varying: Iterable[Mapping[str, Any]],
    dtype: str,
    order: str,
) -> Problem:
    """Cast to `dtype`, lay matrices out in `order`; the sets of arguments in `varying` take turns."""
    return collect(arguments, constant, varying, lambda _, value: cast(value, dtype, order))


def problem_of(operation, X, Y, seed, dtype: str, order: str) -> Problem:
    """The problem that is timed: the operation's own arguments for X (n_x, m) and Y (1, m)."""
    rng = np.random.default_rng(seed)
    constant = operation.constant_arguments(rng, X, Y)
    varying = [operation.varying_arguments(rng, X, Y) for _ in range(VARIANTS)]
    return make_problem(operation.ARGUMENTS, constant, varying, dtype, order)
