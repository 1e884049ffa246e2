"""How all figures look: an implementation's colour and marker, fonts, and files that repeat."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from textwrap import fill
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

INK, FAINT, PALE = "#222222", "#767676", "#E4E4E4"


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


def tint(colour: str, strength: float) -> tuple[float, float, float]:
    """The colour on white paper, so light that dark text can be read on it."""
    red, green, blue = (1 - strength * (1 - part) for part in to_rgb(colour))
    return red, green, blue


def wrapped(title: str, inches: float) -> str:
    """A figure's title, in lines that fit the width."""
    return fill(title, max(30, round(inches * 10.5)))


@contextmanager
def applied() -> Iterator[None]:
    """Draw and save in here: the style, no mathematics in anybody's name, and no random ids."""
    settings: dict[Any, Any] = {
        "font.size": 9,
        "axes.titlesize": 11,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": FAINT,
        "axes.axisbelow": True,
        "grid.color": PALE,
        "hatch.linewidth": 2.5,
        "legend.frameon": False,
        "text.color": INK,
        "text.parse_math": False,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "svg.fonttype": "none",
        "svg.hashsalt": "benchmarks",
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        # A letter that the font lacks is a box in the PNG; the SVG leaves letters to its reader.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def save(figure: Figure, paths: Iterable[Path]) -> None:
    """Write the figure, the same bytes for the same data."""
    for path in paths:
        metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
        figure.savefig(path, dpi=130, bbox_inches="tight", pad_inches=0.12, metadata=metadata)
