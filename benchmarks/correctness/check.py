"""The check of one answer: against an exact reference, within what rounding allows, and never
against another program."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.data.blocks import blocks_in_memory, each
from benchmarks.data.large import Stored, in_blocks
from benchmarks.problem.arithmetic import EXTENDED, Arithmetic, rounding
from benchmarks.problem.multiprecision import MPMATH

_MAX_MPMATH_SIZE = 150  # elements: up to here 50 digits take milliseconds
_BLOCK = 1 << 16


@dataclass(frozen=True, eq=False)
class Reference:
    """The exact answers of one call and the error allowed to each, by name, element by element."""

    arithmetic: Arithmetic
    exact: dict[str, np.ndarray]
    bound: dict[str, np.ndarray]

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in (*self.exact.values(), *self.bound.values()))


@dataclass(frozen=True)
class Deviation:
    """The error and the bound where their ratio is worst; `complaint` says what is wrong, if it is."""

    error: float | None = None
    bound: float | None = None
    complaint: str = ""

    @property
    def ratio(self) -> float:
        if self.complaint and self.error is None:
            return np.inf
        return _divide(np.float64(self.error or 0), np.float64(self.bound or 0)).item()


def reference(operation: ModuleType, arguments: Sequence) -> Reference:
    """The reference for one call. The dtype of the arguments says what rounding allows.

    X may lie on disk: the answers are then means over the examples, taken block by block.
    """
    if any(isinstance(argument, Stored) for argument in arguments):
        return _reference_in_blocks(
            operation, dict(zip(operation.ARGUMENTS, arguments, strict=True))
        )
    dtype = np.result_type(*(a.dtype for a in arguments if isinstance(a, np.ndarray)))
    wide = [_widened(argument) for argument in arguments]
    small = max(np.size(a) for a in arguments) <= _MAX_MPMATH_SIZE
    arithmetic = MPMATH if small else EXTENDED
    with np.errstate(under="ignore"):
        exact = operation.exact(arithmetic, *wide)
        r = rounding(dtype)
        # The arithmetic's own error has the same bound in its own u, and a bound grows no slower
        # than u does: γ_k / u never falls.
        widening = 1 + arithmetic.unit_roundoff / r.u
        bound = [np.asarray(part) for part in operation.bound(r, *wide)]
        for part in bound:
            np.multiply(part, widening, out=part)
    return Reference(
        arithmetic,
        dict(zip(operation.RETURNS, map(arithmetic.lift, exact), strict=True)),
        dict(zip(operation.RETURNS, bound, strict=True)),
    )


def _reference_in_blocks(operation: ModuleType, arguments: dict[str, Any]) -> Reference:
    """The means of the blocks' means; a sum over all examples may be rounded as often as it has terms."""
    X, Y = arguments["X"], arguments["Y"]
    m = X.shape[1]
    exact: dict[str, Any] = dict.fromkeys(operation.RETURNS, np.longdouble(0))
    bound: dict[str, Any] = dict.fromkeys(operation.RETURNS, 0.0)
    r = rounding(X.dtype)._replace(whole=m)
    for X_block, Y_block in in_blocks(X, Y):
        wide = [_widened(a) for a in (arguments | {"X": X_block, "Y": Y_block}).values()]
        share = X_block.shape[1] / np.longdouble(m)
        with np.errstate(under="ignore"):
            exact_block, bound_block = (
                operation.exact(EXTENDED, *wide),
                operation.bound(r, *wide),
            )
        for name, value, error in zip(operation.RETURNS, exact_block, bound_block, strict=True):
            exact[name] = exact[name] + share * value
            bound[name] = bound[name] + float(share) * np.asarray(error)
    # A sum in this arithmetic, of the blocks too, stays within its own bound: see `reference`.
    widening = 1 + EXTENDED.unit_roundoff / r.u
    return Reference(
        EXTENDED,
        {name: EXTENDED.lift(value) for name, value in exact.items()},
        {name: np.asarray(value) * widening for name, value in bound.items()},
    )


def _widened(argument):
    """In float64, but for a matrix, which may be large: the operations widen it in blocks."""
    if not isinstance(argument, np.ndarray) or min(argument.shape, default=0) > 1:
        return argument
    return argument.astype(np.float64, copy=False)


def check(reference: Reference, answer: Sequence[np.ndarray]) -> Deviation:
    """The worst deviation of an answer, its parts in the order of the operation's RETURNS."""
    worst = Deviation(0.0, 0.0)
    if len(answer) != len(reference.exact):
        wanted = ", ".join(reference.exact)
        return Deviation(complaint=f"sent {len(answer)} arrays, should be {wanted}")
    for (name, exact), got in zip(reference.exact.items(), answer, strict=True):
        if got.shape != exact.shape:
            expected = exact.shape or "a number"
            return Deviation(complaint=f"{name} has shape {got.shape}, should be {expected}")
        part = _check_part(name, exact, reference.bound[name], got, reference.arithmetic)
        if part.ratio > worst.ratio or part.complaint:
            worst = part
        if part.complaint:
            break
    return worst


def _check_part(name, exact, bound, got, arithmetic) -> Deviation:
    def worst_in(block) -> tuple[bool, float, float, tuple]:
        """Is all finite there? The ratio and the error at its worst element, and where that is."""
        with np.errstate(over="ignore"):
            part = got[block].astype(np.float64)
        finite = np.isfinite(part)
        if not np.all(finite):
            return False, np.inf, np.inf, _place(block, np.argmin(finite), part.shape)
        error = np.asarray(abs(arithmetic.lift(part) - exact[block]), dtype=np.float64)
        limits = bound[block]
        # By a bound that is not finite nothing would be wrong; only the exact answer is surely right.
        finite_or_exact = np.isfinite(limits) | (error == 0)
        ratios = np.where(finite_or_exact, _divide(error, limits), np.inf)
        k = int(np.argmax(ratios))
        return True, ratios.flat[k], error.flat[k], _place(block, k, part.shape)

    # What is not finite comes before every finite number; of equals the first stays.
    finite, ratio, error, index = min(
        each(worst_in, blocks_in_memory(exact, _BLOCK)), key=lambda part: (part[0], -part[1])
    )
    if not finite:
        with np.errstate(over="ignore"):
            value = np.float64(got[index])
        return Deviation(complaint=f"{_element(name, index)} is {value}, should be finite")
    complaint = ""
    if ratio > 1:
        digits = _digits(float(exact[index]), error)
        excess = f"the error is {ratio:.2g} times what rounding allows"
        if not np.isfinite(bound[index]):
            excess = "the bound is not finite: it cannot be judged"
        elif bound[index] == 0:
            excess = "no rounding is allowed here"
        complaint = (
            f"{_element(name, index)} is {np.float64(got[index]):.{digits}g}, should be "
            f"{float(exact[index]):.{digits}g}; {excess}"
        )
    return Deviation(float(error), float(bound[index]), complaint)


def _place(block, k, shape: tuple) -> tuple:
    """The index in the whole array of a block's k-th element, in row-major order."""
    index = map(int, np.unravel_index(int(k), shape))
    starts = [0] * len(shape) if block is ... else [part.start for part in block]
    return tuple(start + i for start, i in zip(starts, index, strict=True))


def _divide(error, bound):
    """error / bound, where 0 / 0 is 0: an exact answer passes where no error is allowed."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(error == 0, 0.0, error / bound)


def _digits(exact: float, error: float) -> int:
    """As many digits as it takes to see the difference, and two more."""
    if exact == 0 or error == 0:
        return 9
    return int(np.clip(np.ceil(np.log10(abs(exact) / error)) + 3, 9, 17))


def _element(name: str, index: tuple) -> str:
    return f"{name}[{', '.join(map(str, index))}]" if index else name
