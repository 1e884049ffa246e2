"""How to read a report: reading.md, with the warnings as results/warnings.py explains them."""

from pathlib import Path

from benchmarks.results.warnings import KINDS

_TEXT = Path(__file__).with_suffix(".md")


def text() -> str:
    """The section in Markdown."""
    kinds = [f"  - {name}: {kind.meaning}; {kind.remedy}." for name, kind in KINDS.items()]
    return _TEXT.read_text(encoding="utf-8").strip().replace("{warnings}", "\n".join(kinds))
