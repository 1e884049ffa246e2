"""A line of versions: a step is found where it is, a slope has none, and a chance does not come again."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from benchmarks.compare.history.changes import ChangeTest
from benchmarks.compare.sequential_test import MAX_PROCESSES
from benchmarks.results.records import Cell, Sample
from benchmarks.schedule.allocation import RunState
from benchmarks.statistics.rounds import rounds_of_samples
from benchmarks.statistics.verdicts import Verdict

CELL = Cell("cost_gradient", "synthetic", 16, 256)
LOOPS, ROUNDS = 10, 4
Level = Callable[[int, int], float]
"""A call's time, relative, by the version's place in the line and the process."""


def line(many: int) -> list[str]:
    return [f"x@{k:02}" for k in range(many)]


def play(steps: Sequence[str], level: Level, noise: float = 0.0, seed: int = 0) -> tuple[dict, int]:
    """Send the line through sets of processes as the test asks: the verdict at each place, and the sets."""
    test = ChangeTest([steps], 0.02)
    rng = np.random.default_rng(seed)
    samples: list[Sample] = []
    asked = set(steps)
    for process in range(MAX_PROCESSES):
        for number in range(ROUNDS):
            for k, name in enumerate(dict.fromkeys(steps)):
                if name in asked:
                    drawn = rng.normal(0, noise) if noise else 0.0
                    ns = 1e6 * level(k, process) * (1 + 0.2 * number) * np.exp(drawn)
                    samples.append(Sample(name, CELL, process, number, LOOPS, round(LOOPS * ns)))
        costs = {CELL: dict.fromkeys(dict.fromkeys(steps), 0.1)}
        state = RunState(rounds_of_samples(samples), costs, {}, 0.5, 100.0, process + 1, 0)
        asked = set(test.allocate(state).get(CELL, ()))
        if not asked:
            break
    decisions = test.decide(rounds_of_samples(samples), {CELL: set(steps)}, process + 1)
    found = {steps.index(pair.head): decision for pair, decision in decisions.items()}
    return {k: d for k, d in found.items() if d.verdict is not Verdict.SAME}, process + 1


def test_a_line_that_does_not_change_is_decided_soon() -> None:
    changed, sets = play(line(12), lambda k, process: 1.0)
    assert (changed, sets) == ({}, 6)


@pytest.mark.parametrize("place", [1, 2, 6, 10, 11])
@pytest.mark.parametrize("factor", [1.05, 1 / 1.05, 1.3])
def test_a_step_is_found_where_it_is(place: int, factor: float) -> None:
    changed, _ = play(line(12), lambda k, process: factor if k >= place else 1.0, noise=0.005)
    assert list(changed) == [place]
    decision = changed[place]
    assert decision.verdict is (Verdict.SLOWER if factor > 1 else Verdict.FASTER)
    assert decision.ratio.value == pytest.approx(factor, rel=0.01)
    assert decision.ratio.low <= decision.ratio.value <= decision.ratio.high


def test_two_steps_side_by_side_and_one_that_goes_back_are_told_apart() -> None:
    levels = [1, 1, 1, 1.1, 1.25, 1.25, 1.25, 1.0, 1.0, 1.3, 1.0, 1.0]
    changed, _ = play(line(12), lambda k, process: levels[k], noise=0.003)
    found = {k: (str(d.verdict), round(d.ratio.value, 2)) for k, d in changed.items()}
    assert found == {
        3: ("slower", 1.1), 4: ("slower", 1.14), 7: ("faster", 0.8), 9: ("slower", 1.3),
        10: ("faster", 0.77),
    }  # fmt: skip


def test_a_slope_without_a_step_names_nobody() -> None:
    changed, _ = play(line(12), lambda k, process: 1.01**k, noise=0.002)
    assert [k for k, d in changed.items() if d.verdict is not Verdict.INCONCLUSIVE] == []


def test_what_shows_in_the_first_processes_alone_is_no_change() -> None:
    changed, _ = play(line(8), lambda k, process: 1.2 if k >= 4 and process < 6 else 1.0)
    assert [k for k, d in changed.items() if d.verdict is not Verdict.INCONCLUSIVE] == []


def test_a_version_that_comes_again_is_measured_once_and_both_steps_are_found() -> None:
    steps = ["x@a", "x@b", "x@a", "x@c"]
    slow = {"x@b"}
    test = ChangeTest([steps], 0.02)
    samples = [
        Sample(name, CELL, process, number, LOOPS, 10**6 * (12 if name in slow else 10))
        for process in range(12)
        for number in range(ROUNDS)
        for name in dict.fromkeys(steps)
    ]
    for process in range(1, 13):
        part = [sample for sample in samples if sample.process < process]
        decisions = test.decide(rounds_of_samples(part), {CELL: set(steps)}, process)
    found = {(pair.base, pair.head): str(d.verdict) for pair, d in decisions.items()}
    assert found == {("x@a", "x@b"): "slower", ("x@b", "x@a"): "faster", ("x@a", "x@c"): "same"}


def test_a_version_that_fails_is_stepped_over() -> None:
    """The next is set beside the one before it."""
    steps = line(6)
    test = ChangeTest([steps], 0.02)
    present = [name for name in steps if name != "x@03"]
    samples = [
        Sample(name, CELL, process, number, LOOPS, 10**6 * (12 if name > "x@03" else 10))
        for process in range(12)
        for number in range(ROUNDS)
        for name in present
    ]
    for process in (6, 12):
        part = [sample for sample in samples if sample.process < process]
        decisions = test.decide(rounds_of_samples(part), {CELL: present}, process)
    slower = [(p.base, p.head) for p, d in decisions.items() if d.verdict is Verdict.SLOWER]
    assert slower == [("x@02", "x@04")]


@pytest.mark.slow
def test_noise_names_no_innocent_version() -> None:
    """30 versions with the noise of a bad hour, and one change: nobody else is named in 8 lines."""
    for seed in range(8):
        changed, _ = play(line(30), lambda k, process: 1.05 if k >= 17 else 1.0, 0.03, seed)
        named = {k for k, d in changed.items() if d.verdict is not Verdict.INCONCLUSIVE}
        assert named <= {17}, seed
