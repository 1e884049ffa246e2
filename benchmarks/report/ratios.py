"""How the report tells a ratio of speeds: how many times as fast, and whether that is a difference."""

from benchmarks import format
from benchmarks.statistics.estimates import Estimate
from benchmarks.statistics.noise import INDISTINGUISHABLE

NO_DIFFERENCE = "no measurable difference"


def compared(ratio: Estimate, floor: float) -> str:
    """What stands between two names: is 617× [550, 837] as fast as."""
    if not verdict(ratio, floor):
        return "is not measurably different from"
    return f"is {format.ratio_interval(*ratio)} as fast as"


def speedup(ratio: Estimate, floor: float) -> str:
    """A speedup in a table: 41× [40, 43], or 1.01× [0.99, 1.03], no measurable difference."""
    interval = format.ratio_interval(*ratio)
    return interval if verdict(ratio, floor) else f"{interval}, {NO_DIFFERENCE}"


def verdict(ratio: Estimate, floor: float) -> str:
    """`faster` or `slower` where the whole interval is; else empty.

    `floor` is what identical code differs by in the same cell, as a share.
    """
    margin = 1 + max(INDISTINGUISHABLE, floor)
    if ratio.low >= margin:
        return "faster"
    return "slower" if ratio.high <= 1 / margin else ""
