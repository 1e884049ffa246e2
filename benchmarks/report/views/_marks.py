"""What charts are made of: traces, axes with ticks that a person can read, text that is only text."""

from collections.abc import Callable, Iterable, Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from html import escape
from math import ceil, floor, isfinite, log, log10
from typing import Any, NamedTuple

from benchmarks import format
from benchmarks.report.style import Look, look

SIZES = {"m": "m (number of examples)", "n_x": "n_x (number of features)"}
TIME = "time of one call"

# Of lines that are no implementation's: one for each number of threads.
LINES = {
    "line 1": Look("#0072B2", "o"),
    "line 2": Look("#D55E00", "s", (0, (6, 1.5))),
    "line 3": Look("#009E73", "^", (0, (2.5, 1.2))),
    "line 4": Look("#CC79A7", "D", (0, (6, 1.5, 1, 1.5))),
}
_SYMBOLS = {
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


class Chart(NamedTuple):
    """Traces and two axes, as page.js takes them; `note` says how to read it.

    A trace has a `role`, which says how it is drawn; `by` names whose it is. `height` is in pixels.
    """

    note: str
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
    """Plotly obeys a few HTML tags in its texts: escape them. Lines stay."""
    return escape(str(words), quote=False).replace("\n", "<br>")


def numbers(values: Iterable) -> list[Any]:
    """To four digits, as plain numbers; nan is a gap."""
    return [_short(value) for value in values]


def _short(value: float) -> float | None:
    if not isfinite(value):
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
    positive = [value for value in values if format.known(value) and value > 0] or [1.0]
    low, high = min(positive), max(positive)
    ticks: list[float]
    if base == 10:
        powers = range(floor(log10(low)), ceil(log10(high)) + 1)
        between: Sequence[int] = (
            (1,) if len(powers) > 4 else (1, 3) if len(powers) > 2 else (1, 2, 5)
        )
        ticks = [step * 10.0**power for power in powers for step in between]
    else:
        ticks = [float(base) ** k for k in range(floor(log(low) / log(base)), 40)]
    ticks = [tick for tick in ticks if low / 1.7 <= tick <= high * 1.7]
    return {"title": title, "type": "log", "at": ticks, "text": [form(tick) for tick in ticks]}


def row_axis(title: str, labels: Sequence[str]) -> dict[str, Any]:
    """Rows of height 1 at 0, 1, 2 ..., the first at the bottom, each with its label."""
    texts = [plain(label) for label in labels]
    ends = [-0.5, len(labels) - 0.5]
    return {
        "title": title,
        "type": "linear",
        "at": list(range(len(labels))),
        "text": texts,
        "range": ends,
    }


def look_of(name: str) -> dict[str, str]:
    """The colour in light and in dark, the marker and the dash of an implementation or a line."""
    own = LINES.get(name) or look(name)
    return {
        "light": own.colour,
        "dark": on_dark(own.colour),
        "symbol": _SYMBOLS[own.marker],
        "dash": _dash(own.line),
    }


def on_dark(colour: str) -> str:
    """The colour for a dark ground: what is dark becomes as light."""
    red, green, blue = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    hue, light, saturation = rgb_to_hls(red, green, blue)
    parts = hls_to_rgb(hue, max(light, 1 - light, 0.5), saturation)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def _dash(line: str | tuple) -> str:
    """A line's pattern, as Plotly writes it."""
    return "solid" if isinstance(line, str) else ",".join(f"{2 * part:g}px" for part in line[1])
