"""The revisions that were asked for, oldest first."""

from collections.abc import Sequence
from typing import NamedTuple

from benchmarks import git
from benchmarks.compare.revisions import HERE, CompareError, commit_of
from benchmarks.registry import FOLDER

_SEPARATOR = "\x1f"
_SHORT = 10  # digits of a commit's name


class Commit(NamedTuple):
    """A revision: its name for `checked_out`, as people read it, its date (YYYY-MM-DD) and subject."""

    named: str
    short: str
    date: str
    subject: str


def commits(asked: Sequence[str]) -> list[Commit]:
    """The revisions, each once: in the order that they are asked for, and A..B from A to B.

    Of A..B these are A and the commits of B's first parents that change the measured code: what a
    branch did is one step, where it was merged. Raises CompareError.
    """
    named = [name for words in asked for name in _named(words.removeprefix("git:"))]
    found = list(dict.fromkeys(_described(name) for name in named))
    if len(found) < 2:
        raise CompareError(
            f"a history needs two revisions or more, and {' '.join(asked)} names {len(found)}; "
            "give REV REV..., or A..B of which some commits change the implementations"
        )
    return found


def _named(words: str) -> list[str]:
    first, dots, last = words.partition("..")
    if not dots:
        return [words]
    if not first or last.startswith("."):
        raise CompareError(f"{words} is no range of revisions; give A..B, with A before B")
    ends = [commit_of(f"git:{end}") for end in (first, last or "HEAD")]
    between = git.line(
        "rev-list", "--reverse", "--first-parent", f"{ends[0]}..{ends[1]}", "--", FOLDER.name
    )
    return [ends[0], *between.split()]


def _described(words: str) -> Commit:
    if words == HERE:
        return Commit(HERE, HERE, "", "the files as they are now")
    form = _SEPARATOR.join(("%H", "%cs", "%s"))
    commit, date, subject = git.line(
        "show", "--no-patch", f"--format={form}", commit_of(f"git:{words}")
    ).split(_SEPARATOR)
    return Commit(f"git:{commit}", commit[:_SHORT], date, subject)
