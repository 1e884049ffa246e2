"""What a person sees while a run goes on, and at its end: progress, tables, errors."""

import os
import sys
from collections.abc import Iterable, Sequence
from time import monotonic

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

_SECONDS_BETWEEN_LINES = 15

# Without a terminal, or where colours are not wanted, the text is all there is.
_TERMINAL = False if os.environ.get("NO_COLOR") else None  # None: see whether there is one

console = Console(highlight=False, soft_wrap=True, force_terminal=_TERMINAL)
errors = Console(stderr=True, highlight=False, soft_wrap=True, force_terminal=_TERMINAL)


def fail(message: object) -> None:
    """One or two lines on standard error."""
    errors.print(f"[bold red]error:[/] {escape(str(message))}")


def warn(message: object) -> None:
    errors.print(f"[yellow]warning:[/] {escape(str(message))}")


def say(message: object = "") -> None:
    console.print(escape(str(message)))


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; of plain text where the output is no terminal."""
    drawn = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        drawn.add_row(*(escape(str(field)) for field in row))
    wide = console if console.is_terminal else Console(highlight=False, width=200)
    wide.print(drawn)


class Watch:
    """The progress of a run: a bar on a terminal, a line now and then elsewhere, nothing if quiet.

    It draws when it is told to and never on its own: a sample may be on the clock.
    """

    def __init__(self, quiet: bool = False):
        self._quiet = quiet
        self._last = -float(_SECONDS_BETWEEN_LINES)
        columns = (
            BarColumn(16),
            TextColumn("{task.percentage:3.0f}%"),
            TextColumn("{task.description}"),
        )
        self._bar = Progress(*columns, console=errors, auto_refresh=False, transient=True)
        self._task = self._bar.add_task("", total=1.0)

    def __enter__(self) -> "Watch":
        if errors.is_terminal and not self._quiet:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, doing: str, done: float, left_s: float | None = None) -> None:
        """What is done now, the share of the work that is done, and the seconds left."""
        left = "" if left_s is None else "{}:{:02} left  ".format(*divmod(int(left_s), 60))
        if self._quiet:
            return
        if errors.is_terminal:
            self._bar.update(self._task, completed=done, description=escape(left + doing))
            self._bar.refresh()
        elif monotonic() - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = monotonic()
            print(f"{done:4.0%}  {left}{doing}", file=sys.stderr, flush=True)
