"""Write what a run says at its end into the README, in place of what another run said."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path
from textwrap import indent, wrap
from typing import TYPE_CHECKING

import click

from benchmarks.cli import _console as console
from benchmarks.cli import _options as options
from benchmarks.cli import report
from benchmarks.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

_BLOCK = re.compile(r"(`make bench` ends like this[^\n]*:\n\n)(?: {4}[^\n]*\n|\n)+")
_WIDTH, _ROWS = 112, 6
_END = "The report is reports/…/index.html; in Markdown, README.md beside it"


@click.command()
@click.argument("run", type=options.PATH, metavar="RUN")
@click.option("--out", type=options.PATH, metavar="FILE", default="README.md", show_default=True)
def command(run: Path, out: Path) -> int:
    """Build RUN's report, and show in FILE what the run says at its end."""
    from benchmarks.report import build
    from benchmarks.results.store import write_atomically

    try:
        text = out.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{out} cannot be read ({error}): name another with --out") from None
    if not _BLOCK.search(text):
        raise UserError(f"{out} does not say how `make bench` ends: there is nothing to replace")
    built = build(run)
    write_atomically(out, shown(text, built.sentences[0], built.winners))
    console.say(f"{out} shows {run}")
    return 0


def shown(text: str, sentence: str, winners: "pd.DataFrame") -> str:
    """The README's text with the end of a run: its first sentence, and the largest cells' winners."""
    with redirect_stdout(io.StringIO()) as table:
        report.show_winners(winners, _ROWS)
    rows = [line.rstrip() for line in table.getvalue().rstrip().splitlines()]
    if len(winners.dropna(subset="second")) > _ROWS:
        rows[-1] = "..."  # and so many more
    lines = [*wrap(sentence, _WIDTH), "", *rows, "", _END]
    block = indent("\n".join(lines), "    ")
    return _BLOCK.sub(lambda before: f"{before[1]}{block}\n\n", text)
