"""What a person sees while a run goes on, and at its end: progress, tables, errors.

rich is imported when the first of them is drawn, and not before.
"""

import io
import os
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

_SECONDS_BETWEEN_LINES = 15
_WIDTH = 200  # of a table where the output is no terminal


@cache
def _console(stderr: bool = False) -> "Console":
    from rich.console import Console

    # Without a terminal, or where colours are not wanted, the text is all there is.
    terminal = False if os.environ.get("NO_COLOR") else None  # None: rich looks for one
    return Console(stderr=stderr, highlight=False, soft_wrap=True, force_terminal=terminal)


def fail(message: object) -> None:
    """One or two lines on standard error."""
    _print("[bold red]error:[/] ", _visible(message), stderr=True)


def warn(message: object) -> None:
    _print("[yellow]warning:[/] ", _visible(message), stderr=True)


def say(message: object = "") -> None:
    _print("", message)


def _visible(message: object) -> str:
    """The text with what a terminal would obey, or not show, as Python writes it: a user's file may
    have any name. So are newlines, where there are more than a message of ours has."""
    text = str(message)
    shown = "\n" if text.count("\n") <= 1 else ""
    return "".join(c if c.isprintable() or c in shown else ascii(c)[1:-1] for c in text)


def write_anything() -> None:
    """Let no character end a command that standard output or error has no code for."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _print(markup: str, message: object, stderr: bool = False) -> None:
    from rich.markup import escape

    _console(stderr).print(f"{markup}{escape(str(message))}")


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; of plain text where the output is no terminal."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    drawn = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        drawn.add_row(*(escape(str(field)) for field in row))
    terminal = _console().is_terminal
    (_console() if terminal else Console(highlight=False, width=_WIDTH)).print(drawn)


class Watch:
    """The progress of a run: a bar on a terminal, a line now and then elsewhere, nothing if quiet.

    It draws when it is told to and never on its own: a sample may be on the clock.
    """

    def __init__(self, quiet: bool = False):
        from rich.progress import BarColumn, Progress, TextColumn

        self._quiet = quiet
        self._last = -float(_SECONDS_BETWEEN_LINES)
        columns = BarColumn(16), TextColumn("{task.percentage:3.0f}% {task.description}")
        errors = _console(stderr=True)
        self._bar = Progress(*columns, console=errors, auto_refresh=False, transient=True)
        self._task = self._bar.add_task("", total=1.0)

    def __enter__(self) -> "Watch":
        if _console(stderr=True).is_terminal and not self._quiet:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, doing: str, done: float, left_s: float | None = None) -> None:
        """What is done now, the share of the work that is done, and the seconds left."""
        if self._quiet:
            return
        known = left_s is not None and left_s < inf
        left = "{}:{:02} left  ".format(*divmod(int(left_s or 0), 60)) if known else ""
        if _console(stderr=True).is_terminal:
            from rich.markup import escape

            self._bar.update(self._task, completed=done, description=escape(left + doing))
            self._bar.refresh()
        elif monotonic() - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = monotonic()
            print(f"{done:4.0%}  {left}{doing}", file=sys.stderr, flush=True)
