"""What charts are made of: traces, axes with ticks that a person can read, text that is only text."""

from collections.abc import Callable, Iterable, Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from html import escape
from math import ceil, floor, log10
from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import to_hex, to_rgb

from benchmarks import format
from benchmarks.report.style import Look

# Of lines that are nobody's: one for each number of threads.
LINES = {
    "line 1": Look("#0072B2", "o"),
    "line 2": Look("#D55E00", "s", (0, (6, 1.5))),
    "line 3": Look("#009E73", "^", (0, (2.5, 1.2))),
    "line 4": Look("#CC79A7", "D", (0, (6, 1.5, 1, 1.5))),
}
SYMBOLS = {
    "o": "circle",
    "s": "square",
    "^": "triangle-up",
    "D": "diamond",
    "v": "triangle-down",
    "*": "star",
    "P": "cross",
    "X": "x",
    "<": "triangle-left",
    ">": "triangle-right",
    "p": "pentagon",
    "h": "hexagon",
    "d": "diamond-tall",
    "8": "octagon",
}
SIZES = {"m": "m (number of examples)", "n_x": "n_x (number of features)"}
TIME = "time of one call"


class Chart(NamedTuple):
    """A caption that says what is seen, traces, and two axes, as page.js takes them.

    A trace has a `role`, which says how it is drawn; `by` names whose it is. `height` is in pixels.
    """

    caption: str
    traces: list[dict[str, Any]]
    x: dict[str, Any]
    y: dict[str, Any]
    height: int = 440


def trace(role: str, by: str | None, x: Iterable, y: Iterable, **more: Any) -> dict[str, Any]:
    """Points of one kind. `text` and `hover` (a list each) are shown as they are, never obeyed."""
    for name in ("text", "hover"):
        if name in more:
            more[name] = [plain(words) for words in more[name]]
    return {"role": role, "by": by, "x": numbers(x), "y": numbers(y), **more}


def plain(words: object) -> str:
    """The library shows a few HTML tags in its texts; these are to show themselves. Lines stay."""
    return escape(str(words), quote=False).replace("\n", "<br>")


def numbers(values: Iterable) -> list[Any]:
    """To four digits, as plain numbers; what is no number stays as it is, nan is a gap."""
    return [_short(value) for value in values]


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if value is None or not np.isfinite(value):
        return None
    value = float(f"{value:.4g}")
    return int(value) if value.is_integer() else value


def time_axis(values_ns: Iterable[float]) -> dict[str, Any]:
    """Logarithmic, of nanoseconds, with ticks in ns, µs, ms, s."""
    return log_axis(TIME, values_ns, format.time_tick)


def size_axis(name: str, values: Iterable[float]) -> dict[str, Any]:
    return log_axis(SIZES[name], values, format.count)


def log_axis(
    title: str, values: Iterable[float], form: Callable[[float], str], base: int = 10
) -> dict[str, Any]:
    """Logarithmic, with ticks at powers of the base; and between them where there are few of those."""
    known = [value for value in values if format.known(value) and value > 0] or [1.0]
    low, high = min(known), max(known)
    ticks: list[float]
    if base == 10:
        powers = range(floor(log10(low)), ceil(log10(high)) + 1)
        between: Sequence[int] = (
            (1,) if len(powers) > 4 else (1, 3) if len(powers) > 2 else (1, 2, 5)
        )
        ticks = [step * 10.0**power for power in powers for step in between]
    else:
        ticks = [float(base) ** k for k in range(floor(np.log(low) / np.log(base)), 40)]
    ticks = [tick for tick in ticks if low / 1.7 <= tick <= high * 1.7]
    return {"title": title, "log": True, "at": ticks, "said": [form(tick) for tick in ticks]}


def on_dark(colour: str) -> str:
    """The colour as it is told from a dark ground: what is dark becomes as light."""
    hue, light, saturation = rgb_to_hls(*to_rgb(colour))
    return to_hex(hls_to_rgb(hue, max(light, 1 - light, 0.5), saturation))


def dash(line: str | tuple) -> str:
    """A line's pattern, as the plotting library writes it."""
    return "solid" if isinstance(line, str) else ",".join(f"{2 * part:g}px" for part in line[1])
