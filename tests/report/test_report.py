"""The report says what the data says, whatever the data is."""

import re
from pathlib import Path

import pytest
from fabricated import (
    LESSON,
    ONE,
    RACED,
    REAL,
    SHORT,
    STEP,
    STEP_100,
    Costs,
    data_of,
    fabricate,
    markdown_of,
)

from benchmarks.report import build, headline, tables
from benchmarks.report.data import Data
from benchmarks.results.records import Status

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("error:constrained_layout not applied"),
]


def files(folder: Path) -> dict[str, bytes]:
    tables = [folder / f"{name}.csv" for name in ("summary", "growth", "crossovers")]
    made = [folder / "README.md", *tables, *sorted(folder.glob("figures/*"))]
    return {path.name: path.read_bytes() for path in made}


def test_a_report_comes_from_the_csv_files_alone_and_is_the_same_twice(five: Path, tmp_path: Path):
    for name in ("run.json", "cells.csv", "samples.csv", "limits.csv"):
        (tmp_path / name).write_bytes((five / name).read_bytes())
    report = build(tmp_path)
    assert report.path == tmp_path / "README.md"
    assert len(files(tmp_path)) == 20
    assert files(tmp_path) == files(five)


def test_the_page_answers_in_order_and_shows_every_picture(five: Path):
    page = (five / "README.md").read_text(encoding="utf-8")
    order = [
        *(
            "On this machine",
            "The dot product",
            "map_of_winners",
            "time_against_m",
            "time_against_n_x",
            "speedup.svg",
        ),
        *(
            "lesson.svg",
            "fraction_of_limit.svg",
            "limits.svg",
            "Growth of time with size",
            "Crossovers",
            "Start-up cost and break-even",
        ),
        *("roofline efficiency", "## Not measured", "## Warnings", "Every cell"),
        *("Environment", "How to read", "python -m benchmarks run"),
    ]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    for path in re.findall(r"\]\((figures/\w+\.svg)\)", page):
        assert 1000 < (five / path).stat().st_size < 300_000
    assert "nan" not in page.lower()
    assert "| thread pools | openmp, 4 threads: numba_loops |" in page
    assert "71%" in page and "openmp runs 4 threads" in page


def test_every_status_is_counted_and_its_reason_told_once(five_data: Data):
    sentence = headline.sentences(five_data)[-1]
    assert "Not measured: 10 of 100 pairs" in sentence
    assert "1 crashed, 1 disagrees, 1 skipped and 7 unavailable" in sentence
    rows = tables.missing(five_data)
    assert {(row["implementation"], row["status"], row["cells"]) for row in rows} == {
        ("numba_loops", "crashed", "1"),
        ("numba_loops", "disagrees", "1"),
        ("numpy_computation_graph", "unavailable", "7"),
        ("numpy_per_example", "skipped", "1"),
    }


def test_a_figure_that_no_longer_applies_is_removed(tmp_path: Path):
    fabricate(tmp_path, cells=STEP[:1])
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures/map_of_winners.svg").write_text("old")
    build(tmp_path)
    assert not (tmp_path / "figures/map_of_winners.svg").exists()


# Degenerate runs ---------------------------------------------------------------------------------

NONE_OK = {(name, cell): Status.CRASHED for name in RACED for cell in SHORT}
BASELINE_LOST = {("numpy_vectorized", cell): Status.TIMEOUT for cell in SHORT[::2]}
THREADED = tuple(ONE._replace(m=m, threads=t, dtype=d) for m in (10, 100) for t, d in
                 ((1, "float64"), (2, "float64"), (2, "float32")))  # fmt: skip


def without(*names: str) -> Costs:
    return {name: cost for name, cost in RACED.items() if name not in names}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cells": [ONE]}, "at 100 × 1,000, numpy_vectorized"),
        ({"cells": [ONE], "costs": without(*list(RACED)[1:])}, "nothing else was measured"),
        ({"cells": [], "costs": {}}, "Nothing was measured"),
        ({"cells": SHORT, "failed": NONE_OK}, "Nothing was measured"),
        ({"cells": SHORT, "costs": without("python_loops")}, "the next fastest"),
        ({"cells": SHORT, "costs": without("numpy_vectorized")}, "the next fastest"),
        ({"cells": SHORT, "failed": BASELINE_LOST}, "timeout"),
        ({"cells": REAL}, "at 12,288 × 209 (cat)"),
        ({"cells": LESSON[:1]}, "the dot product of 1,000,000 numbers"),
        ({"cells": LESSON[5:7]}, "column_percentages"),
        ({"cells": THREADED}, "2 threads"),
        ({"cells": SHORT, "about": {"baseline": ""}}, "python_loops"),
        ({"cells": SHORT, "about": {"state": "interrupted", "machine": None}}, "not complete"),
    ],
)
def test_a_run_of_any_kind_has_its_report(tmp_path: Path, given: dict, said: str):
    report = build(fabricate(tmp_path, **given))
    page = report.path.read_text(encoding="utf-8")
    assert said in page
    assert page.startswith("# ")
    assert not re.search(r"\b(nan|None|inf)\b", page)
    assert report.sentences


def test_a_run_that_was_killed_has_its_report(tmp_path: Path):
    fabricate(tmp_path, cells=SHORT)
    whole = (tmp_path / "samples.csv").read_bytes()
    (tmp_path / "samples.csv").write_bytes(whole[: len(whole) // 2])
    sentences = build(tmp_path).sentences
    assert "not timed" in sentences[-1]
    assert "the run ended before it was timed" in (tmp_path / "README.md").read_text("utf-8")


# The words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [4, 31, 250])
def test_the_sentence_says_what_the_data_says(tmp_path: Path, times: int):
    costs = {"python_loops": (0.0, 0.0, 0.5 * times), "numpy_vectorized": (0.0, 0.0, 0.5)}
    sentence = headline.sentences(data_of(fabricate(tmp_path, costs, LESSON[:1])))[0]
    found = re.search(r"is ([\d.]+)× \[([\d.]+), ([\d.]+)\] as fast as a loop", sentence)
    assert found, sentence
    value, low, high = map(float, found.groups())
    assert low <= value <= high
    assert value == pytest.approx(times, rel=0.05)
    assert "2 cores, AMD EPYC" in sentence and "the lesson saw 30×" in sentence


def test_what_is_slower_has_a_ratio_below_one(tmp_path: Path):
    costs = {"python_loops": (0.0, 0.0, 0.5), "numpy_vectorized": (0.0, 0.0, 1.5)}
    sentence = headline.sentences(data_of(fabricate(tmp_path, costs, LESSON[:1])))[0]
    assert re.search(r"numpy_vectorized, 1\.\d+ ms\), is 0\.3\d× \[.*\] as fast as", sentence)


def test_a_tie_is_called_a_tie(tmp_path: Path):
    costs = dict.fromkeys(("numpy_vectorized", "numba_loops"), (0.0, 0.0, 1.0))
    report = build(fabricate(tmp_path, costs, STEP_100))
    assert report.winners["tie"].all()
    assert "is not measurably different from" in report.sentences[0]
    assert "All 7 cells of cost_gradient are ties." in report.sentences
    titles = re.findall(r"!\[(.*?)\]\(figures/(\w+)", report.path.read_text(encoding="utf-8"))
    said = {name: title for title, name in titles}
    assert said["map_of_winners"] == "All 7 cells are ties"
    assert re.search(r"and \w+ tie at m = 100,000$", said["time_against_m"])
    assert "Between numba_loops and numpy_vectorized there is no measurable" in said["speedup"]
    svg = (tmp_path / "figures/map_of_winners.svg").read_text(encoding="utf-8")
    assert svg.count("tie:") == 7 and "<pattern" in svg  # each of them hatched


def test_those_who_are_alike_count_as_one(tmp_path: Path):
    costs = dict.fromkeys(("numpy_vectorized", "numba_loops"), (0.0, 0.0, 1.0))
    costs["numpy_per_example"] = (0.0, 0.0, 3.0)
    report = build(fabricate(tmp_path, costs, STEP_100, noise=0.005))
    both = "numba_loops or numpy_vectorized"
    assert set(report.winners["team"]) == {both}
    assert set(report.winners["second"]) == {"numpy_per_example"}
    assert f"Of 7 cells of cost_gradient that were raced, the fastest is {both} in all." in (
        report.sentences
    )
    page = report.path.read_text(encoding="utf-8")
    assert f"![Fastest of 7 cells: {both} in all]" in page
    assert f"At n_x = 100, {both} is fastest at every m measured" in page
    svg = (tmp_path / "figures/map_of_winners.svg").read_text(encoding="utf-8")
    assert svg.count("numba_loops") >= 7 and svg.count("numpy_v") >= 7
    assert "tie:" not in svg and "two names: the same within 5%" in svg


def test_titles_follow_the_data(tmp_path: Path):
    """The two cross at m = 989: 1,000 is a tie, and the lead begins at the size after it."""
    costs = {"numba_loops": (1000.0, 100.0, 0.0), "numpy_vectorized": (90_000.0, 10.0, 0.0)}
    page = markdown_of(fabricate(tmp_path, costs, STEP_100, noise=0.005))
    assert "At n_x = 100, numpy_vectorized is fastest from m = 1,000 on" not in page
    assert "At n_x = 100, numpy_vectorized is fastest from m = 3,000 on" in page


# Text from outside -------------------------------------------------------------------------------
