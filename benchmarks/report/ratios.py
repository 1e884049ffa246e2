"""How the report tells a ratio: by how many times, and whether it is a difference at all."""

from benchmarks import format
from benchmarks.statistics import INDISTINGUISHABLE, Estimate


def times(estimate: Estimate, sign: str = " times") -> str:
    """A ratio and its interval: 41 times [40, 43]; or, with the sign ×, 41× [40, 43]."""
    return format.ratio_interval(*estimate).replace("×", sign, 1)


def against(ratio: Estimate, floor: float) -> str:
    """How a thing compares that is `ratio` times as fast: 41 times [40, 43] faster than."""
    how, amount = standing(ratio, floor)
    return f"{times(amount)} {how} than" if how else "indistinguishable from"


def speedup(ratio: Estimate, floor: float) -> str:
    """A speedup in a table: 41× [40, 43], or 1.01× [0.99, 1.03], indistinguishable."""
    how, _ = standing(ratio, floor)
    return times(ratio, "×") if how else f"{times(ratio, '×')}, indistinguishable"


def standing(ratio: Estimate, floor: float) -> tuple[str, Estimate]:
    """Faster, slower, or neither (empty), and how many times.

    `floor` is what identical code differs by in the same cell, as a share.
    """
    least = 1 + max(INDISTINGUISHABLE, floor)
    if ratio.low >= least:
        return "faster", ratio
    if ratio.high <= 1 / least:
        return "slower", Estimate(1 / ratio.value, 1 / ratio.high, 1 / ratio.low)
    return "", ratio
