"""An implementation's line through the revisions: one version for each code that it ever had."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from benchmarks.compare.history.commits import Commit
from benchmarks.compare.revisions import CompareError, Side
from benchmarks.registry import digest, is_peer


@dataclass(frozen=True)
class Line:
    """An implementation through the revisions.

    `versions` has, for each revision, the name of the version that it has, X@COMMIT after the first
    revision with that code, or "" where there is no X. `paths` has the file of each version.
    """

    implementation: str
    versions: tuple[str, ...]
    paths: dict[str, Path]

    @property
    def steps(self) -> list[str]:
        """The versions one after another, without those that are as the one before."""
        return [name for name, _ in groupby(filter(None, self.versions))]


def lines(found: Sequence[Commit], sides: Sequence[Side], names: Sequence[str]) -> list[Line]:
    """The lines of the named implementations; without names, of all but peers that ever changed."""
    everyone = dict.fromkeys(name for side in sides for name in side.implementations)
    for name in names:
        if name not in everyone:
            raise CompareError(
                f"no revision has an implementation {name}; there are {', '.join(everyone)}"
            )
    drawn = [_line(name, found, sides) for name in names or everyone]
    if not names:
        own = [n for n in drawn if not is_peer(next(iter(n.paths.values())))]
        drawn = [line for line in own if len(line.steps) > 1]
    if not drawn:
        raise CompareError(
            "no implementation's code differs between the revisions; name one to race it all the same"
        )
    return drawn


def _line(name: str, found: Sequence[Commit], sides: Sequence[Side]) -> Line:
    by_digest: dict[str, str] = {}
    versions: list[str] = []
    paths: dict[str, Path] = {}
    for commit, side in zip(found, sides, strict=True):
        path = side.implementations.get(name)
        if path is None:
            versions.append("")
            continue
        short = "now" if commit.short == "." else commit.short
        version = by_digest.setdefault(digest(path), f"{name}@{short}")
        versions.append(version)
        paths.setdefault(version, path)
    return Line(name, tuple(versions), paths)
