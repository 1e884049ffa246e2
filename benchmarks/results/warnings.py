"""Warnings on a cell's times: the one place that words them, says what each means and what to do.

In cells.csv and summary.csv a cell has all of its warnings in one text: `kind: how much; kind`.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Kind(NamedTuple):
    """What a kind of warning means, and what its reader can do about it."""

    meaning: str
    remedy: str


KINDS = {
    "not steady": Kind(
        "calls were still getting faster or slower when the warm-up had to end",
        "give it a larger --budget",
    ),
    "noisy": Kind(
        "the interval of the time reaches more than 10% from its value",
        "a larger --budget or a quieter machine narrows it",
    ),
    "throttled": Kind(
        "the processor was too hot and slowed down",
        "let the machine cool, and measure again",
    ),
    "quota": Kind(
        "a limit on processor time (a container's, a service's) stopped the process meanwhile",
        "grant fewer threads with --threads, or raise the limit",
    ),
    "stolen": Kind(
        "the hypervisor gave more than 2% of the processors' time to other machines",
        "measure again in a quieter hour, or on another machine",
    ),
    "interference": Kind(
        "other programs had the processor during most samples, so all samples count",
        "close other programs, or measure in a quieter hour",
    ),
    "threads differ": Kind(
        "more processors were busy than the threads that were granted",
        "compare with --threads 1, where it has one thread only",
    ),
    "garbage": Kind(
        "a call leaves arrays in reference cycles; the collector is off inside the clock, so they pile up",
        "let the objects of a call not refer to one another in a circle",
    ),
    "beyond the limit": Kind(
        "the time is shorter than this machine's measured limits allow",
        "measure the limits again: python -m benchmarks machine --again",
    ),
}


def word(kind: str, amount: str = "") -> str:
    """One warning as text: `noisy: half-width 21%`."""
    assert kind in KINDS, kind
    return f"{kind}: {amount}" if amount else kind


def join(warnings: Iterable[str]) -> str:
    """All warnings of a cell in one text, each kind once: the first of its kind stays."""
    first: dict[str, str] = {}
    for warning in warnings:
        for text in split(warning):
            first.setdefault(kind_of(text), text)
    return "; ".join(first.values())


def split(text: str) -> list[str]:
    """The warnings of one text."""
    return [warning for warning in text.split("; ") if warning]


def kind_of(warning: str) -> str:
    """The warning's kind; of one that another version worded, what stands before its colon."""
    kinds = (kind for kind in KINDS if warning.startswith(kind))
    return next(kinds, warning.partition(":")[0])


def amount_of(warning: str) -> str:
    """How much: what stands after the colon."""
    return warning.partition(":")[2].strip()
