"""Rounds side by side: ratios are paired by round, from a file as from samples as they come."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_runs import CELL, LOOPS, always, drifting, noisy, of, run_of, table_of

from benchmarks.results import store
from benchmarks.results.records import Cell, Sample
from benchmarks.results.store import Run
from benchmarks.statistics.estimates import Estimate, estimate
from benchmarks.statistics.rounds import (
    LONG_NS,
    Rounds,
    every_sample_of,
    logs,
    rounds_of_samples,
    rounds_of_table,
    times,
)
from benchmarks.statistics.summary import summary

Group = list[np.ndarray]


def speedup(rounds: Rounds, implementation: str, baseline: str) -> Estimate:
    """How many times as fast as the baseline; nan where they share no round."""
    return estimate(logs(rounds, [(CELL, implementation, baseline)])).map(np.exp)


def rounds_from(run: Run) -> Rounds:
    return rounds_of_samples(store.records(run.samples))


def test_a_call_is_its_share_of_the_sample() -> None:
    rounds = rounds_from(run_of({("slow", CELL): always(50)}))
    assert set(times(rounds, [(CELL, "slow")]).values) == {50.0}


def test_drift_that_is_common_to_a_round_cancels() -> None:
    run = run_of({("fast", CELL): drifting(100), ("slow", CELL): drifting(400)})
    rounds = rounds_from(run)
    call_ns = times(rounds, [(CELL, "fast"), (CELL, "slow")]).values
    assert call_ns.max() > 500 * call_ns.min()
    assert speedup(rounds, "fast", "slow") == pytest.approx((4.0, 4.0, 4.0), rel=1e-12)
    assert speedup(rounds, "slow", "slow") == (1.0, 1.0, 1.0)
    table = summary(run)
    assert of(table, "fast")["ci_high_ns"] > 2 * of(table, "fast")["ci_low_ns"]


def test_the_speedup_of_one_over_the_other_is_the_inverse_of_the_others_over_it() -> None:
    rounds = rounds_from(run_of({("a", CELL): noisy(100, 1), ("b", CELL): noisy(150, 2)}))
    ratio, inverse = speedup(rounds, "a", "b"), speedup(rounds, "b", "a")
    assert 1.2 < ratio.low < ratio.value < ratio.high < 1.9
    assert ratio.value == pytest.approx(1 / inverse.value)


def test_the_one_turn_of_a_long_call_is_set_beside_all_turns_of_a_short_one() -> None:
    fast_ns = [1e6, 9e6, 2e6]  # the second was slow for a moment
    samples = [Sample("fast", CELL, 0, r, 1, int(ns)) for r, ns in enumerate(fast_ns)]
    slow = Sample("slow", CELL, 0, 1, 1, 10**9)
    both = rounds_of_samples([*samples, slow])
    assert speedup(both, "fast", "slow").value == pytest.approx(500)
    assert speedup(both, "slow", "fast").value == pytest.approx(1 / 500)
    short = replace(slow, elapsed_ns=int(LONG_NS) - 1)  # it depends on the moment as the other does
    assert speedup(rounds_of_samples([*samples, short]), "fast", "slow").value < 3


def test_only_rounds_that_both_were_in_are_compared() -> None:
    run = run_of({("a", CELL): always(100), ("b", CELL): always(300)})
    samples = list(store.records(run.samples))
    early, late = ([s for s in samples if (s.round < 2) is before] for before in (True, False))
    wild = [replace(s, elapsed_ns=1000 * s.elapsed_ns) for s in late if s.implementation == "b"]
    rounds = rounds_of_samples([*early, *wild])
    assert speedup(rounds, "a", "b") == pytest.approx((3.0, 3.0, 3.0))
    assert np.isnan(speedup(rounds_of_samples(samples), "a", "nobody")).all()
    assert np.isnan(speedup(rounds_of_samples([]), "a", "b")).all()


def test_where_no_round_of_a_process_has_both_their_medians_there_are_compared() -> None:
    """Each was disturbed where the other was not: the process is evidence all the same."""
    times_ns = {"a": [1e6, 3e6, None, None], "b": [None, None, 4e6, 8e6]}
    samples = [
        Sample(name, CELL, 0, r, 1, int(ns or 9e9), None, disturbed=ns is None)
        for name, turns_ns in times_ns.items()
        for r, ns in enumerate(turns_ns)
    ]
    (process,) = logs(rounds_of_samples(samples), [(CELL, "a", "b")]).lists()[0]
    assert np.exp(process) == pytest.approx([6 / 1, 6 / 3, 4 / 2, 8 / 2])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.2, 1.0), st.integers(0, 4))
def test_times_and_ratios_are_those_of_the_rounds_that_an_implementation_was_in(
    seed: int, kept: float, since: int
) -> None:
    """From a table as from samples as they come, in whatever order."""
    rng = np.random.default_rng(seed)
    cells = [Cell("dot", "synthetic", n_x, 1) for n_x in (10, 1000)]
    samples = [
        Sample(name, cell, p, r, int(rng.integers(1, 9)), int(rng.integers(1, 10**9)))
        for p in (0, 2, 3)
        for cell in cells
        for r in range(4)
        for name in "abc"
        if rng.random() < kept
    ]
    samples = [samples[k] for k in rng.permutation(len(samples))]
    pairs = [
        (cell, name, other) for cell in cells for name in ("a", "b", "nobody") for other in "abc"
    ]
    table = table_of(Sample, samples)
    for rounds in (rounds_of_samples(samples), rounds_of_table(table)):
        ratios = logs(rounds, pairs).lists()
        late = logs(rounds, pairs, [since] * len(pairs)).lists()
        own = times(rounds, [(cell, name) for cell, name, _ in pairs]).lists()
        for k, (cell, name, other) in enumerate(pairs):
            assert same(ratios[k], expected(samples, cell, name, other))
            assert same(late[k], expected(samples, cell, name, other, since))
            assert same([np.log(process) for process in own[k]], expected(samples, cell, name))


def expected(
    samples: Sequence[Sample], cell: Cell, name: str, other: str | None = None, since: int = 0
) -> Group:
    own_ns, other_ns = (
        {
            (sample.process, sample.round): sample.elapsed_ns / sample.loops
            for sample in samples
            if (sample.cell, sample.implementation) == (cell, each) and sample.process >= since
        }
        for each in (name, other)
    )
    if other is not None:
        own_ns, other_ns = beside(own_ns, other_ns), beside(other_ns, own_ns)
    rounds = sorted(own_ns if other is None else own_ns.keys() & other_ns.keys())
    logs_of: dict[int, list[float]] = {}
    for key in rounds:
        log = np.log(own_ns[key] if other is None else other_ns[key] / own_ns[key])
        logs_of.setdefault(key[0], []).append(log)
    return [np.array(process) for process in logs_of.values()]


def beside(times_ns: dict, others: dict) -> dict:
    """The times, and in rounds that only the other was in: the only time of the process, if it is long,
    or the median there, if they share no round of it."""
    added = {}
    for process, number in others.keys() - times_ns.keys():
        own = [time for (p, _), time in times_ns.items() if p == process]
        apart = not any(p == process for p, _ in times_ns.keys() & others.keys())
        if own and (apart or (len(own) == 1 and own[0] >= LONG_NS)):
            added[process, number] = float(np.median(own))
    return times_ns | added


def same(groups: Sequence[np.ndarray], expected_groups: Sequence[np.ndarray]) -> bool:
    lists = [process.tolist() for process in groups]
    return lists == [pytest.approx(process.tolist()) for process in expected_groups]


Turn = Sequence[tuple[int, bool]]  # of each sample the time of a call in ns, and was it disturbed?


def turns(*processes: Sequence[Turn]) -> list[Sample]:
    """Samples from each process's turns, one a round."""
    return [
        Sample("a", CELL, p, r, LOOPS, LOOPS * ns, None, disturbed)
        for p, process in enumerate(processes)
        for r, turn in enumerate(process)
        for ns, disturbed in turn
    ]


def call_ns(samples: Sequence[Sample]) -> list[list[float]]:
    """The times of the turns of each process that has any; the same from a table as from samples."""
    both = rounds_of_samples(samples), rounds_of_table(table_of(Sample, samples))
    lists = [[process.tolist() for process in times(r, [(CELL, "a")]).lists()[0]] for r in both]
    assert lists[0] == lists[1]
    return lists[0]


CLEAN, DISTURBED = False, True


def test_the_time_of_a_turn_is_the_median_of_its_undisturbed_samples() -> None:
    odd, even = [(3, CLEAN), (9, CLEAN), (1, CLEAN)], [(8, CLEAN), (2, CLEAN)]
    mixed = [(7, DISTURBED), (5, CLEAN), (900, DISTURBED), (6, CLEAN)]
    assert call_ns(turns([odd, even, mixed])) == [[3, 5, 5.5]]


def test_a_turn_or_a_process_without_an_undisturbed_sample_is_left_out() -> None:
    lost, good = [(9, DISTURBED), (8, DISTURBED)], [(2, CLEAN)]
    samples = turns([lost, good], [lost, lost])
    assert call_ns(samples) == [[2]]
    rounds = rounds_of_samples(samples)
    assert rounds.disturbed_share == {(CELL, "a"): 6 / 7}
    assert not rounds.crowded


def test_where_most_processes_have_no_undisturbed_sample_all_samples_count() -> None:
    lost, good = [(9, DISTURBED), (7, DISTURBED)], [(2, CLEAN), (4, DISTURBED)]
    samples = turns([good], [lost], [lost])
    assert call_ns(samples) == [[3], [8], [8]]
    other = [replace(sample, implementation="b", disturbed=False) for sample in samples]
    rounds = rounds_of_samples([*samples, *other])
    assert rounds.crowded == {(CELL, "a")}
    assert rounds.disturbed_share == {(CELL, "a"): 5 / 6, (CELL, "b"): 0}


def test_samples_one_by_one_are_all_there_in_their_order() -> None:
    samples = turns([[(5, CLEAN), (3, DISTURBED)], [(4, CLEAN)]], [[(9, DISTURBED)]])
    run = Run(Path(), {}, pd.DataFrame(), table_of(Sample, samples))
    calls, disturbed = (times(each, [(CELL, "a")]).lists()[0] for each in every_sample_of(run))
    assert [process.tolist() for process in calls] == [[5, 3, 4], [9]]
    assert [process.tolist() for process in disturbed] == [[0, 1, 0], [1]]


def test_each_pair_has_its_own_first_process() -> None:
    run = run_of({("a", CELL): always(100), ("b", CELL): always(300)})
    pairs = [(CELL, "a", "b")] * 3
    assert logs(rounds_from(run), pairs, [0, 2, 9]).processes.tolist() == [3, 1, 0]
