"""Base and head as folders of implementations: temporary worktrees, removed whatever happens."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from benchmarks.errors import UserError
from benchmarks.registry import FOLDER, ROOT, members, sources
from benchmarks.worker.environment import scratch

HERE = "."


class CompareError(UserError):
    """A revision, a run or an implementation is missing, or two of them cannot be compared."""


@dataclass(frozen=True)
class Side:
    """One revision: how it was named, its commit, and its implementations by name."""

    named: str
    commit: str
    implementations: dict[str, Path]


@contextmanager
def checked_out(base: str, head: str) -> Iterator[tuple[Side, Side]]:
    """Both revisions, `git:REV` or `.`, each in a folder of its own as long as it lasts.

    The folders' names are of equal length: how long a path is moves the stack, and so the times.
    The working tree is copied, so that it may be edited meanwhile.
    """
    try:
        with scratch() as folder:
            yield _side(base, folder / "base"), _side(head, folder / "head")
    finally:
        _git("worktree", "prune")  # and what a comparison that was killed has left


def is_revision(named: str) -> bool:
    return named == HERE or named.startswith("git:")


def changed_files(base: Path, head: Path) -> list[str]:
    """The files of the measured code that differ, each with the lines added and removed."""
    texts = [
        {file.name: file.read_text(encoding="utf-8", errors="replace") for file in sources(path)}
        for path in (base, head)
    ]
    changed = []
    for name in sorted({*texts[0], *texts[1]}):
        before, after = (side.get(name, "").splitlines() for side in texts)
        if before != after:
            diff = list(unified_diff(before, after, lineterm="", n=0))[2:]
            added, removed = (sum(line.startswith(sign) for line in diff) for sign in "+-")
            changed.append(f"{name} (+{added} −{removed})")
    return changed


def _side(named: str, folder: Path) -> Side:
    commit = _commit(named)
    folder.mkdir()
    if named == HERE:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(FOLDER, folder / FOLDER.name, ignore=ignored)
    else:
        options = ["--quiet", "--detach", "--force", "--no-checkout"]
        _git("worktree", "add", *options, str(folder), commit)
        try:
            _git("checkout", "--quiet", commit, "--", FOLDER.name, at=folder)
        except CompareError:
            raise CompareError(f"{named} has no folder {FOLDER.name}/") from None
    return Side(named, commit, members(folder / FOLDER.name))


def _commit(named: str) -> str:
    """The commit that the name stands for; the working tree's is the one it started from."""
    revision = "HEAD" if named == HERE else named.removeprefix("git:")
    try:
        return _git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
    except CompareError:
        if named == HERE:
            return ""
        raise CompareError(
            f"{named}: there is no such revision here; git branch --all lists branches, "
            "and git fetch brings those of the server"
        ) from None


def _git(*arguments: str, at: Path = ROOT) -> str:
    command = ["git", *arguments]
    try:
        done = subprocess.run(command, cwd=at, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise CompareError("git is not installed; compare two run folders instead") from None
    except subprocess.CalledProcessError as error:
        message = error.stderr.strip().splitlines() or [f"status {error.returncode}"]
        raise CompareError(f"git {arguments[0]}: {message[-1]}") from None
    return done.stdout.strip()
