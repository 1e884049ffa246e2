"""A run's report in Markdown, from the results down to how they were measured."""

from collections.abc import Mapping, Sequence
from types import ModuleType
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
        *(_picture(*picture) for picture in shown),
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


def _picture(view: ModuleType, selection: Any) -> str:
    title = markdown.text(view.title(selection))
    rows = markdown.table(views.rows_of(view, selection))
    file = pictures.file_of(view)
    return _section(views.question_of(view), f"![{title}](figures/{file}.svg)", rows)


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
        laws = "\n\n".join(map(_law, others[:MAX_LINES]))
        nouns = ("other line of sizes", "other lines of sizes")
        parts.append(_folded(laws, "growth.csv", len(others), MAX_LINES, *nouns))
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
        table = markdown.table(behind[:MAX_ROWS])
        nouns = ("crossover further back", "crossovers further back")
        parts.append(_folded(table, "crossovers.csv", len(behind), MAX_ROWS, *nouns))
    return _section(heading, markdown.text(crossovers.NOTE), *parts)


def _cells(data: Data) -> str:
    if data.measured.empty:
        return ""
    table, many = markdown.table(every_cell.rows(data, MAX_ROWS)), len(data.measured)
    return _section("Every cell", _folded(table, "summary.csv", many, MAX_ROWS, "row"))


def _folded(body: str, file: str, many: int, most: int, *nouns: str) -> str:
    """A long list, out of the way: how long it is, where all of it is, and its first part."""
    title = f"{format.count(many, *nouns)}; {file} has them all"
    title += f", and here are the first {format.count(most)}" if many > most else ""
    return markdown.folded(title, body)


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
