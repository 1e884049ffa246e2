"""The limit: from measured rates to the least time of a call."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.machine import kept, measure
from benchmarks.machine.roofline import COLUMNS, Limits, best
from benchmarks.operations import Work, operations

pytestmark = pytest.mark.slow


def table(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def read(threads: int, size: float, per_s: float, probe: str = "a") -> tuple:
    return ("read", None, threads, size, per_s, probe)


RATES = [
    (what, dtype, 1, None, per_s, "a")
    for dtype in ("float64", "float32")
    for what, per_s in (("flops", 1e10), ("exp", 1e9), ("log", 5e8))
]
KNOWN = Limits(table(read(1, 1e4, 1e11), read(1, 1e8, 1e10), *RATES))


@pytest.mark.parametrize(
    ("work", "dtype", "limit_ns"),
    [
        (Work(read=10**8, written=0, flops=10), "float64", 8e8 / 1e10 * 1e9),
        (Work(read=10**8, written=0, flops=10), "float32", 4e8 / 1e10 * 1e9),
        (Work(read=10, written=0, flops=1000), "float64", 100.0),
        (Work(read=1, written=1, flops=1, exps=100, logs=50), "float64", 200.0),
    ],
)
def test_the_limit_is_the_longest_of_moving_computing_and_functions(
    work: Work, dtype: str, limit_ns: float
) -> None:
    assert KNOWN.limit_ns(work, dtype, 1) == pytest.approx(limit_ns)


def test_with_cold_caches_everything_comes_from_memory() -> None:
    work = Work(read=100, written=0, flops=1)
    assert KNOWN.limit_ns(work, "float64", 1) == pytest.approx(800 / 1e11 * 1e9)
    assert KNOWN.limit_ns(work, "float64", 1, cold=True) == pytest.approx(800 / 1e10 * 1e9)


def test_between_two_sizes_the_bandwidth_is_between_theirs_and_beyond_them_theirs() -> None:
    assert KNOWN.bandwidth(1e6, 1) == pytest.approx((1e11 + 1e10) / 2)
    assert KNOWN.bandwidth(1, 1) == 1e11
    assert KNOWN.bandwidth(1e12, 1) == 1e10


def test_a_smaller_piece_is_read_no_slower_and_more_threads_are_no_slower() -> None:
    odd = Limits(table(read(1, 1e4, 2e10), read(1, 1e5, 3e10), read(2, 1e4, 1e10)))
    assert odd.bandwidth(1e4, 1) == 3e10
    assert odd.bandwidth(1e4, 2) == 3e10


def test_what_was_not_measured_is_not_known() -> None:
    work = operations()["cost_gradient"].work(10, 10)
    assert np.isnan(Limits(table()).limit_ns(work, "float64", 1))
    assert np.isnan(KNOWN.limit_ns(work, "float16", 1))
    only_two = Limits(table(read(2, 1e4, 1e10)))
    assert np.isnan(only_two.bandwidth(1e4, 1))


def test_of_several_tables_the_best_of_each_rate_is_kept() -> None:
    merged = best(
        [table(read(1, 1e4, 1e9, "slow"), RATES[0]), table(read(1, 1e4, 2e9, "fast"), *RATES)]
    )
    assert len(merged) == 1 + len(RATES)
    assert merged.loc[merged["what"] == "read", "probe"].tolist() == ["fast"]


@pytest.mark.parametrize("threads", [1, 2])
def test_the_probes_find_every_rate_and_caches_are_faster_than_memory(threads: int) -> None:
    found = measure._probe(threads, max_bytes=1 << 26)
    assert list(found) == COLUMNS
    assert (found["per_s"] > 1e6).all()
    kinds = set(found[["what", "dtype"]].fillna("").itertuples(index=False, name=None))
    numbers = {
        (what, dtype) for what in ("flops", "exp", "log") for dtype in ("float64", "float32")
    }
    assert kinds == {("read", ""), *numbers}
    work = operations()["cost_gradient"].work(100, 1000)
    assert 0 < Limits(found).limit_ns(work, "float64", threads) < 1e9


def test_what_is_kept_is_measured_once(tmp_path, monkeypatch) -> None:
    asked = []

    def probe(threads: int) -> pd.DataFrame:
        asked.append(threads)
        return table(read(threads, 1e4, 1e9 * len(asked)))

    monkeypatch.setenv(kept.VARIABLE, str(tmp_path))
    monkeypatch.setattr(measure, "_probe", probe)
    assert measure.read_limits() is None
    first = measure.limits()
    times = len(asked)
    assert measure.read_limits() is not None and len(first) == times
    assert len(measure.limits()) == times and len(asked) == times
    again = measure.limits(again=True)  # the second time everything was faster, and that is kept
    assert len(asked) == 2 * times
    assert again["per_s"].min() > first["per_s"].max() - 1
    (kept.folder() / "limits.csv").write_text("half a li")
    assert measure.read_limits() is None and len(measure.limits()) == times
