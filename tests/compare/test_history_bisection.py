"""A long line: the largest change is found by halving, whatever does not import on the way."""

from collections.abc import Sequence
from itertools import pairwise
from math import log2
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from benchmarks.compare import history
from benchmarks.compare.history.bisection import bisect
from benchmarks.compare.history.lines import Line
from benchmarks.compare.history.race import Asked
from benchmarks.compare.sequential_test import Decision, Pair
from benchmarks.results.records import Cell
from benchmarks.statistics.estimates import Estimate
from benchmarks.statistics.verdicts import Verdict

SMALL, LARGE = Cell("dot", "synthetic", 3, 1), Cell("dot", "synthetic", 999, 1)


class Races:
    """Races whose outcome is known: `levels` has each version's time; it notes what was raced."""

    def __init__(self, levels: Sequence[float], broken: Sequence[int] = (), cell: Cell = SMALL):
        self.steps = [f"x@{k}" for k in range(len(levels))]
        self.levels = dict(zip(self.steps, levels, strict=True))
        self.broken = {self.steps[k] for k in broken}
        self.cell = cell
        self.raced: list[list[str]] = []

    def __call__(self, steps: Sequence[str], cells: Sequence[Cell]) -> Any:
        self.raced.append(list(steps))
        standing = [name for name in steps if name not in self.broken]
        decisions = {
            Pair(cell, before, after): self._decision(cell, before, after)
            for cell in cells
            for before, after in pairwise(standing)
        }
        return SimpleNamespace(
            decisions=decisions, stands=lambda cell, name: name not in self.broken
        )

    def _decision(self, cell: Cell, before: str, after: str) -> Decision:
        ratio = self.levels[after] / self.levels[before] if cell == self.cell else 1.0
        verdict = Verdict.SAME
        if abs(ratio - 1) > 0.02:
            verdict = Verdict.SLOWER if ratio > 1 else Verdict.FASTER
        return Decision(verdict, Estimate(ratio, ratio, ratio), 12)

    def culprit(self) -> str:
        """The later of the two neighbours that the last race had."""
        places = [self.steps.index(name) for name in self.raced[-1]]
        pairs = [(a, b) for a, b in pairwise(places) if self._changed(a, b)]
        return self.steps[pairs[0][1]]

    def _changed(self, a: int, b: int) -> bool:
        return abs(self.levels[self.steps[b]] / self.levels[self.steps[a]] - 1) > 0.02


@pytest.mark.parametrize("place", [1, 2, 77, 128, 254, 255])
def test_one_of_256_is_found_in_at_most_ten_races(place: int) -> None:
    races = Races([1.2 if k >= place else 1.0 for k in range(256)])
    bisect(races.steps, [SMALL], races)
    assert races.culprit() == f"x@{place}"
    assert len(races.raced) <= 1 + log2(256) <= 10


def test_ends_that_do_not_differ_are_one_race() -> None:
    races = Races([1.0] * 100)
    assert len(bisect(races.steps, [SMALL], races)) == 1


def test_of_two_changes_the_larger_one_is_found() -> None:
    races = Races([1.0] * 20 + [1.05] * 40 + [1.3] * 40)
    bisect(races.steps, [SMALL], races)
    assert races.culprit() == "x@60"


def test_only_the_cell_that_changed_is_looked_into() -> None:
    races = Races([1.0] * 40 + [1.5] * 40, cell=LARGE)
    bisect(races.steps, [SMALL, LARGE], races)
    assert races.culprit() == "x@40"


@pytest.mark.parametrize("broken", [[39], [40], [39, 40, 41], range(30, 50)])
def test_versions_that_fail_are_stepped_over(broken: Sequence[int]) -> None:
    races = Races([1.0] * 40 + [1.5] * 40, broken)
    found = bisect(races.steps, [SMALL], races)
    last = found[-1].decisions
    first = next(k for k in range(40, 80) if k not in broken)
    changed = {pair.head for pair, d in last.items() if d.verdict is Verdict.SLOWER}
    assert f"x@{first}" in changed


def test_an_end_that_fails_ends_it() -> None:
    races = Races([1.0] * 40 + [1.5] * 40, broken=[79])
    assert len(bisect(races.steps, [SMALL], races)) == 1


@pytest.mark.parametrize("whole", [0, 3])
def test_an_interrupted_history_tells_the_races_that_were_whole(
    whole: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    races = Races([1.0] * 20 + [1.5] * 20)

    def race(lines: Sequence, firsts: Sequence, paths: Any, asked: Asked, *_: Any) -> Any:
        if len(races.raced) == whole:
            raise KeyboardInterrupt
        found = races(lines[0], asked.cells)
        return SimpleNamespace(**vars(found), warnings=["noisy"])

    monkeypatch.setattr(history, "race", race)
    monkeypatch.setattr(history, "rows", lambda *_: pd.DataFrame({"races": [_[-1]]}))
    line = Line("x", tuple(races.steps), dict.fromkeys(races.steps, tmp_path))
    asked = Asked((SMALL,), {}, 0.02, 0, {}, lambda *_: None)
    if not whole:
        with pytest.raises(KeyboardInterrupt):
            history.measure([], [line], asked, 60.0, tmp_path)
        return
    table, warnings = history.measure([], [line], asked, 60.0, tmp_path)
    assert len(table["races"][0]) == whole
    assert warnings == [history.INTERRUPTED, "noisy"]
