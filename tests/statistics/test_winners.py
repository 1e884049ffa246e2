"""Who is fastest: those who surely tie with the fastest count as one; noise makes nobody alike."""

from collections.abc import Mapping

import pandas as pd
import pytest
from made_up_runs import CELL, Time, always, noisy, run_of

from benchmarks.results.records import Cell
from benchmarks.statistics.summary import summary
from benchmarks.statistics.winners import winners

LARGE = CELL._replace(m=4096)


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


def test_who_surely_ties_counts_as_one() -> None:
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


def test_each_cell_has_those_who_are_alike_in_it() -> None:
    times = {"a": (always(1000), always(10_000)), "b": (always(1000), always(11_000)), "slow": SLOW}
    first, second = won(times)
    assert ({first["winner"], *first["alike"]}, first["second"]) == ({"a", "b"}, "slow")
    assert (second["winner"], second["alike"], second["second"]) == ("a", (), "b")
    assert second["lead"] == pytest.approx(1.1)


def test_a_lead_is_kept_though_it_is_small() -> None:
    """3% ahead is ahead: within 5%, and still no tie."""
    rows = won(
        {"a": (always(1000), always(10_000)), "b": (always(1030), always(10_300)), "slow": SLOW}
    )
    assert [(row["winner"], row["second"], row["tie"], row["alike"]) for row in rows] == [
        ("a", "b", False, ()),
    ] * 2


def test_noise_makes_nobody_alike() -> None:
    noise = {name: (noisy(1000, k, 0.5), noisy(1000, k, 0.5)) for k, name in enumerate("ab")}
    rows = won({**noise, "slow": SLOW})
    assert all(row["tie"] and row["alike"] == () for row in rows)


def test_two_alone_tie() -> None:
    rows = won({name: (always(1000), always(10_000)) for name in ("a", "slow")})
    assert all(row["tie"] and row["alike"] == () for row in rows)


def test_without_a_cell_there_is_no_winner() -> None:
    assert pd.DataFrame(won({}, ())).empty
