"""Samples to estimates: medians over processes, speedups paired by round, and who won."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap

from benchmarks.results.records import TWIN, Cell, Outcome, Sample, Status, columns, row
from benchmarks.results.store import Run
from benchmarks.statistics import (
    INDISTINGUISHABLE,
    Gathered,
    estimate,
    floors,
    geometric_mean,
    outliers,
    paired_logs,
    per_call,
    predictions,
    speedup,
    summary,
    unpaired,
    winners,
    work_of,
)

SUMMARY = [
    *("implementation", "operation", "data", "n_x", "m", "dtype", "order", "threads"),
    *("samples", "processes", "median_ns", "ci_low_ns", "ci_high_ns", "min_ns"),
    *("baseline", "speedup", "speedup_low", "speedup_high", "limit_ns", "fraction_of_limit"),
    *("outliers", "warnings"),
]
CELL = Cell("cost_gradient", "synthetic", 64, 209)
PROCESSES, ROUNDS, LOOPS = 3, 5, 10

Time = Callable[[int, int], float]  # of a call in nanoseconds, in a process and a round


def run_of(
    times: Mapping[tuple[str, Cell], Time | Status], baseline: str = "slow", rounds: int = ROUNDS
) -> Run:
    """A run in which each implementation takes in each cell the time given, or ends as it says."""
    cells, samples = [], []
    for (name, cell), time in times.items():
        if isinstance(time, Status):
            cells.append(Outcome(name, cell, time, "a reason"))
            continue
        cells.append(Outcome(name, cell, Status.OK))
        samples += [
            Sample(name, cell, p, r, LOOPS, round(LOOPS * time(p, r)))
            for p in range(PROCESSES)
            for r in range(rounds)
        ]
    return Run(Path(), {"baseline": baseline}, _table(Outcome, cells), _table(Sample, samples))


def _table(record: type, records: Sequence[Outcome | Sample]) -> pd.DataFrame:
    return pd.DataFrame([row(one) for one in records], columns=columns(record))


def always(ns: float) -> Time:
    return lambda p, r: ns


def drifting(ns: float) -> Time:
    """The machine is at times 1024 times as slow, the same for all in a round."""
    return lambda p, r: ns * 2.0 ** ((7 * p + 3 * r) % 11)


def noisy(ns: float, seed: int, spread: float = 0.1) -> Time:
    factors = np.exp(np.random.default_rng(seed).normal(0, spread, (PROCESSES, 50)))
    return lambda p, r: ns * factors[p, r]


def of(table: pd.DataFrame, name: str, cell: Cell = CELL) -> pd.Series:
    mine = (table["implementation"] == name) & (table["m"] == cell.m) & (table["n_x"] == cell.n_x)
    assert mine.sum() == 1
    return table[mine].iloc[0]


@given(st.floats(1, 1e12), st.integers(1, 5), st.integers(1, 9))
def test_times_that_are_all_alike_leave_no_doubt(ns: float, processes: int, rounds: int) -> None:
    assert estimate([np.full(rounds, ns)] * processes) == (ns, ns, ns)


def test_the_process_is_the_replicate_and_not_the_round() -> None:
    processes = [np.full(90, 1.0), np.full(5, 5.0), np.full(5, 9.0)]
    assert np.median(np.concatenate(processes)) == 1.0
    found = estimate(processes)
    assert found.value == 5.0
    assert (found.low, found.high) == (1.0, 9.0)


def test_the_median_over_rounds_forgets_one_interruption() -> None:
    assert estimate([np.array([3.0, 1e9, 2.0, 2.5, 2.25])] * 3).value == 2.5


def test_an_interval_holds_the_value_and_narrows_as_rounds_are_added() -> None:
    draw = np.random.default_rng(0).normal(100, 5, (3, 1000))
    few, many = (estimate([rounds[:n] for rounds in draw]) for n in (5, 1000))
    for found in (few, many):
        assert found.low < found.value < found.high
    assert many.high - many.low < 0.5 * (few.high - few.low)
    assert few == estimate([rounds[:5] for rounds in draw])


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(0), 0
    for _ in range(100):
        offset = rng.normal(0, 1, (5, 1))
        found = estimate(list(100 + offset + rng.normal(0, 1, (5, 10))))
        held += found.low <= 100 <= found.high
    assert held >= 80


def test_the_order_of_the_processes_says_nothing() -> None:
    rng = np.random.default_rng(0)
    processes = [rng.normal(100, 5, many) for many in (3, 8, 8, 2, 8, 1)]
    found = estimate(processes)
    assert found == estimate(processes[::-1])
    assert found.value == np.median([np.median(rounds) for rounds in processes])


@pytest.mark.parametrize("processes", [5, 8, 15, 40])
def test_an_interval_is_that_of_medians_of_processes_drawn_anew(processes: int) -> None:
    """Against scipy's bootstrap of the same."""
    medians = np.random.default_rng(processes).normal(100, 5, processes)
    found = estimate([np.array([value]) for value in medians])
    drawn = bootstrap((medians,), np.median, n_resamples=20_000, method="percentile", rng=0)
    ranked = np.sort(medians)
    for ours, theirs in zip(found[1:], drawn.confidence_interval, strict=True):
        near = np.searchsorted(ranked, theirs)
        around = ranked[max(near - 2, 0)], ranked[min(near + 2, processes - 1)]
        assert around[0] <= ours <= around[1]


def test_one_process_gives_an_interval_too() -> None:
    found = estimate([np.array([1.0, 2.0, 3.0])])
    assert found == (2.0, 1.0, 3.0)


def test_a_call_is_its_share_of_the_sample() -> None:
    assert per_call(run_of({("slow", CELL): always(50)}).samples)["call_ns"].unique() == [50.0]


def test_drift_that_is_common_to_a_round_cancels() -> None:
    run = run_of({("fast", CELL): drifting(100), ("slow", CELL): drifting(400)})
    samples = per_call(run.samples)
    assert samples["call_ns"].max() > 500 * samples["call_ns"].min()
    found = speedup(samples, "fast", "slow")
    assert found == pytest.approx((4.0, 4.0, 4.0), rel=1e-12)
    assert speedup(samples, "slow", "slow") == (1.0, 1.0, 1.0)
    table = summary(run)
    assert of(table, "fast")["ci_high_ns"] > 2 * of(table, "fast")["ci_low_ns"]


def test_the_speedup_of_one_over_the_other_is_the_inverse_of_the_others_over_it() -> None:
    samples = per_call(run_of({("a", CELL): noisy(100, 1), ("b", CELL): noisy(150, 2)}).samples)
    one, other = speedup(samples, "a", "b"), speedup(samples, "b", "a")
    assert one is not None
    assert other is not None
    assert 1.2 < one.low < one.value < one.high < 1.9
    assert one.value == pytest.approx(1 / other.value)


def test_only_rounds_that_both_were_in_are_compared() -> None:
    samples = per_call(run_of({("a", CELL): always(100), ("b", CELL): always(300)}).samples)
    early, late = samples[samples["round"] < 2], samples[samples["round"] >= 2]
    wild = late.assign(call_ns=late["call_ns"] * 1000)[late["implementation"] == "b"]
    assert speedup(pd.concat([early, wild]), "a", "b") == pytest.approx((3.0, 3.0, 3.0))
    apart = [early[early["implementation"] == "a"], late[late["implementation"] == "b"]]
    assert speedup(pd.concat(apart), "a", "b") is None
    assert speedup(samples, "a", "nobody") is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 1.0), st.integers(0, 6))
def test_samples_as_they_come_give_the_same_ratios_as_those_that_were_kept(
    seed: int, kept: float, since: int
) -> None:
    rng, gathered = np.random.default_rng(seed), Gathered()
    keys = [(n, p, r) for n in "abc" for p in range(5) for r in range(4) if rng.random() < kept]
    samples = [
        Sample(n, CELL, p, r, int(rng.integers(1, 9)), int(rng.integers(1, 10**9)))
        for n, p, r in (keys[k] for k in rng.permutation(len(keys)))
    ]
    for sample in samples:
        gathered.add(sample)
    table = per_call(_table(Sample, samples))
    for one, other in (("a", "b"), ("b", "a"), ("c", "a"), ("a", "a"), ("a", "nobody")):
        live = gathered.logs(CELL, one, other)
        stored = paired_logs(table, one, other)
        assert [log.tolist() for log in live] == [pytest.approx(log.tolist()) for log in stored]
        recent = paired_logs(table[table["process"] >= since], one, other)
        late = gathered.logs(CELL, one, other, since)
        assert [log.tolist() for log in late] == [pytest.approx(log.tolist()) for log in recent]
    for name in "abc":
        own = table[table["implementation"] == name]
        medians = own.groupby("process")["call_ns"].median()
        expected = medians.median() if len(own) else np.inf
        assert gathered.median_ns(CELL, name) == pytest.approx(expected)
        assert gathered.spent_ns(CELL, name) == own["elapsed_ns"].sum()


def test_times_without_common_rounds_give_a_ratio_of_head_over_base() -> None:
    exact = unpaired([np.full(3, 300.0)] * 6, [np.full(5, 100.0)] * 9)
    assert exact == pytest.approx((3.0, 3.0, 3.0))
    rng, held = np.random.default_rng(0), 0
    for _ in range(200):
        head, base = (
            list(100 * np.exp(rng.normal(0, 0.1, (many, 1)) + rng.normal(0, 0.1, (many, 4))))
            for many in (8, 11)
        )
        found, mirror = unpaired(head, base), unpaired(base, head)
        assert found.low < found.value < found.high
        assert found.value == pytest.approx(1 / mirror.value)
        held += found.low <= 1 <= found.high
    assert held >= 176


def test_times_that_drift_say_less_unpaired_than_paired() -> None:
    rng = np.random.default_rng(0)
    drift = np.exp(rng.normal(0, 0.5, (9, 1)))
    head, base = list(200 * drift * np.ones(4)), list(100 * drift * np.ones(4))
    paired = estimate([np.log(h / b) for h, b in zip(head, base, strict=True)]).map(np.exp)
    assert paired == pytest.approx((2.0, 2.0, 2.0))
    apart = unpaired(head, base)
    assert apart.high / apart.low > 1.5


@pytest.mark.parametrize("rounds", [2, 3, 4, 8])
def test_an_interruption_is_counted_though_its_process_has_few_rounds(rounds: int) -> None:
    rng = np.random.default_rng(0)
    processes = list(
        100 * np.exp(rng.normal(0, 0.3, (20, 1)) + rng.uniform(-0.1, 0.1, (20, rounds)))
    )
    assert outliers(processes) == 0
    processes[3][0] *= 30
    processes[5][1] *= 30
    assert outliers(processes) == 2


def test_what_has_nothing_beside_it_is_no_outlier() -> None:
    assert outliers([np.array([5.0])] * 4) == 0
    assert outliers([np.full(4, 1.0), np.full(4, 100.0)]) == 0  # two processes, each of one mind
    assert outliers([np.array([1.0, 1.0, 1.0, 1.0, 1.0, 9.0])]) == 1


def test_of_normal_noise_hardly_a_round_is_an_outlier() -> None:
    rng = np.random.default_rng(0)
    assert sum(outliers(list(np.exp(rng.normal(0, 0.05, (10, 5))))) for _ in range(100)) <= 25


def test_the_geometric_mean_of_a_ratio_and_its_inverse_is_one() -> None:
    assert geometric_mean([4.0, 0.25]) == pytest.approx(1.0)
    assert geometric_mean([1.0, 10.0, 100.0]) == pytest.approx(10.0)


def test_the_summary_has_the_promised_columns_and_a_row_for_every_cell() -> None:
    other = Cell("cost_gradient", "synthetic", 64, 4096)
    run = run_of(
        {
            ("slow", CELL): always(800),
            ("fast", CELL): noisy(100, 0),
            ("wrong", CELL): Status.DISAGREES,
            ("fast", other): always(50),
            ("slow", other): Status.SKIPPED,
        }
    )
    table = summary(run)
    assert list(table.columns) == SUMMARY
    assert len(table) == 5
    fast = of(table, "fast")
    mine = per_call(run.samples)
    times = mine[(mine["implementation"] == "fast") & (mine["m"] == 209)]["call_ns"]
    assert (fast["samples"], fast["processes"]) == (PROCESSES * ROUNDS, PROCESSES)
    assert fast["min_ns"] == times.min()
    assert fast["median_ns"] == estimate(list(times.to_numpy().reshape(PROCESSES, ROUNDS))).value
    assert fast["ci_low_ns"] < fast["median_ns"] < fast["ci_high_ns"]
    assert fast["baseline"] == "slow"
    assert fast["speedup_low"] < fast["speedup"] < fast["speedup_high"]
    assert tuple(of(table, "slow")[["speedup", "speedup_low", "speedup_high"]]) == (1, 1, 1)
    for name, cell, blank in [
        ("wrong", CELL, SUMMARY[8:]),
        ("slow", other, SUMMARY[8:]),
        ("fast", other, SUMMARY[14:20]),  # it has a time, and no baseline beside it
    ]:
        assert of(table, name, cell)[blank].isna().all()


def test_the_summary_says_what_was_odd_in_the_run_and_in_the_spread() -> None:
    names = ("slow", "warned", "loud", "both")
    loud = noisy(10_000, 1, 0.5)
    times = dict(zip(names, (always(800), always(800), loud, loud), strict=True))
    run = run_of({(name, CELL): time for name, time in times.items()})
    odd = run.cells["implementation"].isin(["warned", "both"])
    run.cells.loc[odd, "warnings"] = "stolen: 9% of it"
    run.cells.loc[~odd, "warnings"] = None  # as it is read from a file
    table = summary(run)
    assert pd.isna(of(table, "slow")["warnings"])
    assert of(table, "warned")["warnings"] == "stolen: 9% of it"
    assert of(table, "loud")["warnings"].startswith("noisy: its interval reaches ")
    both = of(table, "both")["warnings"].split("; ")
    assert both == ["stolen: 9% of it", of(table, "loud")["warnings"]]
    assert of(table, "slow")["outliers"] == 0


def test_an_interruption_is_counted_in_the_summary_and_left_in() -> None:
    jitter = noisy(10_000, 0, 0.01)
    run = run_of({("slow", CELL): lambda p, r: jitter(p, r) * (100 if (p, r) == (1, 2) else 1)})
    found = of(summary(run), "slow")
    assert found["outliers"] == 1
    assert found["samples"] == PROCESSES * ROUNDS


def test_what_is_timed_and_then_found_wrong_has_no_time() -> None:
    run = run_of({("slow", CELL): always(800), ("late", CELL): always(1)})
    run.cells.loc[run.cells["implementation"] == "late", "status"] = Status.DISAGREES
    table = summary(run)
    assert of(table, "late")[SUMMARY[8:]].isna().all()
    assert winners(run, table)["winner"].tolist() == ["slow"]


@pytest.mark.parametrize(
    ("lead", "tie"), [(1 + INDISTINGUISHABLE / 2, True), (1 + 2 * INDISTINGUISHABLE, False)]
)
def test_a_lead_below_the_least_that_counts_is_a_tie(lead: float, tie: bool) -> None:
    run = run_of({("a", CELL): drifting(10_000 * lead), ("b", CELL): drifting(10_000)})
    found = winners(run, summary(run)).iloc[0]
    assert (found["winner"], found["second"], found["tie"]) == ("b", "a", tie)
    assert found["lead"] == pytest.approx(lead)


def test_a_lead_that_is_not_sure_is_a_tie() -> None:
    run = run_of({("a", CELL): noisy(110, 1, 0.5), ("b", CELL): noisy(100, 2, 0.5)})
    found = winners(run, summary(run)).iloc[0]
    assert found["lead_low"] < 1 < found["lead_high"]
    assert found["tie"]


def test_a_lead_that_does_not_clear_the_noise_floor_is_a_tie() -> None:
    times: dict[tuple[str, Cell], Time | Status]
    times = {("slow", CELL): always(120_000), ("fast", CELL): always(100_000)}
    for twin_ns, floor in ((126_000, 0.05), (105_000, 120 / 105 - 1), (150_000, 0.25)):
        run = run_of(times | {(f"slow{TWIN}", CELL): always(twin_ns)})
        table = summary(run)
        found = winners(run, table).iloc[0]
        assert (found["winner"], found["second"]) == ("fast", "slow")
        assert found["floor"] == pytest.approx(floor)
        assert floors(table).tolist() == [found["floor"]]
        assert found["tie"] == (floor > 0.2)
    assert winners(run_of(times), summary(run_of(times)))["floor"].tolist() == [INDISTINGUISHABLE]


def test_a_twin_wins_nothing() -> None:
    run = run_of({("slow", CELL): always(100), (f"slow{TWIN}", CELL): always(50)})
    found = winners(run, summary(run)).iloc[0]
    assert found["winner"] == "slow"
    assert pd.isna(found["second"])


def test_who_was_timed_while_the_machine_was_slow_is_judged_by_the_rounds_of_both() -> None:
    """`a` is the faster by a tenth wherever both were in; `b` was in more of the good times."""
    run = run_of({("a", CELL): drifting(9000), ("b", CELL): drifting(10_000)})
    more = [Sample("b", CELL, p, 0, LOOPS, LOOPS * 1000) for p in range(PROCESSES, 9)]
    run = replace(run, samples=pd.concat([run.samples, _table(Sample, more)]))
    table = summary(run)
    assert of(table, "b")["median_ns"] < of(table, "a")["median_ns"]
    found = winners(run, table).iloc[0]
    assert (found["winner"], found["second"], found["tie"]) == ("a", "b", False)
    assert found["lead"] == pytest.approx(10 / 9)
    assert found["median_ns"] == of(table, "a")["median_ns"]


def test_who_runs_alone_wins_over_nobody() -> None:
    run = run_of({("a", CELL): always(10), ("b", CELL): Status.CRASHED})
    found = winners(run, summary(run)).iloc[0]
    assert found["winner"] == "a"
    assert pd.isna(found["second"])
    assert not found["tie"]


def test_what_was_skipped_is_predicted_from_smaller_cells_of_its_own_kind() -> None:
    sizes = [(2, 10), (2, 1000), (64, 10), (64, 1000), (512, 2000)]
    cells = [Cell("cost_gradient", "synthetic", n_x, m) for n_x, m in sizes]
    decoys = [Cell("cost_gradient", "synthetic", n_x, m, "float32") for n_x, m in sizes]
    times: dict[tuple[str, Cell], Time | Status] = {
        ("loops", cell): always(
            1_000 + 50 * cell.m + 3 * work_of("cost_gradient", cell.n_x, cell.m)
        )
        for cell in cells
    }
    times |= {("loops", cell): always(7) for cell in decoys}
    times |= {("other", cell): always(9) for cell in cells}
    big = Cell("cost_gradient", "synthetic", 4096, 100_000)
    times |= {("loops", big): Status.SKIPPED, ("new", big): Status.SKIPPED}
    run = run_of(times, rounds=1)
    found = predictions(run, summary(run)).set_index("implementation")["predicted_ns"]
    expected = 1_000 + 50 * big.m + 3 * work_of("cost_gradient", big.n_x, big.m)
    assert found["loops"] == pytest.approx(expected, rel=1e-3)
    assert pd.isna(found["new"])
    assert len(found) == 2


def test_nothing_measured_is_nothing_won_and_nothing_predicted() -> None:
    run = run_of({})
    table = summary(run)
    assert list(table.columns) == SUMMARY
    assert len(table) == len(winners(run, table)) == len(predictions(run, table)) == 0
