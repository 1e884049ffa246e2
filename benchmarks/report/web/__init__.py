"""The page: one file that needs nothing else, from the answer down to every sample.

What it shows is worked out here, in Python, and laid down in it as data (`payload`); page.js draws
it. Plotly and the data are compressed, and unpacked by the browser.
"""

import base64
import gzip
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from benchmarks.markdown import columns, number_columns
from benchmarks.report import (
    environment,
    growth,
    headline,
    markdown_page,
    scene,
    start_up,
    tables,
    views,
)
from benchmarks.report.data import Data
from benchmarks.report.views import _marks
from benchmarks.report.web import charts, machines, rows, samples, side_by_side, sources
from benchmarks.report.web.template import style, template

_HERE = Path(__file__).parent


def write(runs: Mapping[str, Data]) -> str:
    """The page of one run, or of several side by side, each under its name."""
    compact: Any = {"ensure_ascii": False, "allow_nan": False, "separators": (",", ":")}
    filters = {f.__name__: f for f in (columns, number_columns, views.name_of, views.question_of)}
    return template(_HERE, **filters).render(
        title=headline.title(list(runs.values())),
        runs=[_sections(name, data) for name, data in runs.items()],
        together=side_by_side.rows(runs) if len(runs) > 1 else [],
        machines=machines.rows(runs) if len(runs) > 1 else [],
        sharing=machines.sharing(runs) if len(runs) > 1 else [],
        versions=machines.versions_that_differ(runs) if len(runs) > 1 else [],
        views=views.members(),
        looks=looks(runs),
        choices=scene.choices(runs.values()),
        sources=sources.of(runs),
        reading=Markup(MarkdownIt().render(markdown_page.reading())),
        style=style(),
        script=Markup((_HERE / "page.js").read_text(encoding="utf-8")),
        plotly=_plotly(),
        payload=packed(json.dumps(payload(runs), **compact).encode()),
        samples=[packed(samples.of(data)) for data in runs.values()],
    )


def _sections(name: str, data: Data) -> dict[str, Any]:
    """One run's words and tables, as in its Markdown; what it has nothing of is empty."""
    leading, others = growth.lines(data)
    return {
        "name": name,
        "machine": headline.machine(data) or "an unnamed machine",
        "date": headline.date(data),
        "sentences": headline.sentences(data),
        "missing": tables.missing(data),
        "views": charts.rows_of(data),
        "laws": [*leading, *others],
        "crossovers": growth.crossovers(data)[0],
        # What an implementation is stands beside its source.
        "starting": [{**row, "what it is": ""} for row in start_up.rows(data)],
        "starting_note": start_up.note(data),
        "worth": tables.worth(data),
        "worth_note": tables.worth_note(data),
        "cell_warnings": tables.warnings(data),
        "warnings": environment.warnings(data.about),
        "settings": environment.settings(data.about),
        "spending": environment.spending(data.about),
        "ledger": environment.ledger(data.about),
        "command": str(data.about.get("command") or ""),
    }


def looks(runs: Mapping[str, Data]) -> dict[str, dict[str, str]]:
    """How each implementation looks, in the order of their names."""
    names = sorted({str(name) for data in runs.values() for name in data.results["implementation"]})
    return {name: _marks.look_of(name) for name in names}


def payload(runs: Mapping[str, Data]) -> dict[str, Any]:
    """What page.js draws: how each implementation looks, the charts of each run, and the table."""
    return {
        "looks": looks(runs) | {name: _marks.look_of(name) for name in _marks.LINES},
        "charts": [charts.of(data) for data in runs.values()],
        "table": rows.of(runs),
    }


@cache
def _plotly() -> Markup:
    """All of Plotly: the page loads nothing."""
    from plotly.offline import get_plotlyjs

    return packed(get_plotlyjs().encode())


def packed(content: bytes) -> Markup:
    """Compressed, in letters that mean nothing to HTML; the same for the same content."""
    return Markup(base64.b64encode(gzip.compress(content, 9, mtime=0)).decode())
