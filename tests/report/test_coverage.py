"""The report says once how many of its intervals are of too few processes to cover 95%."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from fabricated import ONE, RACED, data_of, fabricate

from benchmarks.report import headline


@pytest.mark.parametrize(
    ("processes", "message"),
    [
        ([6, 6, 7, 8, 9], None),
        (
            [6, 6, 5, 7, 7],
            "1 time comes from fewer than 6 processes, of 5: their brackets cover 93.75%",
        ),
        (
            [2, 3, 3, 9, 9],
            "3 times come from .*: their brackets cover 50% with 2 processes and 75% with 3 ",
        ),
    ],
)
def test_intervals_of_few_processes_are_counted_with_their_coverage(
    tmp_path: Path, processes: list[int], message: str | None
) -> None:
    data = data_of(fabricate(tmp_path, RACED, [ONE]))
    results = data.results.assign(processes=processes)
    lines = [
        line for line in headline.sentences(replace(data, results=results)) if "brackets" in line
    ]
    assert len(lines) == (message is not None)
    if message is not None:
        assert re.search(message, lines[0])
