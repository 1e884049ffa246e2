"""The referee: a pair is decided after enough processes, and a change only when seen twice."""

import numpy as np
import pytest

from benchmarks.compare import LEAST, MOST, Pair, Referee
from benchmarks.results.records import Cell, Sample
from benchmarks.schedule.allocation import Progress
from benchmarks.statistics import Gathered, Verdict

CELL = Cell("cost_gradient", "synthetic", 16, 256)
PAIR = Pair(CELL, "x@base", "x@head")
LOOPS, CALL_NS = 100, 40_000

pytestmark = pytest.mark.slow


def add(gathered: Gathered, process: int, ratio: float, pair: Pair = PAIR) -> None:
    """One process pair, whose head takes `ratio` times as long as its base in every round."""
    for number in range(4):
        base_ns = LOOPS * CALL_NS * (1 + 0.1 * (number % 2))
        for name, elapsed in ((pair.base, base_ns), (pair.head, ratio * base_ns)):
            gathered.add(Sample(name, pair.cell, process, number, LOOPS, round(elapsed)))


def progress(gathered: Gathered, sets: int, cells=(CELL,)) -> Progress:
    names = [PAIR.base, PAIR.head]
    return Progress(
        gathered, dict.fromkeys(cells, names), dict.fromkeys(cells, 0.1), 0.5, 100.0, sets, 0
    )


def play(ratios, threshold: float = 0.05) -> tuple[Verdict, float, int]:
    """Send the pair through processes with these ratios as the referee asks: its last word."""
    referee, gathered = Referee({PAIR.head: PAIR.base}, threshold), Gathered()
    sets = 0
    for ratio in ratios[:MOST]:
        if sets >= LEAST and not referee.steer(progress(gathered, sets)):
            break
        add(gathered, sets, ratio)
        sets += 1
    judgement = referee.judge(gathered, [PAIR], sets)[PAIR]
    return judgement.verdict, judgement.ratio.value, sets


def test_the_same_is_decided_as_soon_as_there_are_enough_processes() -> None:
    assert play([1.001, 0.999] * MOST) == (Verdict.SAME, pytest.approx(1, abs=0.002), LEAST)


def test_a_change_is_said_only_after_it_was_seen_in_fresh_processes() -> None:
    slow = [1.10, 1.11, 1.09] * MOST
    assert play(slow) == (Verdict.SLOWER, pytest.approx(1.10, abs=0.01), 2 * LEAST)
    fast = [1 / ratio for ratio in slow]
    assert play(fast) == (Verdict.FASTER, pytest.approx(1 / 1.10, abs=0.01), 2 * LEAST)


def test_a_chance_that_does_not_come_again_is_no_change() -> None:
    verdict, _, sets = play([1.2] * LEAST + [1.0, 1.001, 0.999] * MOST)
    assert (verdict, sets) == (Verdict.SAME, 2 * LEAST)


def test_a_change_has_to_come_out_beyond_the_threshold_again() -> None:
    """All together would be slower, by what was found first; the fresh processes are not."""
    verdict, _, sets = play([1.3] * LEAST + [1.045, 1.055, 1.035, 1.06] * MOST)
    assert verdict is not Verdict.SLOWER
    assert sets > 2 * LEAST


def test_what_cannot_be_told_goes_on_to_the_end_and_is_inconclusive() -> None:
    verdict, _, sets = play([0.9, 1.15] * MOST)
    assert (verdict, sets) == (Verdict.INCONCLUSIVE, MOST)


def test_a_change_found_too_late_to_be_seen_again_is_not_said() -> None:
    referee, gathered = Referee({PAIR.head: PAIR.base}, 0.05), Gathered()
    for process in range(LEAST):
        add(gathered, process, 1.2)
    found = referee.judge(gathered, [PAIR], LEAST)[PAIR]
    assert found.verdict is Verdict.INCONCLUSIVE
    assert not found.decided


def test_a_pair_that_has_used_up_its_time_gets_no_more() -> None:
    referee, gathered = Referee({PAIR.head: PAIR.base}, 0.05), Gathered()
    for process in range(LEAST):
        add(gathered, process, (0.8, 1.3)[process % 2])
    assert referee.steer(progress(gathered, LEAST)) == {CELL: {PAIR.base, PAIR.head}}
    gathered.add(Sample(PAIR.head, CELL, 0, 9, 1, round(9e9)))
    assert referee.steer(progress(gathered, LEAST)) == {}


def test_only_pairs_that_are_not_decided_go_on() -> None:
    other = Cell("cost_gradient", "synthetic", 100, 1000)
    referee, gathered = Referee({PAIR.head: PAIR.base}, 0.05), Gathered()
    for process in range(LEAST):
        add(gathered, process, 1.0)
        add(gathered, process, (0.8, 1.3)[process % 2], PAIR._replace(cell=other))
    assert set(referee.steer(progress(gathered, LEAST, (CELL, other)))) == {other}


@pytest.mark.parametrize("spread", [0.01, 0.03, 0.06])
def test_identical_code_is_hardly_ever_called_different_and_ten_percent_are_seen(spread) -> None:
    """Processes that differ by chance alone, some of them wildly, as on a shared machine."""
    rng = np.random.default_rng([17, round(1000 * spread)])

    def trials(truth: float) -> list[Verdict]:
        chance = spread * rng.standard_normal((150, MOST))
        wild = rng.random(chance.shape) < 0.03
        chance[wild] *= 20
        return [play(list(row))[0] for row in truth * np.exp(chance)]

    same, slower = trials(1.0), trials(1.10)
    assert sum(verdict in (Verdict.SLOWER, Verdict.FASTER) for verdict in same) <= 1
    assert Verdict.FASTER not in slower
    if spread <= 0.03:
        assert sum(verdict is Verdict.SAME for verdict in same) >= 0.9 * len(same)
        assert sum(verdict is Verdict.SLOWER for verdict in slower) >= 0.9 * len(slower)
