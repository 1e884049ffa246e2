"""Revisions as folders of implementations, each at a path of its own for its content.

Numba finds compiled code by the path and the time of its source. The same sources therefore lie in
the same folder, with the same times, whenever they are compared.
"""

import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from benchmarks import git
from benchmarks.errors import UserError
from benchmarks.machine import kept
from benchmarks.registry import FOLDER, members, sources

HERE = "."
_MAX_KEPT = 8
_TIME_S = 1_500_000_000  # of every file


class CompareError(UserError):
    """A revision, a run or an implementation is missing, or two of them cannot be compared."""


@dataclass(frozen=True)
class Side:
    """One revision: how it was named, its commit, and its implementations by name."""

    named: str
    commit: str
    implementations: dict[str, Path]

    @property
    def short(self) -> str:
        """How it was named; a whole commit by its first digits."""
        return f"git:{self.commit[:10]}" if self.named == f"git:{self.commit}" else self.named


def checked_out(*named: str) -> tuple[Side, ...]:
    """The revisions, `git:REV` or `.`, each in a folder that is kept; the same one for the same files.

    The folders' names are of equal length: how long a path is moves the stack, and so the times.
    The working tree is copied, so that it may be edited meanwhile.
    """
    sides = tuple(map(_side, named))
    kept.remove_old(_folder(), _MAX_KEPT)  # these have just been used: they stay
    return sides


def is_revision(named: str) -> bool:
    return named == HERE or named.startswith("git:")


def changed_files(base: Path, head: Path) -> list[str]:
    """The files of the measured code that differ, each with the lines added and removed."""
    changed = []
    for name, diff in _differences(base, head, context=0):
        added, removed = (sum(line.startswith(sign) for line in diff[2:]) for sign in "+-")
        changed.append(f"{name} (+{added} −{removed})")
    return changed


def difference(base: Path, head: Path) -> str:
    """The measured code of the one against that of the other, as a unified diff."""
    return "\n".join(line for _, diff in _differences(base, head, context=3) for line in diff)


def _differences(base: Path, head: Path, context: int) -> Iterator[tuple[str, list[str]]]:
    """Of each file of the measured code that differs, its name and its unified diff."""
    texts = [
        {file.name: file.read_text(encoding="utf-8", errors="replace") for file in sources(path)}
        for path in (base, head)
    ]
    for name in sorted({*texts[0], *texts[1]}):
        before, after = (side.get(name, "").splitlines() for side in texts)
        if before != after:
            yield name, list(unified_diff(before, after, name, name, lineterm="", n=context))


def _side(named: str) -> Side:
    commit = commit_of(named)
    files = _working_tree() if named == HERE else _committed(named, commit)
    return Side(named, commit, members(_stored(files) / FOLDER.name))


def _working_tree() -> dict[str, bytes]:
    """The files of the implementations as they are now, by their path in the folder."""
    paths = [p for p in FOLDER.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    files = {}
    for path in paths:
        with suppress(OSError):  # it may not be read, or is gone: then it is not compared
            files[str(path.relative_to(FOLDER))] = path.read_bytes()
    return files


def _committed(named: str, commit: str) -> dict[str, bytes]:
    """The same of a commit. Its archive leaves no worktree behind."""
    try:
        archive = git.output("archive", "--format=tar", commit, "--", FOLDER.name)
    except git.GitError as error:
        if "did not match" in error.words:
            raise CompareError(f"{named} has no folder {FOLDER.name}/") from None
        raise CompareError(f"{named}: {error}") from None
    files = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() else None
            if file is not None:
                files[member.name.removeprefix(f"{FOLDER.name}/")] = file.read()
    return files


def _folder() -> Path:
    return kept.folder() / "sources"


def _stored(files: Mapping[str, bytes]) -> Path:
    """The folder whose implementations/ holds exactly these files; made if it is not there.

    Raises CompareError if it cannot be written.
    """
    parts = (part for name in sorted(files) for part in (name, files[name]))
    folder = _folder() / kept.digest_of(*parts)
    try:
        if not _holds(folder / FOLDER.name, files):
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
                _write(Path(unfinished) / folder.name / FOLDER.name, files)
                shutil.rmtree(folder, ignore_errors=True)  # somebody has edited it
                with suppress(OSError):  # another comparison has made it meanwhile
                    (Path(unfinished) / folder.name).rename(folder)
        os.utime(folder)
    except OSError as error:
        raise CompareError(f"cannot keep the sources that are compared: {error}") from None
    return folder


def _holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Are these the files there, byte by byte, and no other Python file?"""
    python = {str(path.relative_to(folder)) for path in folder.rglob("*.py")}
    if not python <= set(files):
        return False
    with suppress(OSError):
        return all((folder / name).read_bytes() == data for name, data in files.items())
    return False


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (_TIME_S, _TIME_S))


def commit_of(named: str) -> str:
    """The commit that the name stands for; the working tree's is the one it started from, if any.

    Raises CompareError where there is none of that name.
    """
    revision = "HEAD" if named == HERE else named.removeprefix("git:")
    try:
        return git.line(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
    except git.GitError as error:
        if named == HERE:
            return ""
        if error.words:  # of a revision that does not exist it says nothing
            raise CompareError(f"{named}: {error}") from None
        if not str(error).startswith("git rev-parse"):
            raise
        raise CompareError(
            f"{named}: there is no such revision here; git branch --all lists branches, "
            "and git fetch brings those of the server"
        ) from None
