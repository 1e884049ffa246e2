"""The page: a run's report in Markdown, from the answer down to how it was found."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import markdown, surroundings, tables
from benchmarks.report.data import Data
from benchmarks.report.figures import Picture

READING = (Path(__file__).parent / "reading.md").read_text(encoding="utf-8").strip()


def write(data: Data, sentences: Sequence[str], pictures: Sequence[Picture]) -> str:
    """The whole page; a section that the run has nothing for is left out."""
    sections = [
        _title(data),
        markdown.bullets(sentences),
        *map(_picture, pictures),
        *([] if data.measured.empty else [_starting(data)]),
        _table("How near to the exact answer is each implementation?", tables.accuracy(data)),
        _table("What was not measured, and why?", tables.missing(data)),
        _cells(data),
        _surroundings(data.about),
        READING,
        _again(data),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _title(data: Data) -> str:
    machine = (data.about.get("machine") or {}).get("processor") or "an unnamed machine"
    date = str(data.about.get("started") or "").partition("T")[0]
    when = f", {date}" if date else ""
    return f"# Ways to write logistic regression, raced on {markdown.text(machine + when)}"


def _picture(picture: Picture) -> str:
    shown = f"![{markdown.text(picture.title)}](figures/{picture.name}.svg)"
    return _section(picture.question, shown, markdown.table(picture.rows))


def _section(heading: str, *parts: str) -> str:
    return "\n\n".join([f"## {markdown.text(heading)}", *(part for part in parts if part)])


def _table(heading: str, rows: tables.Rows) -> str:
    return _section(heading, markdown.table(rows)) if rows else ""


def _starting(data: Data) -> str:
    heading = "What does it take to get started, and when has that paid for itself?"
    rows = tables.starting(data)
    note = (
        f"Prepare and calls are those at {data.label(data.central())}. The slowest first call of "
        "all cells holds whatever is done once, such as compiling; the calls after which an "
        "implementation is ahead count it in, and prepare, on both sides."
    )
    return _section(heading, markdown.text(note), markdown.table(rows)) if rows else ""


def _cells(data: Data) -> str:
    rows = tables.cells(data)
    if not rows:
        return ""
    folded = markdown.folded(f"{len(rows)} rows; summary.csv has them all", markdown.table(rows))
    return _section("Every cell", folded)


def _surroundings(about: Mapping[str, Any]) -> str:
    warnings = [str(warning) for warning in about.get("warnings") or []]
    return _section(
        "Where and how it was measured",
        markdown.table(surroundings.settings(about)),
        surroundings.spending(about),
        markdown.table(surroundings.ledger(about)),
        f"Warnings:\n\n{markdown.bullets(warnings)}" if warnings else "",
    )


def _again(data: Data) -> str:
    command = str(data.about.get("command") or "")
    return _section("To repeat this run", markdown.code(command)) if command else ""
