"""What the page says of a run in words and tables: the same as its Markdown, by part of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import format
from benchmarks.report import crossovers, environment, growth, headline, tables, warnings
from benchmarks.report.data import Data
from benchmarks.report.figures import lesson
from benchmarks.report.tables import Rows


@dataclass(frozen=True, eq=False)
class Section:
    """One run's words and tables; what it has nothing of is empty."""

    name: str
    machine: str
    date: str
    answer: Sequence[str]
    missing: Rows
    laws: Sequence[growth.Line]
    changes: Rows
    lesson: Rows
    starting: Rows
    worth: Rows
    central: str
    odd: Rows
    warnings: Sequence[str]
    settings: Rows
    spending: str
    ledger: Rows
    command: str


def of(name: str, data: Data) -> Section:
    about = data.about
    measured = not data.measured.empty
    taught: Any = lesson.select(data) if measured else None
    leading, others = growth.lines(data)
    return Section(
        name=name,
        machine=headline.machine(data) or "an unnamed machine",
        date=str(about.get("started") or "").partition("T")[0],
        answer=headline.sentences(data),
        missing=tables.missing(data),
        laws=[*leading, *others],
        changes=crossovers.rows(data)[0],
        lesson=lesson.table(taught) if taught else [],
        starting=_starting(data) if measured else [],
        worth=tables.worth(data),
        central=data.label(data.central()) if measured else "",
        odd=warnings.rows(data),
        warnings=[str(warning) for warning in about.get("warnings") or []],
        settings=environment.settings(about),
        spending=environment.spending(about),
        ledger=environment.ledger(about),
        command=str(about.get("command") or ""),
    )


def _starting(data: Data) -> Rows:
    """Without what each is: that stands beside its source."""
    rows = tables.starting(data)
    return [{key: said for key, said in row.items() if key != "what it is"} for row in rows]


def title(shown: Sequence[Section]) -> str:
    machines = list(dict.fromkeys(section.machine for section in shown))
    return f"Ways to write logistic regression, raced on {format.listing(machines)}"
