"""The check: it lets the exact answer pass, and says what is wrong with any other."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.correctness.check import Deviation, Reference, check, reference
from benchmarks.operations import operations
from benchmarks.problem.arithmetic import EXTENDED, rounding
from benchmarks.problem.multiprecision import MPMATH

J, DW = 2.0, np.array([[1.0], [0.0], [3.0]])
ALLOWED = 2.0**-20


def reference_of(bound: float = ALLOWED) -> Reference:
    """J = 2 and dw = (1, 0, 3)ᵀ, each of which may be off by `bound`."""
    exact = {"J": MPMATH.lift(J), "dw": MPMATH.lift(DW)}
    return Reference(MPMATH, exact, {"J": np.array(bound), "dw": np.full((3, 1), bound)})


def deviation(J=J, dw=DW, bound: float = ALLOWED) -> Deviation:
    return check(reference_of(bound), [np.asarray(J), np.asarray(dw)])


def off(index: int, error: float) -> np.ndarray:
    dw = DW.copy()
    dw[index] += error
    return dw


def test_the_exact_answer_passes_without_any_error() -> None:
    assert deviation() == Deviation(0.0, 0.0)
    assert deviation().ratio == 0.0


@pytest.mark.parametrize("share", [2.0**-10, 0.5, 1.0])
@pytest.mark.parametrize("sign", [-1, 1])
def test_what_rounding_allows_passes_and_the_ratio_is_the_error_over_the_bound(
    share: float, sign: int
) -> None:
    result = deviation(J + sign * share * ALLOWED)
    assert result == Deviation(share * ALLOWED, ALLOWED)
    assert result.ratio == share


@pytest.mark.parametrize("share", [1 + 2.0**-20, 2.0, 1e9])
def test_more_than_that_does_not(share: float) -> None:
    result = deviation(J + share * ALLOWED)
    assert result.ratio == pytest.approx(share)
    assert "should be 2; the error is " in result.complaint


def test_the_ratio_is_the_worst_over_all_parts_and_elements() -> None:
    assert deviation(J + ALLOWED / 8, off(2, ALLOWED / 4)).ratio == 0.25
    assert deviation(J + ALLOWED / 2, off(2, ALLOWED / 4)).ratio == 0.5


@pytest.mark.parametrize(("least", "worst"), [(3, 150_001), (150_001, 3), (70_000, 199_999)])
def test_the_worst_of_a_long_answer_is_found_wherever_it_is(least: int, worst: int) -> None:
    """It is judged in blocks: the worst of all of them counts, and has its own place."""
    exact = np.linspace(1, 2, 200_000).reshape(-1, 1)
    long = Reference(EXTENDED, {"u": EXTENDED.lift(exact)}, {"u": np.full(exact.shape, 2.0**-30)})
    answer = exact.copy()
    answer[least] += 4 * 2.0**-30
    answer[worst] += 2.0**-20
    found = check(long, [answer])
    assert found.complaint.startswith(f"u[{worst}, 0] is ")
    assert found.ratio == pytest.approx(2.0**10, rel=1e-3)
    answer[least] = np.nan
    assert check(long, [answer]).complaint == f"u[{least}, 0] is nan, should be finite"


@pytest.mark.parametrize("bound", [np.inf, np.nan])
def test_only_the_exact_answer_is_right_by_a_bound_that_is_no_number(bound: float) -> None:
    limits = np.full(DW.shape, ALLOWED)
    limits[1] = bound
    expected = Reference(EXTENDED, {"dw": DW}, {"dw": limits})
    assert check(expected, [DW]).complaint == ""
    found = check(expected, [off(1, 0.5)])
    assert found.complaint.startswith("dw[1, 0] is ")
    assert found.complaint.endswith("the bound is not finite: it cannot be judged")


@pytest.mark.parametrize("m", [1023, 1024, 1025, 2047, 2048, 2049, 5000])
def test_more_terms_than_a_type_has_digits_for_are_judged_by_a_finite_bound(m: int) -> None:
    """float16 stands for float32 here, whose 2^24 terms take long: γ_k ends at k·u = 1, at 2^11."""
    w, X, Y = np.ones((1, 1), "f2"), np.ones((1, m), "f2"), np.ones((1, m), "f2")
    expected = reference(operations()["cost_gradient"], (w, 0.0, X, Y))
    right = [np.asarray(part, np.float64) for part in expected.exact.values()]
    assert check(expected, right).complaint == ""
    for k in range(3):
        wrong = [part + 50 * (j == k) for j, part in enumerate(right)]
        assert "times what rounding allows" in check(expected, wrong).complaint


def test_the_error_of_a_sum_longer_than_its_type_can_count_is_within_the_bound() -> None:
    total, u = np.float16(0), rounding("float16")
    for k in range(1, 6001):
        total += np.float16(1)
        assert abs(float(total) - k) <= u.gamma(k) * k
    assert total == 2048


@pytest.mark.parametrize("arrays", [0, 1, 3])
def test_too_few_and_too_many_arrays_are_refused(arrays: int) -> None:
    found = check(reference_of(), [np.asarray(J)] * arrays)
    assert found.complaint == f"sent {arrays} arrays, should be J, dw"


def test_the_complaint_says_where_what_it_is_what_it_should_be_and_how_far_off() -> None:
    result = deviation(dw=off(2, 0.25))
    assert result.complaint == (
        "dw[2, 0] is 3.25, should be 3; the error is 2.6e+05 times what rounding allows"
    )
    assert (result.error, result.bound) == (0.25, ALLOWED)


@pytest.mark.parametrize(
    ("part", "wrong", "says"),
    [
        ("dw", DW[:, 0], "dw has shape (3,), should be (3, 1)"),
        ("dw", DW.T, "dw has shape (1, 3), should be (3, 1)"),
        ("dw", DW[:2], "dw has shape (2, 1), should be (3, 1)"),
        ("dw", np.vstack([DW, DW]), "dw has shape (6, 1), should be (3, 1)"),
        ("dw", DW[:2], "dw has shape (2, 1), should be (3, 1)"),
        ("dw", J, "dw has shape (), should be (3, 1)"),
        ("J", [[J]], "J has shape (1, 1), should be a number"),
        ("J", [J], "J has shape (1,), should be a number"),
        ("J", DW, "J has shape (3, 1), should be a number"),
    ],
)
def test_a_right_value_in_the_wrong_shape_is_refused(part: str, wrong, says: str) -> None:
    result = deviation(**{part: wrong})
    assert result.complaint == says
    assert result.ratio == np.inf


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused_however_wide_the_bound(value: float) -> None:
    assert deviation(value, bound=np.inf).complaint == f"J is {value}, should be finite"
    assert deviation(dw=off(1, value), bound=np.inf).complaint == (
        f"dw[1, 0] is {value}, should be finite"
    )


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float16", "float32", "longdouble"])
def test_numbers_of_any_type_are_judged_by_their_value(dtype: str) -> None:
    exact = {"J": MPMATH.lift(1.0)}
    alike = Reference(MPMATH, exact, {"J": np.array(ALLOWED)})
    assert check(alike, [np.array(1, dtype)]) == Deviation(0.0, 0.0)
    assert check(alike, [np.array(0, dtype)]).complaint.startswith("J is 0, should be 1; ")


@given(st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-6), st.floats(1e-15, 10.0))
def test_the_complaint_has_digits_enough_to_see_the_difference(exact: float, error: float) -> None:
    held = Reference(MPMATH, {"J": MPMATH.lift(exact)}, {"J": np.array(0.0)})
    complaint = check(held, [np.array(exact * (1 + error))]).complaint
    printed = re.match(r"J is (\S+), should be (\S+);", complaint)
    assert printed is not None
    got, should_be = map(float, printed.groups())
    assert got != should_be
    assert got / should_be - 1 == pytest.approx(error, rel=0.5)


@pytest.mark.parametrize(("name", "of_minus_2"), [("absolute", 2.0), ("relu", 0.0)])
def test_where_nothing_is_rounded_no_error_is_allowed(name: str, of_minus_2: float) -> None:
    v, exact = np.array([[-2.0], [0.0], [3.0]]), np.array([[of_minus_2], [0.0], [3.0]])
    held = reference(operations()[name], (v,))
    assert check(held, [exact]) == Deviation(0.0, 0.0)
    result = check(held, [np.where(v == 3, np.nextafter(3.0, 4.0), exact)])
    assert result.ratio == np.inf
    assert result.complaint == (
        "u[2, 0] is 3.0000000000000004, should be 3; no rounding is allowed here"
    )


def arguments(n_x: int, m: int, dtype: str = "float64") -> tuple:
    rng = np.random.default_rng(0)
    Y = np.resize([[0.0, 1.0]], (1, m))
    assert set(Y[0]) == {0.0, 1.0}
    X, w = rng.standard_normal((n_x, m)), rng.standard_normal((n_x, 1))
    return w.astype(dtype), 0.5, X.astype(dtype), Y.astype(dtype)


def test_the_arguments_precision_says_what_rounding_allows() -> None:
    double, single = (reference(operations()["cost_gradient"], arguments(3, 4, dtype))
                      for dtype in ("float64", "float32"))  # fmt: skip
    for part in ("J", "dw", "db"):
        assert single.bound[part] / double.bound[part] == pytest.approx(2.0**29, rel=0.1)
    rounded = [np.asarray(part, np.float32) for part in double.exact.values()]
    assert check(double, rounded).ratio > 1e5
    assert 0 < check(single, rounded).ratio < 1


def test_large_problems_are_worked_out_in_extended_precision_whose_own_error_is_allowed_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small, large = (reference(operations()["cost_gradient"], arguments(2, m)) for m in (60, 600))
    assert small.arithmetic is MPMATH
    assert large.arithmetic is EXTENDED
    monkeypatch.setattr("benchmarks.correctness.check._MAX_MPMATH_SIZE", 10_000)
    alone = reference(operations()["cost_gradient"], arguments(2, 600))
    for part in ("J", "dw", "db"):
        assert np.all(large.bound[part] > alone.bound[part])
        assert np.all(large.bound[part] < 2.01 * alone.bound[part])
    exact = [np.asarray(part, float) for part in alone.exact.values()]
    assert check(large, exact).ratio < 0.5


def test_the_answer_follows_the_order_of_what_the_operation_returns() -> None:
    pair = SimpleNamespace(
        RETURNS=("twice", "half"),
        exact=lambda a, v: (2 * a.lift(v), a.lift(v) / 2),
        bound=lambda r, v: (r.u * np.abs(v), r.u * np.abs(v)),
    )
    v = np.array([[3.0]])
    held = reference(pair, (v,))  # type: ignore[arg-type]
    assert check(held, [2 * v, v / 2]).complaint == ""
    assert check(held, [v / 2, 2 * v]).complaint.startswith("twice[0, 0] is 1.5, should be 6;")
