"""What an implementation is recognised by in every picture: its colour, its marker and its line."""

from hashlib import blake2b
from typing import NamedTuple


class Look(NamedTuple):
    """What an implementation is recognised by, whatever else is in the picture."""

    colour: str
    marker: str
    line: str | tuple = "-"


# Okabe and Ito's colours, which the colour-blind can tell apart, go to those that are always there.
_KNOWN = {
    "python_loops": Look("#D55E00", "o"),
    "numpy_per_example": Look("#E69F00", "s"),
    "numpy_vectorized": Look("#0072B2", "^"),
    "numba_loops": Look("#009E73", "D"),
    "numpy_computation_graph": Look("#CC79A7", "v"),
    "numba_fused": Look("#000000", "*"),
    "numba_prepared": Look("#56B4E9", "P"),
    "scipy_blas": Look("#332288", "X", (0, (6, 1.5))),
    "numexpr": Look("#882255", "<", (0, (6, 1.5))),
    "array_api": Look("#999933", ">", (0, (6, 1.5))),
    "sklearn_loss": Look("#7A5230", "p", (0, (2.5, 1.2))),
    "torch_manual": Look("#AA4499", "h", (0, (2.5, 1.2))),
    "torch_autograd": Look("#DDAA00", "d", (0, (2.5, 1.2))),
    "jax_autodiff": Look("#44AA99", "8", (0, (2.5, 1.2))),
}
_COLOURS = ("#56B4E9", "#332288", "#882255", "#999933", "#6E6E6E", "#7A5230", "#AA4499", "#44AA99")
_MARKERS = ("P", "X", "<", ">", "p", "h", "*", "d", "8")
_LINES = ((0, (6, 1.5)), (0, (2.5, 1.2)), (0, (6, 1.5, 1, 1.5)))


def look(name: str) -> Look:
    """The implementation's look, from its name alone: the same in every figure of every run."""
    if name in _KNOWN:
        return _KNOWN[name]
    number = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")
    number, colour = divmod(number, len(_COLOURS))
    number, marker = divmod(number, len(_MARKERS))
    return Look(_COLOURS[colour], _MARKERS[marker], _LINES[number % len(_LINES)])
