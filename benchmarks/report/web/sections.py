"""What the page says of a run in words and tables: the same as its Markdown, by part of the page."""

from typing import Any

from benchmarks.report import crossovers, environment, growth, headline, tables, warnings
from benchmarks.report.data import Data
from benchmarks.report.web import charts


def of(name: str, data: Data) -> dict[str, Any]:
    """One run's words and tables; what it has nothing of is empty. `views` has tables by view."""
    about = data.about
    measured = not data.measured.empty
    leading, others = growth.lines(data)
    starting = tables.starting(data) if measured else []
    for row in starting:
        del row["what it is"]  # that stands beside its source
    return {
        "name": name,
        "machine": headline.machine(data) or "an unnamed machine",
        "date": headline.date(data),
        "sentences": headline.sentences(data),
        "missing": tables.missing(data),
        "views": charts.rows_of(data),
        "laws": [*leading, *others],
        "crossovers": crossovers.rows(data)[0],
        "starting": starting,
        "starting_note": tables.starting_note(data) if measured else "",
        "worth": tables.worth(data),
        "worth_note": tables.worth_note(data),
        "cell_warnings": warnings.rows(data),
        "warnings": environment.warnings(about),
        "settings": environment.settings(about),
        "spending": environment.spending(about),
        "ledger": environment.ledger(about),
        "command": str(about.get("command") or ""),
    }
