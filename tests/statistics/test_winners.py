"""Who is fastest: those who tie wherever they meet count as one; noise makes nobody alike."""

from collections.abc import Mapping

import pandas as pd
import pytest
from made_up_runs import CELL, Time, always, noisy, run_of

from benchmarks.results.records import Cell
from benchmarks.statistics.summary import summary
from benchmarks.statistics.winners import winners

LARGE, OTHER = CELL._replace(m=4096), CELL._replace(order="F")


def won(
    times: Mapping[str, tuple[Time, ...]], cells: tuple[Cell, ...] = (CELL, LARGE)
) -> list[dict]:
    """The winners of a run in which each name takes these times in the cells."""
    pairs = {
        (name, cell): t for name, each in times.items() for cell, t in zip(cells, each, strict=True)
    }
    run = run_of(pairs, baseline="slow", processes=7)
    return winners(run, summary(run)).to_dict("records")


SLOW = always(3000), always(30_000)


def test_who_ties_wherever_they_meet_counts_as_one() -> None:
    rows = won(
        {
            "a": (always(1000), always(10_050)),
            "b": (always(1005), always(10_000)),
            "slow": SLOW,
        }
    )
    assert [(row["winner"], row["alike"], row["second"]) for row in rows] == [
        ("a", ("b",), "slow"),
        ("b", ("a",), "slow"),
    ]
    assert not any(row["tie"] for row in rows)
    assert rows[0]["lead"] == pytest.approx(3)


def test_three_may_be_alike() -> None:
    same = {name: (always(1000), always(10_000)) for name in "abc"}
    rows = won({**same, "slow": SLOW})
    assert [{row["winner"], *row["alike"]} for row in rows] == [set("abc"), set("abc")]
    assert {row["second"] for row in rows} == {"slow"}


def test_who_differs_in_one_cell_of_the_setting_is_not_alike() -> None:
    times = {"a": (always(1000), always(10_000)), "b": (always(1000), always(11_000)), "slow": SLOW}
    assert [row["alike"] for row in won(times)] == [(), ()]
    rows = won(times, (CELL, OTHER))  # in another memory order it does not matter
    assert [row["alike"] for row in rows] == [(), ()]  # and one cell is too few


def test_noise_makes_nobody_alike() -> None:
    noise = {name: (noisy(1000, k, 0.5), noisy(1000, k, 0.5)) for k, name in enumerate("ab")}
    rows = won({**noise, "slow": SLOW})
    assert all(row["tie"] and row["alike"] == () for row in rows)


def test_two_alone_tie() -> None:
    rows = won({name: (always(1000), always(10_000)) for name in ("a", "slow")})
    assert all(row["tie"] and row["alike"] == () for row in rows)


def test_without_a_cell_there_is_no_winner() -> None:
    assert pd.DataFrame(won({}, ())).empty
