"""t = c + a·s^p: the overhead, the exponent and what it foretells, from exact and from noisy times."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from scipy.optimize import least_squares

from benchmarks.results.records import CONTROL, KEY
from benchmarks.statistics.growth import GROWTH, Law, curve, fit, growth, laws

NOISE = 0.03
# Overhead and exponent with a = 1, and the sizes: first, how many, each so many times the one before.
LINES = {
    "no overhead": (0.0, 1.0, 64, 6, 4.0),
    "few sizes": (600.0, 1.0, 64, 6, 4.0),
    "a little": (60.0, 1.0, 64, 9, 2.0),
    "quadratic": (1e4, 2.0, 16, 7, 4.0),
    "sublinear": (100.0, 0.8, 64, 8, 4.0),
    "half of the sizes are overhead": (64 * 4.0**4 * 0.7, 1.0, 64, 9, 4.0),
    "half of them, steeper": ((64 * 3.0**4 * 0.7) ** 1.5, 1.5, 64, 8, 3.0),
}


def law(sizes: ArrayLike, time_ns: ArrayLike) -> Law | None:
    return laws([(sizes, time_ns)])[0]


def sizes_of(first: int, many: int, apart: float) -> np.ndarray:
    return first * apart ** np.arange(many)


@settings(deadline=None, max_examples=40)
@given(st.floats(0, 1e6), st.floats(0.3, 3), st.floats(1e-3, 1e6), st.permutations(range(8)))
@example(0.0, 1.0, 1.0, list(range(8)))
@example(1e6, 2.0, 1e-3, list(range(8))[::-1])
def test_exact_times_give_back_their_law_in_whatever_order(
    overhead: float, p: float, a: float, order: list[int]
) -> None:
    s = sizes_of(64, 8, 4.0)[order]
    t = overhead + a * s**p
    assume(t.max() > 2.1 * t.min() and np.sum(t > 2.001 * overhead) >= 3)
    fitted = law(s, t)
    assert fitted is not None
    assert fitted.exponent.value == pytest.approx(p, abs=1e-4)
    assert fitted.overhead_ns == pytest.approx(overhead, rel=1e-4, abs=1e-4 * t.min())
    assert fitted.sizes == np.sum(t > 2 * overhead)
    assert fitted.since == s[t > 2 * overhead].min()
    assert fitted.predict(1e9).value == pytest.approx(overhead + a * 1e9**p, rel=1e-3)


@pytest.mark.parametrize("name", LINES)
def test_intervals_of_noisy_times_hold_the_truth_about_as_often_as_they_say(name: str) -> None:
    overhead, p, first, many, apart = LINES[name]
    s = sizes_of(first, many, apart)
    rng, trials, held, foretold = np.random.default_rng(0), 100, 0, 0
    further = 10 * s[-1]
    for _ in range(trials):
        fitted = law(s, (overhead + s**p) * np.exp(rng.normal(0, NOISE, len(s))))
        assert fitted is not None
        assert fitted.exponent.value == pytest.approx(p, abs=0.25)
        held += fitted.exponent.low <= p <= fitted.exponent.high
        seen = (overhead + further**p) * np.exp(rng.normal(0, NOISE))
        predicted = fitted.predict(further)
        assert predicted.low < predicted.value < predicted.high
        foretold += predicted.low <= seen <= predicted.high
    assert held >= 88
    assert foretold >= 88


@pytest.mark.parametrize("name", LINES)
def test_no_start_of_scipy_ends_lower(name: str) -> None:
    overhead, p, first, many, apart = LINES[name]
    s, rng = sizes_of(first, many, apart), np.random.default_rng(2)
    log_s = np.log(s) - np.log(s).mean()
    t = (overhead + s**p) * np.exp(rng.normal(0, 3 * NOISE, (20, many)))
    t /= t.min(axis=1, keepdims=True)
    for fitted, own in zip(fit(np.tile(log_s, (20, 1)), t), t, strict=True):

        def off(parameters: np.ndarray, own: np.ndarray = own) -> np.ndarray:
            c, log_a, p = parameters
            return curve(np.array([c, np.exp(log_a), p]), log_s) / own - 1

        ends = [
            least_squares(off, [c, 0.0, power], bounds=([0, -np.inf, 0], [np.inf, np.inf, 4]))
            for c in (0.01, 0.5, 0.95)
            for power in (0.5, 1.5)
        ]
        cost = np.sum((curve(fitted, log_s) / own - 1) ** 2) / 2
        assert cost <= min(end.cost for end in ends) * (1 + 1e-9)


def test_series_are_fitted_together_as_each_by_itself() -> None:
    rng = np.random.default_rng(3)
    made = [sizes_of(64, many, 3.0) for many in (3, 4, 5, 5, 6, 5, 4)]
    series = [(s, (100 + s) * np.exp(rng.normal(0, NOISE, len(s)))) for s in made]
    for together, (s, t) in zip(laws(series), series, strict=True):
        alone = law(s, t)
        assert (together is None) == (alone is None) == (len(s) < 4)
        if together and alone:
            assert together.exponent == pytest.approx(alone.exponent, rel=1e-9)
            assert together.overhead_ns == pytest.approx(alone.overhead_ns, rel=1e-6)
            assert (together.since, together.sizes) == (alone.since, alone.sizes)


def test_more_sizes_and_less_noise_make_the_exponent_more_certain() -> None:
    def width(many: int, noise: float) -> float:
        s = sizes_of(64, many, 4.0)
        factors = np.exp(np.random.default_rng(1).normal(0, noise, many))
        fitted = law(s, (500 + s) * factors)
        assert fitted is not None
        return fitted.exponent.high - fitted.exponent.low

    assert width(9, 0.03) < 0.5 * width(5, 0.03)
    assert width(9, 0.003) == pytest.approx(0.1 * width(9, 0.03), rel=0.2)


def test_a_prediction_is_less_certain_the_further_it_goes() -> None:
    s = sizes_of(64, 7, 4.0)
    fitted = law(s, (500 + s) * np.exp(np.random.default_rng(1).normal(0, NOISE, 7)))
    assert fitted is not None
    near, far, farther = (fitted.predict(k * s[-1]) for k in (1, 10, 1000))
    assert near.high / near.low < far.high / far.low < farther.high / farther.low


def test_the_unit_of_time_and_of_size_changes_nothing() -> None:
    s = sizes_of(64, 7, 4.0)
    t = (5000 + s) * np.exp(np.random.default_rng(1).normal(0, NOISE, 7))
    one, other = law(s, t), law(s * 1000, t / 1e6)
    assert one is not None
    assert other is not None
    assert one.exponent == pytest.approx(other.exponent, rel=1e-6)
    assert one.overhead_ns == pytest.approx(1e6 * other.overhead_ns)
    assert one.predict(1e7) == pytest.approx([1e6 * t for t in other.predict(1e10)], rel=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_where_all_is_overhead_there_is_no_exponent(seed: int) -> None:
    s, rng = sizes_of(64, 8, 4.0), np.random.default_rng(seed)
    assert law(s, np.full(8, 500.0)) is None
    assert law(s, 500 * np.exp(rng.normal(0, 0.1, 8))) is None
    assert law(s, 500 + 1e-6 * s) is None
    assert law(s, s[::-1]) is None  # it falls
    assert law(s, np.where(s == s[-1], 1500.0, 500.0)) is None  # one size says nothing of a law


def test_three_sizes_fit_any_law_and_prove_none() -> None:
    s = sizes_of(64, 4, 4.0)
    assert law(s, s) is not None
    for many in (0, 1, 2, 3):
        assert law(s[:many], s[:many]) is None


def test_a_step_in_the_middle_widens_the_interval() -> None:
    s = sizes_of(64, 8, 4.0)
    smooth, bent = law(s, s), law(s, s * np.where(s > s[4], 3.0, 1.0))
    assert smooth is not None
    assert bent is not None
    assert 1.0 < bent.exponent.value < 1 + 1.75 * np.log(3) / np.log(s[-1] / s[0])
    assert bent.exponent.high - bent.exponent.low > 0.1
    assert smooth.exponent.high - smooth.exponent.low < 1e-4


def table_of(times: dict[tuple[str, int, int], float | None]) -> pd.DataFrame:
    rows = [
        (name, "cost_gradient", "synthetic", n_x, m, "float64", "C", 1, "warm", time)
        for (name, n_x, m), time in times.items()
    ]
    return pd.DataFrame(rows, columns=[*KEY, "median_ns"])


def test_every_line_of_four_sizes_has_its_laws_and_no_other() -> None:
    grid = list(product((2, 16, 128, 1024), (100, 400, 1600, 6400, 25600)))
    times: dict[tuple[str, int, int], float | None]
    times = {("fast", n_x, m): 1000.0 + n_x * m for n_x, m in grid}
    times |= {("slow", n_x, m): 10.0 * n_x**2 * m for n_x, m in grid if m > 400}
    times |= {("slow", n_x, m): None for n_x, m in grid if m <= 400}
    times |= {(f"fast{CONTROL}", n_x, m): 7.0 for n_x, m in grid}
    table = growth(table_of(times))
    assert list(table.columns) == GROWTH
    assert set(table["implementation"]) == {"fast", "slow"}
    fast, slow = (table[table["implementation"] == name] for name in ("fast", "slow"))
    assert sorted(zip(fast["along"], fast["at"], strict=True)) == [
        *(("m", n_x) for n_x in (2, 16, 128, 1024)),
        *(("n_x", m) for m in (100, 400, 1600, 6400, 25600)),
    ]
    assert sorted(zip(slow["along"], slow["at"], strict=True)) == [
        ("n_x", m) for m in (1600, 6400, 25600)
    ]
    assert slow["exponent"].to_numpy() == pytest.approx(2.0)
    fitted = fast.dropna(subset="exponent")
    assert fitted["exponent"].to_numpy() == pytest.approx(1.0, abs=1e-4)
    assert fitted["overhead_ns"].to_numpy() == pytest.approx(1000.0, rel=1e-2)
    assert (fitted["predicted_size"] == 10 * fitted["largest"]).all()
    expected = 1000.0 + fitted["at"] * fitted["predicted_size"]
    assert fitted["predicted_ns"].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-3)


def test_a_line_without_a_law_is_there_with_blanks() -> None:
    row = growth(table_of({("call", 3, 10**k): 500.0 for k in range(5)})).iloc[0]
    assert (row["along"], row["at"], row["largest"]) == ("m", 3, 10_000)
    assert row[GROWTH[GROWTH.index("since") :]].isna().all()


def test_no_lines_no_growth() -> None:
    assert list(growth(table_of({})).columns) == GROWTH
    assert growth(table_of({("a", 3, m): 5.0 for m in (1, 2, 3)})).empty
