"""Rounds that were disturbed: who has a turn again."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.results.records import Cell
from benchmarks.schedule.cell_run import CellRun

CELL = Cell("dot", "synthetic", 10, 1)
BASE, OTHER = "base", "other"
SHORT, LONG = 2, 1  # planned rounds


def visit(quiet: set[int], rounds: int = SHORT, turns: int = 1) -> SimpleNamespace:
    calibration = SimpleNamespace(rounds=lambda *_: rounds)
    return SimpleNamespace(quiet=quiet, turns=turns, long=rounds == LONG, calibration=calibration)


def again(base: SimpleNamespace, other: SimpleNamespace) -> set[str]:
    shared: dict[str, Any] = dict.fromkeys(("cell_budget", "participants", "paces"))
    context: Any = SimpleNamespace(**shared, partners={OTHER: BASE}, rounds=SHORT)
    problem: Any = None
    run = CellRun(CELL, 0, {}, problem, context, np.random.default_rng(0))
    visits: Any = {BASE: base, OTHER: other}
    run.visits = visits
    return run.unpaired()


@pytest.mark.parametrize(
    ("base", "other", "wanted"),
    [
        (visit({0, 1}), visit({1}), set()),  # one quiet round of two is enough
        (visit({0}), visit({1}), {BASE, OTHER}),  # but it has to be the same
        (visit(set()), visit({0, 1}), {BASE, OTHER}),
        (visit({3}), visit({0}, LONG), set()),  # a long call's turn goes with any
        (visit({3}), visit(set(), LONG), {OTHER}),
        (visit({3}), visit(set(), LONG, turns=3), set()),  # it costs too much
        (visit({0}, LONG), visit({3}), set()),  # also where the baseline is long
        (visit({0}, LONG), visit(set()), {OTHER}),
        (visit(set(), LONG), visit({3}), {BASE}),
    ],
)
def test_who_lacks_an_undisturbed_turn_has_another(
    base: SimpleNamespace, other: SimpleNamespace, wanted: set[str]
) -> None:
    assert again(base, other) == wanted
