"""The report says what the data says, whatever the data is."""

import re
import sys
from html import escape, unescape
from itertools import combinations, groupby, pairwise
from pathlib import Path

import numpy as np
import pytest
from fabricated import (
    ABOUT,
    FIVE,
    FIVE_MORE,
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
    figure_of,
    markdown_of,
)
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from benchmarks import markdown
from benchmarks.report import build, headline, style, tables, views
from benchmarks.report.data import Data
from benchmarks.report.views import _axes, _style
from benchmarks.results.records import Status

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("error:constrained_layout not applied"),
]


def files(folder: Path) -> dict[str, bytes]:
    tables = [folder / f"{name}.csv" for name in ("summary", "growth", "crossovers")]
    made = [folder / "README.md", *tables, *sorted(folder.glob("figures/*"))]
    return {path.name: path.read_bytes() for path in made}


def visible(page: str) -> str:
    """The page as its reader sees it, as HTML."""
    return MarkdownIt("commonmark").enable("table").render(page)


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole of `make bench`, with failures of several kinds."""
    failed = {("numba_loops", STEP[0]): Status.DISAGREES, ("numba_loops", REAL[1]): Status.CRASHED}
    failed |= {("numpy_computation_graph", cell): Status.UNAVAILABLE for cell in LESSON[:7]}
    folder = fabricate(tmp_path_factory.mktemp("five"), failed=failed)
    build(folder)
    return folder


@pytest.fixture(scope="module")
def five_data(five: Path) -> Data:
    return data_of(five)


@pytest.fixture(scope="module")
def ten_data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return data_of(fabricate(tmp_path_factory.mktemp("ten"), RACED | FIVE_MORE))


# The whole ---------------------------------------------------------------------------------------


def test_a_report_comes_from_the_csv_files_alone_and_is_the_same_twice(five: Path, tmp_path: Path):
    for name in ("run.json", "cells.csv", "samples.csv", "limits.csv"):
        (tmp_path / name).write_bytes((five / name).read_bytes())
    report = build(tmp_path)
    assert report.path == tmp_path / "README.md"
    assert len(files(tmp_path)) == 18
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
    costs = {"python_loops": FIVE["python_loops"]}
    costs |= dict.fromkeys(("numpy_vectorized", "numba_loops"), (0.0, 0.0, 1.0))
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


def test_titles_follow_the_data(tmp_path: Path):
    """The two cross at m = 989: 1,000 is a tie, and the lead begins at the size after it."""
    costs = {"numba_loops": (1000.0, 100.0, 0.0), "numpy_vectorized": (90_000.0, 10.0, 0.0)}
    page = markdown_of(fabricate(tmp_path, costs, STEP_100, noise=0.005))
    assert "At n_x = 100, numpy_vectorized is fastest from m = 1,000 on" not in page
    assert "At n_x = 100, numpy_vectorized is fastest from m = 3,000 on" in page


def test_start_up_is_paid_back_after_as_many_calls_as_it_takes(tmp_path: Path):
    fabricate(tmp_path, cells=[ONE], noise=0.0)
    rows = {row["implementation"]: row for row in tables.starting(data_of(tmp_path))}
    saved = (900 * 1000 + 80 * 100_000) - (900 + 18 * 1000 + 1.1 * 100_000)
    said = rows["numba_loops"]["ahead of python_loops after"]
    assert int(said.removesuffix(" calls")) == pytest.approx(800e6 / saved, rel=0.3)
    assert rows["python_loops"]["ahead of numpy_vectorized after"].startswith("never")
    assert rows["numba_loops"]["what it is"] == "The loops, compiled."


# Text from outside -------------------------------------------------------------------------------

HOSTILE = ("a|b<script>alert(1)</script>", "`x` **b** [l](http://e.org)", "名前_é_$x$", "n" * 300)


def test_names_reasons_and_warnings_are_shown_and_never_obeyed(tmp_path: Path):
    costs = FIVE | dict.fromkeys(HOSTILE, (1.0, 1.0, 0.01))
    data = [cell._replace(data=HOSTILE[0]) for cell in SHORT]
    failed = {(name, cell): Status.DISAGREES for name in HOSTILE[:2] for cell in data}
    about = {**ABOUT, "warnings": ["<img src=x>\n# not a heading"], "command": "```\n# x"}
    page = markdown_of(fabricate(tmp_path, costs, data, failed, about))
    seen = visible(page)
    assert "<script>" not in page and "<img src=x" not in seen and 'e.org">' not in seen
    assert all(escape(name, quote=False) in seen for name in HOSTILE)
    assert "<h1>not a heading" not in seen and seen.count("<h1>") == 1
    widths = [
        re.sub(r"\\\|", "", line).count("|") for line in page.splitlines() if line[:2] == "| "
    ]
    blocks = [list(block) for _, block in groupby(widths)]
    assert all(len(block) >= 3 for block in blocks)  # no row is wider than its table


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=40))
def test_any_text_reads_as_it_was_written(said: str):
    said += "x"
    plain = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    assert unescape(MarkdownIt("commonmark").renderInline(markdown.text(said))) == plain
    seen = visible(markdown.table([{"a": said, "b": "c"}]))
    assert [unescape(cell) for cell in re.findall("<td[^>]*>(.*?)</td>", seen)] == [plain, "c"]
    assert unescape(visible(markdown.bullets([said]))) == f"<ul>\n<li>{plain}</li>\n</ul>\n"


# The figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(map(views.name_of, views.members())))
def test_every_figure_draws_ten_implementations_with_units_on_its_axes(
    name: str, ten_data: Data, tmp_path: Path
):
    figure = figure_of(name, ten_data)
    axes = [one for one in figure.axes if one.get_visible()]
    for one in axes:
        across = one.get_xlabel() or figure.get_supxlabel()
        assert re.search(r"examples|features|\(ns|×|\(bytes|%", across), across
        # The vertical axis of the lesson's bars holds names.
        up = one.get_ylabel()
        assert name == "lesson" or re.search(r"examples|features|\(ns|×|\(bytes", up)
    with _style.applied():
        _style.save(figure, [tmp_path / "figure.svg"])
    svg = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert len(svg) < 300_000 and "nan" not in svg
    assert name == "bandwidth" or "numba_fused" in svg


def test_what_was_skipped_is_hollow_where_it_was_predicted(five_data: Data):
    skipped = five_data.results.dropna(subset="predicted_ns").iloc[0]
    assert (skipped["implementation"], skipped["m"]) == ("numpy_per_example", 100_000)
    lines = figure_of("time_against_m", five_data).axes[0].lines
    hollow = [line for line in lines if line.get_markerfacecolor() == "white"]
    points = {tuple(point): line for line in hollow for point in np.asarray(line.get_xydata())}
    assert list(points) == [(100_000, skipped["predicted_ns"])]
    assert next(iter(points.values())).get_color() == style.look("numpy_per_example").colour


def test_names_at_line_ends_do_not_cover_one_another(ten_data: Data):
    figure = figure_of("time_against_m", ten_data)
    with _style.applied():
        figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) > 10
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.floats(0, 0.1))
def test_labels_are_spread_in_order_and_no_farther_than_needed(places: list[float], gap: float):
    places = sorted(places)
    moved = _axes.spread(places, gap)
    assert all(b - a >= gap - 1e-9 for a, b in pairwise(moved))
    if all(b - a >= gap for a, b in pairwise(places)):
        assert moved == pytest.approx(places)
    assert np.mean(moved) == pytest.approx(np.mean(places))


def test_an_implementation_looks_the_same_whatever_else_there_is():
    known = {name: style.look(name) for name in FIVE}
    assert len({look.colour for look in known.values()}) == 5
    assert len({look.marker for look in known.values()}) == 5
    assert style.look("somebody_elses") == style.look("somebody_elses")
    assert style.look("somebody_elses").colour not in {look.colour for look in known.values()}


def test_a_new_view_is_one_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "counting.py").write_text(
        '"""How many cells are there?"""\n'
        "from matplotlib.figure import Figure\n"
        "from benchmarks.report.views._marks import Chart\n"
        "from benchmarks.report.views._ticks import Axis\n"
        "PLACE, SECTION, FOLLOWS = 60, 'time', True\n"
        "def select(scene):\n    return {'': len(scene.results)}\n"
        "def title(selection):\n    return f'{selection} of them'\n"
        "def figure(selection):\n    return Figure()\n"
        "def chart(selection):\n    return Chart('', [], Axis('', [], []), Axis('', [], []))\n"
    )
    monkeypatch.setattr(views, "__path__", [*views.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, f"{views.__name__}.counting", raising=False)
    report = build(fabricate(tmp_path / "run", cells=[ONE]))
    page = report.path.read_text(encoding="utf-8")
    assert "## How many cells are there?\n\n![5 of them](figures/counting.svg)" in page
    assert (tmp_path / "run/figures/counting.svg").exists()
    assert 'data-chart="counting"' in report.index.read_text(encoding="utf-8")
