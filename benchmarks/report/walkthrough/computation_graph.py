"""A computation graph as a picture: values forward, derivatives backward.

A node has a `value`, `parents` (each with its chain rule) and a `derivative`, as in
implementations/numpy_computation_graph.py.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from benchmarks.report.views._style import FAINT

_FORWARD, _BACKWARD = "#0072B2", "#D55E00"
_WIDE, _HIGH = 0.78, 0.62  # of a box, where the next is 1 further


def figure(end: Any, labels: Mapping[int, str]) -> Figure:
    """From left to right as it is computed: of each node its label, its value, and the derivative of `end`
    with respect to it. `labels` are those of the nodes, by id."""
    places = _places(end)
    columns, rows = (1 + max(place[k] for place in places.values()) for k in (0, 1))
    picture = Figure(figsize=(1.5 * columns, 1.15 * rows))
    axes = picture.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.4, -0.5)
    arrow: dict[str, Any] = {"arrowstyle": "-|>", "color": FAINT, "shrinkA": 0, "shrinkB": 0}
    middle: dict[str, Any] = {"ha": "center", "va": "center"}
    for node, (x, y) in places.items():
        for parent, _ in node.parents:
            from_x, from_y = places[parent]
            ends = (x - _WIDE / 2, y), (from_x + _WIDE / 2, from_y)
            axes.annotate("", *ends, arrowprops=arrow)
        box = FancyBboxPatch((x - _WIDE / 2, y - _HIGH / 2), _WIDE, _HIGH, boxstyle="round,pad=0")
        box.set(facecolor="white", edgecolor=FAINT)
        axes.add_patch(box)
        axes.text(x, y - 0.18, labels.get(id(node), "?"), weight="bold", **middle)
        axes.text(x, y, _numbers(node.value), color=_FORWARD, **middle)
        axes.text(x, y + 0.18, _numbers(node.derivative), color=_BACKWARD, **middle)
    name = labels.get(id(end), "?")
    told = (
        ("the value, forward", _FORWARD),
        (f"the derivative of {name} by it, backward", _BACKWARD),
    )
    for k, (words, colour) in enumerate(told):
        axes.text(columns - 0.6, rows - 0.8 + 0.2 * k, words, color=colour, ha="right", fontsize=8)
    return picture


def in_words(end: Any, labels: Mapping[int, str]) -> str:
    """The same for those who do not see it."""
    words = [
        f"{labels.get(id(node), '?')} = {_numbers(node.value)}, derivative {_numbers(node.derivative)}"
        for node in _places(end)
    ]
    return "; ".join(words)


def _places(end: Any) -> dict[Any, tuple[int, int]]:
    """Each node's column, one more than its furthest parent's, and its row in that column."""
    columns: dict[Any, int] = {}

    def column(node: Any) -> int:
        if node not in columns:
            columns[node] = 1 + max((column(parent) for parent, _ in node.parents), default=-1)
        return columns[node]

    column(end)
    # A node without parents stands right before the first that needs it.
    for node, place in list(columns.items()):
        for parent, _ in node.parents:
            if not parent.parents:
                columns[parent] = max(columns[parent], place - 1)
    places, used = {}, [0] * (1 + max(columns.values()))
    for node, place in columns.items():
        places[node] = (place, used[place])
        used[place] += 1
    return places


def _numbers(value: Any) -> str:
    """One number, or a column's in brackets, to three digits."""
    numbers = [f"{number:.3g}" for number in np.ravel(value)]
    return numbers[0] if len(numbers) == 1 else f"({', '.join(numbers)})"
