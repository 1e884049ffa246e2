"""Made-up runs in which there is something to find, and the part of a report that tells it."""

from collections.abc import Callable, Iterable
from pathlib import Path

from fabricated import (
    ABOUT,
)
from markdown_it import MarkdownIt

from benchmarks.results.records import Cell, Outcome, Sample, Status
from benchmarks.results.store import Writer

BASE = "numpy_vectorized"
THREE = tuple(Cell("cost_gradient", "synthetic", 100, m) for m in (10, 100, 1000))


def section(page: str, heading: str) -> str:
    return page.partition(f"## {heading}")[2].partition("\n## ")[0]


def write(
    folder: Path, names: Iterable[str], cells: Iterable[Cell], ns: Callable[[str, Cell, int], float]
) -> Path:
    """A run of 5 processes of 20 rounds; `ns` gives a call's time, by the number of the sample."""
    writer = Writer(folder)
    for cell in cells:
        for name in names:
            writer.add(Outcome(name, cell, Status.OK, "", 1e-15, 1e-14, 5000, 10_000))
            for k in range(100):
                elapsed = round(1000 * ns(name, cell, k))
                writer.add(Sample(name, cell, k // 20, k % 20, 1000, elapsed))
    writer.save(dict(ABOUT))
    writer.close()
    return folder


# The control -------------------------------------------------------------------------------------


def visible(page: str) -> str:
    """The page as its reader sees it, as HTML."""
    return MarkdownIt("commonmark").enable("table").render(page)
