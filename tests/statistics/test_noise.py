"""The noise floor from the twin, the precision of an interval, and the words a wide one deserves."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.results.records import CONTROL, KEY, Cell
from benchmarks.statistics.estimates import Estimate
from benchmarks.statistics.noise import (
    INDISTINGUISHABLE,
    floors,
    margins,
    noisy,
    relative_half_width,
)
from benchmarks.statistics.summary import COLUMNS

positive = st.floats(1e-3, 1e3)


def table_of(*rows: tuple[str, int, float | None]) -> pd.DataFrame:
    """A summary of implementations, sizes and speedups."""
    cells = [
        (name, "dot", "synthetic", n_x, 1, "float64", "C", 1, "warm", speedup)
        for name, n_x, speedup in rows
    ]
    return pd.DataFrame(cells, columns=[*KEY, "speedup"]).reindex(columns=[*KEY, *COLUMNS])


def cell(n_x: int) -> Cell:
    return Cell("dot", "synthetic", n_x, 1)


def test_the_floor_of_a_cell_is_what_its_twin_differs_by_in_either_direction() -> None:
    floor = floors(
        table_of(
            *(
                (f"numpy{CONTROL}", 3, 1.25),
                (f"numpy{CONTROL}", 4, 0.8),
                (f"numpy{CONTROL}", 5, 1.0),
            ),
            *(
                ("numpy", 3, 1.0),
                ("loops", 3, 0.01),
                ("loops", 6, 0.01),
                (f"numpy{CONTROL}", 7, None),
            ),
        )
    )
    assert floor[cell(3)] == pytest.approx(0.25)
    assert floor[cell(4)] == pytest.approx(0.25)
    assert floor[cell(5)] == 0.0
    assert set(floor.index) == {cell(3), cell(4), cell(5)}
    assert floor.get(cell(6), 0.5) == 0.5


def test_a_margin_is_two_percent_or_the_floor_where_that_is_higher() -> None:
    table = table_of((f"numpy{CONTROL}", 3, 1.25), (f"numpy{CONTROL}", 4, 1.01))
    expected = [0.25, INDISTINGUISHABLE, INDISTINGUISHABLE]
    assert margins(table, [cell(3), cell(4), cell(5)]) == pytest.approx(expected)


def test_no_twin_no_floor() -> None:
    assert len(floors(table_of())) == len(floors(table_of(("numpy", 3, 1.0)))) == 0
    assert floors(table_of()).get(cell(3), 0.0) == 0.0


@given(positive, st.floats(0, 10), positive)
def test_the_precision_is_half_the_width_whatever_the_unit(
    value: float, share: float, unit: float
) -> None:
    ratio = Estimate(value, value / (1 + share), value * (1 + share))
    assert relative_half_width(ratio) == pytest.approx(share, abs=1e-9)
    assert relative_half_width(ratio.map(lambda v: unit * v)) == pytest.approx(share, abs=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [
        (95.0, 109.0, []),
        (100.0, 100.0, []),
        (99.0, 125.0, ["noisy: its interval reaches 25% from its value"]),
        (50.0, 101.0, ["noisy: its interval reaches 100% from its value"]),
    ],
)
def test_a_wide_interval_is_said_to_be_noisy_by_its_further_end(
    low: float, high: float, says: list[str]
) -> None:
    assert noisy(Estimate(100.0, low, high)) == says
