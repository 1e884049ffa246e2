"""What the page says of a run in words and tables: the same as its Markdown, by part of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.report import crossovers, environment, growth, headline, tables, warnings
from benchmarks.report.data import Data
from benchmarks.report.tables import Rows
from benchmarks.report.web import charts


@dataclass(frozen=True, eq=False)
class Section:
    """One run's words and tables; what it has nothing of is empty. `views` has tables by view."""

    name: str
    machine: str
    date: str
    sentences: Sequence[str]
    missing: Rows
    views: Mapping[str, Rows]
    laws: Sequence[growth.Line]
    crossovers: Rows
    starting: Rows
    starting_note: str
    worth: Rows
    worth_note: str
    cell_warnings: Rows
    warnings: Sequence[str]
    settings: Rows
    spending: str
    ledger: Rows
    command: str


def of(name: str, data: Data) -> Section:
    about = data.about
    measured = not data.measured.empty
    leading, others = growth.lines(data)
    return Section(
        name=name,
        machine=headline.machine(data) or "an unnamed machine",
        date=headline.date(data),
        sentences=headline.sentences(data),
        missing=tables.missing(data),
        views=charts.rows_of(data),
        laws=[*leading, *others],
        crossovers=crossovers.rows(data)[0],
        starting=_starting(data) if measured else [],
        starting_note=tables.starting_note(data) if measured else "",
        worth=tables.worth(data),
        worth_note=tables.worth_note(data),
        cell_warnings=warnings.rows(data),
        warnings=environment.warnings(about),
        settings=environment.settings(about),
        spending=environment.spending(about),
        ledger=environment.ledger(about),
        command=str(about.get("command") or ""),
    )


def _starting(data: Data) -> Rows:
    """Without what each is: that stands beside its source."""
    rows = tables.starting(data)
    return [{key: text for key, text in row.items() if key != "what it is"} for row in rows]
