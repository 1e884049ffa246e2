"""The summary, who won, and what was skipped is predicted: from runs whose times are known."""

from dataclasses import replace

import pandas as pd
import pytest
from made_up_runs import (
    CELL,
    LOOPS,
    PROCESSES,
    ROUNDS,
    Time,
    always,
    drifting,
    estimate_of,
    noisy,
    of,
    run_of,
    table_of,
)

from benchmarks.results.records import CONTROL, Cell, Sample, Status
from benchmarks.statistics.cost_model import predictions, work_of
from benchmarks.statistics.noise import INDISTINGUISHABLE, floors
from benchmarks.statistics.summary import summary
from benchmarks.statistics.winners import winners

SUMMARY = [
    *("implementation", "operation", "data", "n_x", "m", "dtype", "order", "threads", "cache"),
    *("samples", "processes", "median_ns", "ci_low_ns", "ci_high_ns", "min_ns"),
    *("baseline", "speedup", "speedup_low", "speedup_high", "limit_ns", "fraction_of_limit"),
    *("outliers", "disturbed", "warnings"),
]


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
    rows = run.samples[(run.samples["implementation"] == "fast") & (run.samples["m"] == 209)]
    times = rows["elapsed_ns"] / LOOPS
    assert (fast["samples"], fast["processes"]) == (PROCESSES * ROUNDS, PROCESSES)
    assert fast["min_ns"] == times.min()
    assert fast["median_ns"] == estimate_of(list(times.to_numpy().reshape(PROCESSES, ROUNDS))).value
    assert fast["ci_low_ns"] < fast["median_ns"] < fast["ci_high_ns"]
    assert fast["baseline"] == "slow"
    assert fast["speedup_low"] < fast["speedup"] < fast["speedup_high"]
    assert tuple(of(table, "slow")[["speedup", "speedup_low", "speedup_high"]]) == (1, 1, 1)
    for name, cell, blank in [
        ("wrong", CELL, SUMMARY[9:]),
        ("slow", other, SUMMARY[9:]),
        ("fast", other, SUMMARY[15:21]),  # it has a time, and no baseline beside it
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
    row = of(summary(run), "slow")
    assert row["outliers"] == 1
    assert row["samples"] == PROCESSES * ROUNDS


def test_samples_are_counted_one_by_one_and_turns_are_estimated() -> None:
    """Three samples a turn, of which the last is far slower; one turn's fastest was disturbed."""
    samples = [
        Sample("slow", CELL, p, r, 1, 1000 + k if k < 2 else 5000, None, (p, r, k) == (0, 0, 0))
        for p in range(PROCESSES)
        for r in range(ROUNDS)
        for k in range(3)
    ]
    run = replace(run_of({("slow", CELL): always(800)}), samples=table_of(Sample, samples))
    row = of(summary(run), "slow")
    assert (row["samples"], row["disturbed"]) == (3 * PROCESSES * ROUNDS, 1)
    assert (row["median_ns"], row["min_ns"]) == (1001, 1000)


def test_where_most_was_disturbed_a_warning_says_how_much() -> None:
    run = run_of({("slow", CELL): always(800), ("fast", CELL): always(100)})
    fast = run.samples["implementation"] == "fast"
    run.samples.loc[fast & (run.samples["process"] > 0), "disturbed"] = 1
    table = summary(run)
    assert of(table, "fast")["warnings"] == "interference: 67% of the samples"
    assert of(table, "fast")[["samples", "disturbed", "processes"]].tolist() == [15, 10, 3]
    assert pd.isna(of(table, "slow")["warnings"])


def test_what_is_timed_and_then_found_wrong_has_no_time() -> None:
    run = run_of({("slow", CELL): always(800), ("late", CELL): always(1)})
    run.cells.loc[run.cells["implementation"] == "late", "status"] = Status.DISAGREES
    table = summary(run)
    assert of(table, "late")[SUMMARY[9:]].isna().all()
    assert winners(run, table)["winner"].tolist() == ["slow"]


@pytest.mark.parametrize(
    ("lead", "tie"), [(1 + INDISTINGUISHABLE / 2, True), (1 + 2 * INDISTINGUISHABLE, False)]
)
def test_a_lead_below_the_least_that_counts_is_a_tie(lead: float, tie: bool) -> None:
    run = run_of({("a", CELL): drifting(10_000 * lead), ("b", CELL): drifting(10_000)})
    row = winners(run, summary(run)).iloc[0]
    assert (row["winner"], row["second"], row["tie"]) == ("b", "a", tie)
    assert row["lead"] == pytest.approx(lead)


def test_a_lead_that_is_not_sure_is_a_tie() -> None:
    times = {("a", CELL): noisy(110, 1, 0.5), ("b", CELL): noisy(100, 2, 0.5)}
    run = run_of(times, processes=7)
    row = winners(run, summary(run)).iloc[0]
    assert row["lead_low"] < 1 < row["lead_high"]
    assert row["tie"]


def test_a_lead_that_does_not_clear_the_noise_floor_is_a_tie() -> None:
    times: dict[tuple[str, Cell], Time | Status]
    times = {("slow", CELL): always(120_000), ("fast", CELL): always(100_000)}
    for twin_ns, floor in ((126_000, 0.05), (105_000, 120 / 105 - 1), (150_000, 0.25)):
        run = run_of(times | {(f"slow{CONTROL}", CELL): always(twin_ns)})
        table = summary(run)
        row = winners(run, table).iloc[0]
        assert (row["winner"], row["second"]) == ("fast", "slow")
        assert row["floor"] == pytest.approx(floor)
        assert floors(table).tolist() == [row["floor"]]
        assert row["tie"] == (floor > 0.2)
    assert winners(run_of(times), summary(run_of(times)))["floor"].tolist() == [INDISTINGUISHABLE]


def test_a_twin_wins_nothing() -> None:
    run = run_of({("slow", CELL): always(100), (f"slow{CONTROL}", CELL): always(50)})
    row = winners(run, summary(run)).iloc[0]
    assert row["winner"] == "slow"
    assert pd.isna(row["second"])


def test_who_was_timed_while_the_machine_was_slow_is_judged_by_the_rounds_of_both() -> None:
    """`a` is the faster by a tenth wherever both were in; `b` was in more of the good times."""
    run = run_of({("a", CELL): drifting(9000), ("b", CELL): drifting(10_000)})
    more = [Sample("b", CELL, p, 0, LOOPS, LOOPS * 1000) for p in range(PROCESSES, 9)]
    run = replace(run, samples=pd.concat([run.samples, table_of(Sample, more)]))
    table = summary(run)
    assert of(table, "b")["median_ns"] < of(table, "a")["median_ns"]
    row = winners(run, table).iloc[0]
    assert (row["winner"], row["second"], row["tie"]) == ("a", "b", False)
    assert row["lead"] == pytest.approx(10 / 9)
    assert row["median_ns"] == of(table, "a")["median_ns"]


def test_who_runs_alone_wins_over_nobody() -> None:
    run = run_of({("a", CELL): always(10), ("b", CELL): Status.CRASHED})
    row = winners(run, summary(run)).iloc[0]
    assert row["winner"] == "a"
    assert pd.isna(row["second"])
    assert not row["tie"]


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
    predicted = predictions(run, summary(run)).set_index("implementation")["predicted_ns"]
    expected = 1_000 + 50 * big.m + 3 * work_of("cost_gradient", big.n_x, big.m)
    assert predicted["loops"] == pytest.approx(expected, rel=1e-3)
    assert pd.isna(predicted["new"])
    assert len(predicted) == 2


def test_nothing_measured_is_nothing_won_and_nothing_predicted() -> None:
    run = run_of({})
    table = summary(run)
    assert list(table.columns) == SUMMARY
    assert len(table) == len(winners(run, table)) == len(predictions(run, table)) == 0
