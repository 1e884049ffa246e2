"""What an implementation is recognised by in every picture: its colour, its marker and its line."""

import re
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from benchmarks.description import described
from benchmarks.registry import FOLDER, is_peer, members


class Look(NamedTuple):
    """What an implementation is recognised by, whatever else is in the picture."""

    colour: str
    marker: str
    line: str | tuple = "-"


# What a name that states nothing may get by chance; a peer has the first of the lines.
_COLOURS = ("#56B4E9", "#332288", "#882255", "#999933", "#6E6E6E", "#7A5230", "#AA4499", "#44AA99")
_MARKERS = ("P", "X", "<", ">", "p", "h", "*", "d", "8")
_LINES = ((0, (6, 1.5)), (0, (2.5, 1.2)), (0, (6, 1.5, 1, 1.5)))

_COLOUR = re.compile("#[0-9a-fA-F]{6}")
_MARKER = re.compile(r"[os^Dv*PX<>phd8]")


@cache
def look(name: str) -> Look:
    """The implementation's look: the same in every figure of every run.

    A member of the registry states COLOUR and MARKER, and its line follows from PEER. What it does
    not state, or states wrongly, follows from its name, as the whole look does for any other name.
    """
    by_name = _look_by_name(name)
    path = members(FOLDER).get(name)
    if path is None:
        return by_name
    constants = described(path).constants
    colour, marker = (str(constants.get(constant, "")) for constant in ("COLOUR", "MARKER"))
    return Look(
        colour if _COLOUR.fullmatch(colour) else by_name.colour,
        marker if _MARKER.fullmatch(marker) else by_name.marker,
        _LINES[0] if is_peer(path) else "-",
    )


def _look_by_name(name: str) -> Look:
    number = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")
    number, colour = divmod(number, len(_COLOURS))
    number, marker = divmod(number, len(_MARKERS))
    return Look(_COLOURS[colour], _MARKERS[marker], _LINES[number % len(_LINES)])
