"""Warnings: one text for a cell, each kind once, each with its meaning and its remedy."""

import pytest

from benchmarks.results.warnings import KINDS, amount_of, join, kind_of, split, word


def test_all_warnings_of_a_cell_are_one_text_and_each_kind_is_there_once() -> None:
    assert join(["", "stolen: 5%", "noisy", "", "stolen: 9%"]) == "stolen: 5%; noisy"
    assert join([]) == join([""]) == ""
    assert join(["stolen: 5%; noisy", "throttled"]) == "stolen: 5%; noisy; throttled"
    assert split("stolen: 5%; noisy") == ["stolen: 5%", "noisy"]
    assert split("") == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read_back_and_says_what_it_means_and_what_to_do(kind: str) -> None:
    assert kind_of(word(kind, "21%")) == kind_of(word(kind)) == kind
    assert (amount_of(word(kind, "21%")), amount_of(word(kind))) == ("21%", "")
    assert all(KINDS[kind])


def test_warnings_of_earlier_versions_and_of_nobody_have_a_kind_too() -> None:
    assert kind_of("not steady after warming up") == "not steady"
    assert kind_of("new kind: 3") == "new kind"
