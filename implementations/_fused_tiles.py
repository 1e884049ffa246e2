"""X packed in tiles, which numba_prepared lays out once: each is in the first caches for both its uses.

A tile is 32 examples in float64 and 64 in float32, all features long: of each feature four lines of
memory, and one tile after another. Z of a tile stays in registers while its features are added; then
its dZ does, while a sum for each place in a line is kept for every feature. So a line of X costs 1 1/4
loads in both halves, and is read once from wherever X lies. The sums over a line are taken at the end.

LLVM makes no such loop of scalar code: it does not know that X and the sums are apart, and so loads
and stores Z for every feature. The two loops are therefore given to it in vectors of a line, which it
cuts to the length that the processor has.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import extending, njit, types
from numba.core import cgutils

from implementations._fused_activation import activate_next, log_of_product
from implementations._fused_products import INNERMOST
from implementations._fused_sizes import BLOCK, LINE_BYTES, LINES

intrinsic: Any = extending.intrinsic  # it gives a function of other arguments than it takes
_CONTRACT = ("contract",)
_ANY_ORDER = ("reassoc", "nsz", "contract")


def pack(array):
    """The tiles (tiles, n_x, examples in one) of an array (n_x, m), from a line on; zeros fill them up."""
    rows, m = array.shape
    width = LINES * LINE_BYTES // array.itemsize
    whole, rest = divmod(m, width)
    shape = whole + bool(rest), rows, width
    memory = np.empty(int(np.prod(shape)) * array.itemsize + LINE_BYTES, np.uint8)
    start = -memory.ctypes.data % LINE_BYTES
    tiles = memory[start : start + len(memory) - LINE_BYTES].view(array.dtype).reshape(shape)
    tiles[:whole] = array[:, : whole * width].reshape(rows, whole, width).transpose(1, 0, 2)
    if rest:
        tiles[whole] = 0
        tiles[whole, :, :rest] = array[:, whole * width :]
    return tiles


class _Lines:
    """An array in the code that is written: its lines, loaded and stored as vectors."""

    def __init__(self, context, builder, kind, value):
        self.builder = builder
        self.array = context.make_array(kind)(context, builder, value)
        self.itemsize = kind.dtype.bitwidth // 8
        self.vector = ir.VectorType(context.get_data_type(kind.dtype), LINE_BYTES // self.itemsize)

    def __len__(self):
        return self.vector.count

    def _line(self, first):
        place = self.builder.gep(self.array.data, [first])
        return self.builder.bitcast(place, self.vector.as_pointer())

    def load(self, first):
        """The line from number `first` on; it need not begin on a line of memory."""
        line = self.builder.load(self._line(first))
        line.align = self.itemsize
        return line

    def store(self, line, first):
        self.builder.store(line, self._line(first)).align = self.itemsize

    def filled(self, number):
        """A line of this number."""
        undefined = ir.Constant(self.vector, ir.Undefined)
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), len(self)), None)
        one = self.builder.insert_element(undefined, number, ir.Constant(ir.IntType(32), 0))
        return self.builder.shuffle_vector(one, undefined, zeros)


def _plus_product(builder, total, x, y):
    return builder.fadd(builder.fmul(x, y, flags=_CONTRACT), total, flags=_CONTRACT)


def _weigher(lines):
    """The loop that makes Z, for as many lines of each feature of a tile."""

    @intrinsic
    def weigh(typing, X, start, w, b, Z):
        """Z = wᵀX + b for lines of X (flat), those of the first feature from number `start` on."""
        signature = types.void(X, types.intp, w, w.dtype, Z)

        def write(context, builder, signature, values):
            x, weights, z = (
                _Lines(context, builder, signature.args[i], values[i]) for i in (0, 2, 4)
            )
            _, start, _, b, _ = values
            size = start.type
            sums = [cgutils.alloca_once_value(builder, z.filled(b)) for _ in range(lines)]
            n_x = cgutils.unpack_tuple(builder, weights.array.shape)[0]
            with cgutils.for_range(builder, n_x) as loop:
                w_j = z.filled(builder.load(builder.gep(weights.array.data, [loop.index])))
                row = builder.add(start, builder.mul(loop.index, size(LINES * len(x))))
                for v, total in enumerate(sums):
                    line = x.load(builder.add(row, size(v * len(x))))
                    builder.store(_plus_product(builder, builder.load(total), line, w_j), total)
            for v, total in enumerate(sums):
                z.store(builder.load(total), size(v * len(z)))
            return context.get_dummy_value()

        return signature, write

    return weigh


def _gatherer(lines):
    """The loop that makes dw, for as many lines of each feature of a tile."""

    @intrinsic
    def gather(typing, X, start, dZ, sums, n_x, first):
        """Adds X dZᵀ of the same lines to `sums`, a line for each feature; with `first`, begins them."""
        signature = types.void(X, types.intp, dZ, sums, types.intp, types.boolean)

        def write(context, builder, signature, values):
            x, dz, d = (_Lines(context, builder, signature.args[i], values[i]) for i in (0, 2, 3))
            _, start, _, _, n_x, first = values
            size = start.type
            factors = [dz.load(size(v * len(dz))) for v in range(lines)]
            with cgutils.for_range(builder, n_x) as loop:
                row = builder.add(start, builder.mul(loop.index, size(LINES * len(x))))
                place = builder.mul(loop.index, size(len(d)))
                total = builder.select(first, ir.Constant(d.vector, None), d.load(place))
                for v, factor in enumerate(factors):
                    line = x.load(builder.add(row, size(v * len(x))))
                    total = _plus_product(builder, total, line, factor)
                d.store(total, place)
            return context.get_dummy_value()

        return signature, write

    return gather


# The half of a tile is what threads share out, and what is left at the end.
_weigh, _gather = _weigher(LINES), _gatherer(LINES)
_weigh_half, _gather_half = _weigher(LINES // 2), _gatherer(LINES // 2)


@intrinsic
def _sum_of_line(typing, sums, j):
    """The sum of line j."""
    signature = sums.dtype(sums, types.intp)

    def write(context, builder, signature, values):
        d = _Lines(context, builder, signature.args[0], values[0])
        line = d.load(builder.mul(values[1], values[1].type(len(d))))
        number = d.vector.element
        name = f"llvm.vector.reduce.fadd.v{len(d)}f{8 * d.itemsize}"
        kind = ir.FunctionType(number, [number, d.vector])
        reduce = cgutils.get_or_insert_function(builder.module, kind, name)
        return builder.call(reduce, [number(-0.0), line], fastmath=_ANY_ORDER)

    return signature, write


@njit(**INNERMOST)
def by_tiles(w, b, X, Y, start, stop, dw):
    """Examples `start` to `stop` of X (tiles, n_x, width), from a tile or its second half on."""
    n_x, width, flat = len(w), X.shape[2], X.reshape(-1)
    Z, e = np.empty(width, X.dtype), np.empty(BLOCK)
    sums = np.empty(n_x * (LINE_BYTES // X.itemsize), X.dtype)
    J, db, waiting = 0.0, 0.0, 0  # so many e wait for their logarithm
    t = start
    while t < stop:
        place = t // width * width * n_x + t % width
        whole = t % width == 0 and stop - t > width // 2
        n = min(width if whole else width // 2, stop - t)
        if whole:
            _weigh(flat, place, w, b, Z)
        else:
            _weigh_half(flat, place, w, b, Z)
        J_t, db_t, waiting = activate_next(Z[:n], Y[t : t + n], e, waiting)
        J += J_t
        db += db_t
        Z[n:] = 0
        if whole:
            _gather(flat, place, Z, sums, n_x, t == start)
        else:
            _gather_half(flat, place, Z, sums, n_x, t == start)
        t += n
    J += log_of_product(e[:waiting])
    for j in range(n_x):
        dw[j] += _sum_of_line(sums, j)
    return J, db
