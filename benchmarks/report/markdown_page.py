"""A run's report in Markdown, from the results down to how they were measured."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks import format, markdown
from benchmarks.report import (
    crossovers,
    environment,
    every_cell,
    growth,
    headline,
    pictures,
    reading,
    tables,
    views,
    warnings,
)
from benchmarks.report.data import Data
from benchmarks.report.pictures import Picture
from benchmarks.report.tables import Rows

MAX_ROWS, MAX_LINES = 1000, 100  # of what is folded away: more is for a program to read


def write(data: Data, sentences: Sequence[str], shown: Sequence[Picture]) -> str:
    """The whole report; a section that the run has nothing for is left out."""
    sections = [
        _title(data),
        markdown.bullets(sentences),
        *map(_picture, shown),
        _growth(data),
        _crossovers(data),
        *([] if data.measured.empty else [_starting(data)]),
        _worth(data),
        _table("Not measured", tables.missing(data)),
        _warnings(data),
        _cells(data),
        _environment(data.about),
        reading.text(),
        _command(data),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _title(data: Data) -> str:
    date = headline.date(data)
    return f"# {markdown.text(headline.title([data]) + (f', {date}' if date else ''))}"


def _section(heading: str, *parts: str) -> str:
    return "\n\n".join([f"## {markdown.text(heading)}", *(part for part in parts if part)])


def _table(heading: str, rows: Rows, note: str = "") -> str:
    """A section with a table; none where the table is empty."""
    return _section(heading, markdown.text(note), markdown.table(rows)) if rows else ""


def _picture(picture: Picture) -> str:
    file = pictures.file_of(picture.view)
    link = f"![{markdown.text(picture.title)}](figures/{file}.svg)"
    return _section(views.question_of(picture.view), link, markdown.table(picture.rows))


def _starting(data: Data) -> str:
    return _table("Start-up cost and break-even", tables.starting(data), tables.starting_note(data))


def _worth(data: Data) -> str:
    return _table(
        "Accuracy, roofline efficiency, memory", tables.worth(data), tables.worth_note(data)
    )


def _growth(data: Data) -> str:
    leading, others = growth.lines(data)
    if not leading:
        return ""
    parts = [_law(line) for line in leading]
    if others:
        title = f"{format.count(len(others), 'other line')} of sizes; growth.csv has them all"
        title += _first(MAX_LINES, len(others))
        parts.append(markdown.folded(title, "\n\n".join(map(_law, others[:MAX_LINES]))))
    return _section("Growth of time with size", markdown.text(growth.NOTE), *parts)


def _law(line: growth.Line) -> str:
    return f"Along {markdown.text(line.name)}:\n\n{markdown.table(line.rows)}"


def _crossovers(data: Data) -> str:
    heading = "Crossovers"
    if data.crossovers.empty:
        if data.growth.empty:  # there was no line of sizes to look along
            return ""
        return _section(heading, "None is certain between the sizes that were measured.")
    leading, behind = crossovers.rows(data)
    parts = [markdown.table(leading)]
    if behind:
        title = (
            f"{format.count(len(behind), 'crossover')} further back; crossovers.csv has them all"
        )
        title += _first(MAX_ROWS, len(behind))
        parts.append(markdown.folded(title, markdown.table(behind[:MAX_ROWS])))
    return _section(heading, markdown.text(crossovers.NOTE), *parts)


def _cells(data: Data) -> str:
    rows = every_cell.rows(data, MAX_ROWS)
    if not rows:
        return ""
    many = len(data.measured)
    title = f"{format.count(many)} rows; summary.csv has them all{_first(MAX_ROWS, many)}"
    return _section("Every cell", markdown.folded(title, markdown.table(rows)))


def _first(most: int, many: int) -> str:
    """What a list says of itself that is too long for the report."""
    return f", and here are the first {format.count(most)}" if many > most else ""


def _warnings(data: Data) -> str:
    """Those on the run, and those on the times of its cells."""
    run, cells = environment.warnings(data.about), warnings.rows(data)
    parts = [markdown.bullets(run), markdown.table(cells)]
    return _section("Warnings", *parts) if run or cells else ""


def _environment(about: Mapping[str, Any]) -> str:
    return _section(
        "Environment and settings",
        markdown.table(environment.settings(about)),
        environment.spending(about),
        markdown.table(environment.ledger(about)),
    )


def _command(data: Data) -> str:
    command = str(data.about.get("command") or "")
    return _section("Command that repeats this run", markdown.code(command)) if command else ""
