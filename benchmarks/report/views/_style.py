"""How all pictures look: colours of ink and paper, fonts, headings, and files that repeat."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from benchmarks import format

INK, FAINT, PALE = "#222222", "#767676", "#E4E4E4"


def tint(colour: str, strength: float) -> tuple[float, float, float]:
    """The colour on white paper, so light that dark text can be read on it."""
    red, green, blue = (1 - strength * (1 - part) for part in to_rgb(colour))
    return red, green, blue


def wrapped(title: str, inches: float) -> str:
    """A title in lines that fit the width, its long names shortened."""
    short = " ".join(format.short(word) for word in title.split())
    return fill(short, max(30, round(inches * 10.5)))


def head(figure: Figure, title: str, inches: float) -> None:
    """Write the title above all panels of a figure of this width."""
    figure.suptitle(wrapped(title, inches), x=0.01, ha="left", weight="bold", size=11)


@contextmanager
def applied() -> Iterator[None]:
    """Draw and save in here: our style and nothing of the user's own (usetex, say), no mathematics in
    anybody's name, and no random ids."""
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
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(settings)
        # A letter that the font lacks is a box in the PNG; the SVG leaves letters to its reader.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def save(figure: Figure, paths: Iterable[Path]) -> None:
    """Write the figure, the same bytes for the same data."""
    # The layout is worked out once for all files: savefig(bbox_inches="tight") draws twice for each.
    figure.draw_without_rendering()
    figure.set_layout_engine(None)
    box = figure.get_tightbbox().padded(0.12)
    for path in paths:
        metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
        figure.savefig(path, dpi=130, bbox_inches=box, metadata=metadata)
