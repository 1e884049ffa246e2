"""The source of each implementation, highlighted, and what it costs: lines, speed, error, memory."""

from collections.abc import Mapping
from typing import NamedTuple

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.token import Comment, String, Text

from benchmarks import format
from benchmarks.report import tables
from benchmarks.report.data import Data

_LEXER = PythonLexer(stripnl=False)
_FORMATTER: HtmlFormatter = HtmlFormatter(nowrap=True)


class File(NamedTuple):
    name: str
    code: Markup


class Source(NamedTuple):
    """An implementation of a run: the files that were measured, and what is known of it, in words."""

    name: str
    run: str
    files: list[File]
    facts: dict[str, str]


def of(runs: Mapping[str, Data]) -> list[Source]:
    """Every implementation of every run, in the order of their names."""
    sources = []
    for run, data in runs.items():
        about = data.about.get("implementations") or {}
        costs = {row.pop("implementation"): row for row in tables.worth(data)}
        for name in sorted(set(data.results["implementation"])):
            measured = about.get(name) or {}
            texts: Mapping[str, str] = measured.get("sources") or {}
            # Whatever a source holds, its HTML is escaped by the highlighter.
            files = [
                File(file, Markup(highlight(text, _LEXER, _FORMATTER)))
                for file, text in texts.items()
            ]
            facts = {"what it is": str(measured.get("doc") or ""), "lines of code": _lines(texts)}
            facts = {key: value for key, value in (facts | costs.get(name, {})).items() if value}
            sources.append(Source(name, run if len(runs) > 1 else "", files, facts))
    return sources


def _lines(texts: Mapping[str, str]) -> str:
    """42, or 60 and 400 in _helper.py: what it shares with others is its own code too."""
    counts = {file: format.count(lines_of_code(text)) for file, text in texts.items()}
    if not counts or next(iter(counts.values())) == "0":
        return ""
    first, *helpers = counts.items()
    return format.listing([first[1], *(f"{number} in {file}" for file, number in helpers)])


def lines_of_code(text: str) -> int:
    """Lines with code on them: not those of comments, of docstrings, or blank."""
    lines, line = set(), 0
    for kind, part in _LEXER.get_tokens(text):
        silent = kind in Comment or kind in String.Doc or kind in Text
        for k, piece in enumerate(part.split("\n")):
            line += k > 0
            if piece.strip() and not silent:
                lines.add(line)
    return len(lines)
