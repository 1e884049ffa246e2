"""The sequential test: a pair is decided after enough processes, and a change only when seen twice."""

import numpy as np
import pytest

from benchmarks.compare.sequential_test import MAX_PROCESSES, Pair, SequentialTest, beside
from benchmarks.results.records import Cell, Sample
from benchmarks.schedule.allocation import RunState
from benchmarks.statistics.estimates import MIN_PROCESSES
from benchmarks.statistics.rounds import rounds_of_samples
from benchmarks.statistics.verdicts import Verdict

CELL = Cell("cost_gradient", "synthetic", 16, 256)
PAIR = Pair(CELL, "x@base", "x@head")
LOOPS, CALL_NS = 100, 40_000

pytestmark = pytest.mark.slow


def samples_of(process: int, ratio: float, pair: Pair = PAIR) -> list[Sample]:
    """One process pair, whose head takes `ratio` times as long as its base in every round."""
    samples = []
    for number in range(4):
        base_ns = LOOPS * CALL_NS * (1 + 0.1 * (number % 2))
        for name, elapsed in ((pair.base, base_ns), (pair.head, ratio * base_ns)):
            samples.append(Sample(name, pair.cell, process, number, LOOPS, round(elapsed)))
    return samples


def state_of(samples: list[Sample], sets: int, cells=(CELL,)) -> RunState:
    costs = {cell: {PAIR.base: 0.05, PAIR.head: 0.05} for cell in cells}
    return RunState(rounds_of_samples(samples), costs, {}, 0.5, 100.0, sets, 0)


def play(ratios, threshold: float = 0.05) -> tuple[Verdict, float, int]:
    """Send the pair through processes with these ratios as the test asks: its last decision."""
    test, samples = new_test(threshold), list[Sample]()
    sets = 0
    for ratio in ratios[:MAX_PROCESSES]:
        if sets >= MIN_PROCESSES and not test.allocate(state_of(samples, sets)):
            break
        samples += samples_of(sets, ratio)
        sets += 1
    decision = test.decide(rounds_of_samples(samples), [PAIR], sets)[PAIR]
    return decision.verdict, decision.ratio.value, sets


def new_test(threshold: float = 0.05) -> SequentialTest:
    return SequentialTest(beside({PAIR.head: PAIR.base}), threshold)


def test_the_same_is_decided_as_soon_as_there_are_enough_processes() -> None:
    assert play([1.001, 0.999] * MAX_PROCESSES) == (
        Verdict.SAME,
        pytest.approx(1, abs=0.002),
        MIN_PROCESSES,
    )


def test_a_change_is_said_only_after_it_was_seen_in_fresh_processes() -> None:
    slow = [1.10, 1.11, 1.09] * MAX_PROCESSES
    assert play(slow) == (Verdict.SLOWER, pytest.approx(1.10, abs=0.01), 2 * MIN_PROCESSES)
    fast = [1 / ratio for ratio in slow]
    assert play(fast) == (Verdict.FASTER, pytest.approx(1 / 1.10, abs=0.01), 2 * MIN_PROCESSES)


def test_a_chance_that_does_not_come_again_is_no_change() -> None:
    verdict, _, sets = play([1.2] * MIN_PROCESSES + [1.0, 1.001, 0.999] * MAX_PROCESSES)
    assert (verdict, sets) == (Verdict.SAME, 2 * MIN_PROCESSES)


def test_a_change_has_to_come_out_beyond_the_threshold_again() -> None:
    """All together would be slower, by what was found first; the fresh processes are not."""
    verdict, _, sets = play([1.3] * MIN_PROCESSES + [1.045, 1.055, 1.035, 1.06] * MAX_PROCESSES)
    assert verdict is not Verdict.SLOWER
    assert sets > 2 * MIN_PROCESSES


def test_what_cannot_be_told_goes_on_to_the_end_and_is_inconclusive() -> None:
    verdict, _, sets = play([0.9, 1.15] * MAX_PROCESSES)
    assert (verdict, sets) == (Verdict.INCONCLUSIVE, MAX_PROCESSES)


def test_a_change_found_too_late_to_be_seen_again_is_not_said() -> None:
    test, samples = new_test(), list[Sample]()
    for process in range(MIN_PROCESSES):
        samples += samples_of(process, 1.2)
    decision = test.decide(rounds_of_samples(samples), [PAIR], MIN_PROCESSES)[PAIR]
    assert decision.verdict is Verdict.INCONCLUSIVE
    assert not decision.final


def test_a_pair_that_has_had_its_processes_gets_no_more() -> None:
    test, samples = new_test(), list[Sample]()
    for process in range(MAX_PROCESSES):
        assert test.allocate(state_of(samples, process)) or not samples
        samples += samples_of(process, (0.8, 1.3)[process % 2])
    assert test.allocate(state_of(samples, MAX_PROCESSES)) == {}


def test_a_pair_that_no_process_had_both_sides_of_yet_goes_on() -> None:
    sides = samples_of(0, 1.0), samples_of(1, 1.0)
    samples = [s for s in sides[0] if s.implementation == PAIR.base]
    samples += [s for s in sides[1] if s.implementation == PAIR.head]
    assert set(new_test().allocate(state_of(samples, 2))) == {CELL}
    assert new_test().allocate(state_of(samples, MAX_PROCESSES)) == {}


def test_only_pairs_that_are_not_decided_go_on() -> None:
    other = Cell("cost_gradient", "synthetic", 100, 1000)
    test, samples = new_test(), list[Sample]()
    for process in range(MIN_PROCESSES):
        samples += samples_of(process, 1.0)
        samples += samples_of(process, (0.8, 1.3)[process % 2], PAIR._replace(cell=other))
    assert set(test.allocate(state_of(samples, MIN_PROCESSES, (CELL, other)))) == {other}


@pytest.mark.parametrize("spread", [0.01, 0.03, 0.06])
def test_identical_code_is_hardly_ever_called_different_and_ten_percent_are_seen(spread) -> None:
    """Processes that differ by chance alone, some of them wildly, as on a shared machine."""
    rng = np.random.default_rng([17, round(1000 * spread)])

    def trials(truth: float) -> list[Verdict]:
        chance = spread * rng.standard_normal((60, MAX_PROCESSES))
        wild = rng.random(chance.shape) < 0.03
        chance[wild] *= 20
        return [play(list(row))[0] for row in truth * np.exp(chance)]

    same, slower = trials(1.0), trials(1.10)
    assert sum(verdict in (Verdict.SLOWER, Verdict.FASTER) for verdict in same) <= 1
    assert Verdict.FASTER not in slower
    if spread <= 0.03:
        assert sum(verdict is Verdict.SAME for verdict in same) >= 0.9 * len(same)
        assert sum(verdict is Verdict.SLOWER for verdict in slower) >= 0.9 * len(slower)
