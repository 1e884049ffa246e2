"""What every implementation shares: the shapes of the lesson, and the type of a gradient.

A column is an example, as in the lesson:

    X (n_x, m)    Y (1, m), 0 or 1    w (n_x, 1)    b a number
    Z = wᵀX + b (1, m)    A = σ(Z) (1, m)    J a number, nats    dw (n_x, 1)    db a number

An implementation is one module that defines any of these functions:

    dot(w, x)                    (n_x, 1), (n_x, 1)      -> a number, wᵀx
    matvec(A, v)                 (m, n_x), (n_x, 1)      -> (m, 1)
    exp(v) log(v) absolute(v) relu(v)   (n_x, 1)         -> (n_x, 1), element by element
    column_percentages(A)        (n_x, m)                -> (n_x, m), 100·A over its column sums
    forward(w, b, X)                                     -> A
    cost_gradient(w, b, X, Y)                            -> CostGradient(J, dw, db)

and, if it wants to,

    prepare(array)     turns one NumPy array into what the implementation works on, outside the clock
    PARALLEL = True    says that it honours the thread count; the others are given one thread
    PEER = True        says that it is somebody else's library, run where peers are asked for
    OUT_OF_CORE = True says that X and Y may also be on disk: X[:, i:j] reads those columns, and
                       X.columns(i, j) names them; shape, dtype, nbytes; X.block, how many are best
    COLOUR = "#0072B2" its colour in every picture, as #RRGGBB; without it one follows from its name
    MARKER = "o"       its marker there, of matplotlib's o s ^ D v * P X < > p h d 8; likewise

PEER, OUT_OF_CORE, COLOUR and MARKER are read from the text of the file, so their values are literals.

A function's answer depends on the values it is given and on nothing else: not on which objects
carried them, nor on what was asked before. It leaves its arguments as they were. J is finite for
finite input, however large |Z| is.
"""

from typing import Any, NamedTuple


class CostGradient(NamedTuple):
    """The cost J in nats (a number), its gradient dw (n_x, 1) and db (a number)."""

    J: Any
    dw: Any
    db: Any
