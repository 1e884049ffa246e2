"""The page: a run's report in Markdown, from the answer down to how it was found."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import format, markdown
from benchmarks.report import crossovers, environment, every_cell, growth, tables, warnings
from benchmarks.report.data import Data
from benchmarks.report.figures import Picture

MOST_ROWS, MOST_LINES = 1000, 100  # of what is folded away: more is for a program to read
READING = (Path(__file__).parent / "reading.md").read_text(encoding="utf-8").strip()


def write(data: Data, sentences: Sequence[str], pictures: Sequence[Picture]) -> str:
    """The whole page; a section that the run has nothing for is left out."""
    sections = [
        _title(data),
        markdown.bullets(sentences),
        *map(_picture, pictures),
        _growth(data),
        _changes(data),
        *([] if data.measured.empty else [_starting(data)]),
        _worth(data),
        _table("What was not measured, and why?", tables.missing(data)),
        _table("Which times are to be taken with care, and why?", warnings.rows(data)),
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


def _worth(data: Data) -> str:
    heading = "Is it right, how near the limit is it, and how much memory does it take?"
    rows = tables.worth(data)
    if not rows:
        return ""
    note = "The error is the worst over all cells, against what rounding allows there."
    if not data.measured.empty:
        each = ", or the like of it for each dtype" if data.results["dtype"].nunique() > 1 else ""
        note += f" A call and its memory are those at {data.label(data.central())}{each}."
    note += " Memory is what is resident beyond the data at most, prepared copies included."
    return _section(heading, markdown.text(note), markdown.table(rows))


def _growth(data: Data) -> str:
    note = (
        "Fitted is t = overhead + a · size^exponent; the exponent is that of the sizes from which "
        "on the overhead is less than half of a call. A prediction is for ten times the largest "
        "size that was measured. It is no measurement, and its brackets are its 95% prediction "
        "interval; where that is wide, only its ends are given."
    )
    leading, others = growth.lines(data)
    if not leading:
        return ""
    shown = [_law(line) for line in leading]
    if others:
        title = f"{format.count(len(others), 'other line')} of sizes; growth.csv has them all"
        title += _first(MOST_LINES, len(others))
        shown.append(markdown.folded(title, "\n\n".join(map(_law, others[:MOST_LINES]))))
    return _section("How does time grow with each size?", markdown.text(note), *shown)


def _law(line: growth.Line) -> str:
    return f"Along {markdown.text(line.name)}:\n\n{markdown.table(line.rows)}"


def _changes(data: Data) -> str:
    heading = "Where do two change places?"
    if data.crossovers.empty:
        if data.growth.empty:  # there was no line of sizes to look along
            return ""
        return _section(heading, "None do for sure, between the sizes that were measured.")
    note = (
        "Each is the faster for sure at some size on its own side. From one size measured to the "
        "next, times are taken for a power of the size, or for an overhead and a slope: the interval "
        "has both."
    )
    leading, others = crossovers.rows(data)
    shown = [markdown.table(leading)]
    if others:
        title = f"{format.count(len(others), 'change')} further back; crossovers.csv has them all"
        title += _first(MOST_ROWS, len(others))
        shown.append(markdown.folded(title, markdown.table(others[:MOST_ROWS])))
    return _section(heading, markdown.text(note), *shown)


def _cells(data: Data) -> str:
    rows = every_cell.rows(data, MOST_ROWS)
    if not rows:
        return ""
    many = len(data.measured)
    title = f"{format.count(many)} rows; summary.csv has them all{_first(MOST_ROWS, many)}"
    return _section("Every cell", markdown.folded(title, markdown.table(rows)))


def _first(most: int, many: int) -> str:
    """What is said of a list that is too long for the page."""
    return f", and here are the first {format.count(most)}" if many > most else ""


def _surroundings(about: Mapping[str, Any]) -> str:
    warnings = [str(warning) for warning in about.get("warnings") or []]
    return _section(
        "Where and how it was measured",
        markdown.table(environment.settings(about)),
        environment.spending(about),
        markdown.table(environment.ledger(about)),
        f"Warnings:\n\n{markdown.bullets(warnings)}" if warnings else "",
    )


def _again(data: Data) -> str:
    command = str(data.about.get("command") or "")
    return _section("To repeat this run", markdown.code(command)) if command else ""
