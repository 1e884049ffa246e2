"""A run's report in Markdown, from the results down to how they were measured."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks import format, markdown
from benchmarks.report import environment, growth, headline, pictures, start_up, tables, views
from benchmarks.report.data import Data
from benchmarks.report.pictures import Picture
from benchmarks.report.tables import Rows
from benchmarks.results.warnings import KINDS

MAX_ROWS, MAX_LINES = 1000, 100  # of what is folded away: more is for a program to read


def write(data: Data, sentences: Sequence[str], shown: Sequence[Picture]) -> str:
    """The whole report; a section that the run has nothing for is left out."""
    date = headline.date(data)
    title = headline.title([data]) + (f", {date}" if date else "")
    command = str(data.about.get("command") or "")
    answers = [picture for picture in shown if picture[0].SECTION == "answer"]
    sections = [
        f"# {markdown.text(title)}",
        markdown.bullets(sentences[:1]) if answers else "",
        *map(_picture, answers),
        markdown.bullets(sentences[1:] if answers else sentences),
        *(_picture(picture) for picture in shown if picture[0].SECTION != "answer"),
        _growth(data),
        _crossovers(data),
        _table("Start-up cost and break-even", start_up.rows(data), start_up.note(data)),
        _table(
            "Accuracy, roofline efficiency, memory", tables.worth(data), tables.worth_note(data)
        ),
        _table("Not measured", tables.missing(data)),
        _section(
            "Warnings",
            markdown.bullets(environment.warnings(data.about)),
            markdown.table(tables.warnings(data)),
        ),
        _cells(data),
        _section(
            "Environment and settings",
            markdown.table(environment.settings(data.about)),
            environment.spending(data.about),
            markdown.table(environment.ledger(data.about)),
        ),
        reading(),
        _section("Command that repeats this run", markdown.code(command) if command else ""),
    ]
    return "\n\n".join(filter(None, sections)) + "\n"


def reading() -> str:
    """How to read a report: reading.md, with the warnings as results/warnings.py explains them."""
    text = Path(__file__).with_name("reading.md").read_text(encoding="utf-8").strip()
    kinds = [f"  - {name}: {kind.meaning}; {kind.remedy}." for name, kind in KINDS.items()]
    return text.replace("{warnings}", "\n".join(kinds))


def _section(heading: str, *parts: str) -> str:
    """A section of the parts that are not empty; none where all are."""
    body = list(filter(None, parts))
    return "\n\n".join([f"## {markdown.text(heading)}", *body]) if body else ""


def _table(heading: str, rows: Rows, note: str = "") -> str:
    return _section(heading, markdown.text(note), markdown.table(rows)) if rows else ""


def _picture(picture: Picture) -> str:
    view, selection = picture
    title = markdown.text(view.title(selection))
    rows = markdown.table(views.rows_of(view, selection))
    file = pictures.file_of(view)
    return _section(views.question_of(view), f"![{title}](figures/{file}.svg)", rows)


def _growth(data: Data) -> str:
    leading, others = growth.lines(data)
    if not leading:
        return ""
    parts = [_law(line) for line in leading]
    if others:
        laws = "\n\n".join(map(_law, others[:MAX_LINES]))
        nouns = ("other line of sizes", "other lines of sizes")
        parts.append(_folded(laws, "growth.csv", len(others), MAX_LINES, *nouns))
    return _section("Growth of time with size", markdown.text(growth.GROWTH), *parts)


def _law(line: growth.Line) -> str:
    return f"Along {markdown.text(line.name)}:\n\n{markdown.table(line.rows)}"


def _crossovers(data: Data) -> str:
    heading = "Crossovers"
    if data.crossovers.empty:
        # Without growth there was no line of sizes to look along.
        none = "None is certain between the sizes that were measured."
        return _section(heading, "" if data.growth.empty else none)
    leading, behind = growth.crossovers(data)
    parts = [markdown.table(leading)]
    if behind:
        table = markdown.table(behind[:MAX_ROWS])
        nouns = ("crossover further back", "crossovers further back")
        parts.append(_folded(table, "crossovers.csv", len(behind), MAX_ROWS, *nouns))
    return _section(heading, markdown.text(growth.CROSSOVERS), *parts)


def _cells(data: Data) -> str:
    if data.measured.empty:
        return ""
    table, many = markdown.table(tables.cells(data, MAX_ROWS)), len(data.measured)
    return _section("Every cell", _folded(table, "summary.csv", many, MAX_ROWS, "row"))


def _folded(body: str, file: str, many: int, most: int, *nouns: str) -> str:
    """A long list, out of the way: how long it is, where all of it is, and its first part."""
    title = f"{format.count(many, *nouns)}; {file} has them all"
    title += f", and here are the first {format.count(most)}" if many > most else ""
    return markdown.folded(title, body)
