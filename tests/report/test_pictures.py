"""Pictures, and text from outside: shown, never obeyed; every picture with its axes."""

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
    ONE,
    SHORT,
    fabricate,
    figure_of,
    markdown_of,
)
from findings import visible
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from benchmarks import markdown
from benchmarks.report import build, style, views
from benchmarks.report.data import Data
from benchmarks.report.views import _axes, _style
from benchmarks.results.records import Status

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("error:constrained_layout not applied"),
]

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
        # The vertical axis of bars holds names.
        up = one.get_ylabel()
        assert name in ("answer", "lesson") or re.search(r"examples|features|\(ns|×|\(bytes", up)
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
