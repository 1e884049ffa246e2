"""The history's README.md and index.html: the changes, the picture, every revision."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markdown_it import MarkdownIt
from markupsafe import Markup

from benchmarks import format
from benchmarks.markdown import bullets, code, folded, text
from benchmarks.markdown import table as markdown_table
from benchmarks.report.history.figure import figure
from benchmarks.report.views import _style
from benchmarks.report.web.template import style, template
from benchmarks.results.store import write_atomically

_HERE = Path(__file__).parent

Change = tuple[str, str]
"""A change in words, and the diff of the measured code."""


def write(
    table: pd.DataFrame, title: str, changes: Sequence[Change], notes: Sequence[str], command: str,
    folder: Path,
) -> Path:  # fmt: skip
    """Draw the picture, write both files, and return the page."""
    (folder / "figures").mkdir(exist_ok=True)
    pictures = [folder / "figures" / f"history.{ending}" for ending in ("svg", "png")]
    with _style.applied():
        _style.save(figure(table, title), pictures)
    body = _markdown(table, title, changes, notes, command)
    write_atomically(folder / "README.md", body)
    page = folder / "index.html"
    write_atomically(page, _page(body, title, pictures[0]))
    return page


def _markdown(
    table: pd.DataFrame, title: str, changes: Sequence[Change], notes: Sequence[str], command: str
) -> str:
    parts = [f"# {text(title)}"]
    said = [words for words, _ in changes]
    parts.append(bullets(said) if said else text("Nothing changed between any two neighbours."))
    parts.append(
        f"![{text('The time of each revision relative to the first')}](figures/history.svg)"
    )
    parts.append(
        "Each point is a revision's time over that of the first, measured in the same rounds, with its "
        "95% interval. A dashed line marks a change that was seen, and seen again in fresh processes."
    )
    parts += [folded(f"The code: {words}", code(diff)) for words, diff in dict(changes).items()]
    rows = [_row(row) for row in table.to_dict("records")]
    parts.append(folded("Every revision", markdown_table(rows)))
    parts.append(bullets(notes))
    parts.append(f"To repeat it:\n\n{code(command)}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _row(row: Mapping[Any, Any]) -> dict[str, str]:
    return {
        "revision": row["revision"],
        "date": row["date"],
        "subject": row["subject"],
        "implementation": row["implementation"],
        "cell": format.cell(row),
        "time / first": _ratio(row, "ratio"),
        "time / before": _ratio(row, "step"),
        "verdict": row["verdict"] or (row["status"] if row["status"] != "ok" else ""),
        "why": row["reason"] or "",
    }


def _ratio(row: Mapping[Any, Any], name: str) -> str:
    return format.relative_interval(row[name], row[f"{name}_low"], row[f"{name}_high"])


def _page(body: str, title: str, picture: Path) -> str:
    """The Markdown as a page that needs nothing else: the picture is in it."""
    words = MarkdownIt("commonmark", {"html": True}).enable("table").render(body)
    before, _, after = words.partition("<p><img")
    return template(_HERE).render(
        title=title,
        before=Markup(before),
        picture=Markup(_inline(picture)),
        after=Markup(after.partition("</p>")[2]),
        style=style(),
    )


def _inline(picture: Path) -> str:
    svg = picture.read_text(encoding="utf-8")
    return svg[svg.index("<svg") :]
