"""Markdown from text that others wrote: whatever it holds, it is shown and never obeyed."""

import re
from collections.abc import Mapping, Sequence

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}
# An underscore within a word is only itself; a bracket matters where a link could follow.
_SPECIAL = re.compile(r"[\\`*~|&<>$]|(?<![^\W_])_|_(?![^\W_])|\](?=[(\[:])|^[#+=-]")


def text(words: object) -> str:
    """The words on one line, so that Markdown shows them as they are, in a table too."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(words)).split())
    line = _SPECIAL.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), line)
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", line)  # 1. would begin a list


def code(words: str) -> str:
    """A block of code, with a fence longer than any in it."""
    longest = max((len(run) for run in re.findall("`+", words)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{words}\n{fence}"


def columns(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """The columns that have anything in them."""
    return [column for column in rows[0] if any(row[column] != "" for row in rows)]


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """The rows as a table, all of it escaped, numbers to the right; empty where there are none."""
    if not rows:
        return ""
    shown, right = columns(rows), number_columns(rows)
    cells = [[text(row[column]) for column in shown] for row in rows]
    lines = [[text(column) for column in shown]]
    lines.append(["---:" if column in right else "---" for column in shown])
    return "\n".join(f"| {' | '.join(line)} |" for line in [*lines, *cells])


def number_columns(rows: Sequence[Mapping[str, object]]) -> set[str]:
    """The columns in which every text begins with a digit, or is empty."""
    return {
        column
        for column in columns(rows)
        if all(str(row[column])[:1].isdigit() or row[column] == "" for row in rows)
    }


def bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {text(line)}" for line in lines)


def folded(summary: str, body: str) -> str:
    """The body, out of the way until the reader asks for it."""
    return f"<details>\n<summary>{text(summary)}</summary>\n\n{body}\n\n</details>"
