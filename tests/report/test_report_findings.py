"""How sure a report is, and what it makes of sizes: the control, warnings, growth, crossovers."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fabricated import (
    ABOUT,
    CONTROL,
    FIVE,
    FIVE_MORE,
    LESSON,
    ONE,
    RACED,
    STEP_100,
    data_of,
    fabricate,
    figure_of,
    markdown_of,
)
from findings import BASE, THREE
from matplotlib.container import BarContainer

from benchmarks.registry import ROOT
from benchmarks.report import build, headline, ratios, start_up, tables
from benchmarks.report.web import samples
from benchmarks.results.records import Cell, Status, is_control
from benchmarks.statistics.estimates import Estimate

pytestmark = pytest.mark.slow


def test_the_report_of_a_run_is_the_same_whatever_the_order_of_sets(tmp_path: Path) -> None:
    """In this process, and in one with another seed of hashes."""
    for name in ("here", "there"):
        fabricate(tmp_path / name, RACED | FIVE_MORE, (*LESSON[:2], *STEP_100[:4]))
    command = [sys.executable, "-m", "benchmarks", "report", str(tmp_path / "there")]
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    variables = {**os.environ, "PYTHONHASHSEED": seed}
    with subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL) as process:
        build(tmp_path / "here")
    assert process.returncode == 0
    here, there = (
        {path.name: path.read_bytes() for path in sorted((tmp_path / name).rglob("*.*"))}
        for name in ("here", "there")
    )
    assert here == there


def test_a_twin_is_no_contestant_anywhere(tmp_path: Path):
    """Though it is the fastest by far, and fails, and is wrong by most."""
    costs = FIVE | {CONTROL: (1.0, 0.1, 0.001)}
    failed = {(CONTROL, STEP_100[0]): Status.CRASHED}
    folder = fabricate(tmp_path, costs, STEP_100[:5], failed)
    report, data = build(folder), data_of(folder)
    page = report.path.read_text(encoding="utf-8")
    for names in (data.results["implementation"], data.winners["winner"], data.winners["second"]):
        assert not is_control(names).any()
    assert len(json.loads(samples.of(data).partition(b"\n")[0])) == len(data.results)
    assert not is_control(data.growth["implementation"]).any()
    assert CONTROL not in page
    pictures = sorted(folder.glob("figures/*.svg"))
    assert len(pictures) >= 3
    assert not any(CONTROL in path.read_text(encoding="utf-8") for path in pictures)
    assert "Not measured" not in page  # nothing but the twin was lost
    for name in ("cells", "summary", "samples"):
        assert CONTROL in (folder / f"{name}.csv").read_text(encoding="utf-8")


def test_the_noise_floor_is_told_with_its_numbers(tmp_path: Path):
    costs = {BASE: (0.0, 0.0, 1.0), CONTROL: (50.0, 0.0, 1.0), "python_loops": (0.0, 0.0, 9.0)}
    folder = fabricate(tmp_path, costs, THREE, noise=0.0)
    said = [one for one in headline.sentences(data_of(folder)) if "A/A control" in one]
    assert said == [
        "Identical code (numpy_vectorized and its A/A control) differs here by 0.5% in the median "
        "cell, 5% at most (at 100 × 10); a difference below a cell's noise floor does not count."
    ]
    rows = tables.cells(data_of(folder))
    floors = [row[f"speedup over {BASE}"] for row in rows if row["implementation"] == BASE]
    assert floors == [
        f"the baseline; its A/A control differs by {floor}" for floor in ("5%", "0.5%", "0.05%")
    ]


def test_a_floor_of_one_cell_has_no_median(tmp_path: Path):
    costs = {BASE: (0.0, 0.0, 1.0), CONTROL: (50.0, 0.0, 1.0)}
    said = headline.sentences(data_of(fabricate(tmp_path, costs, THREE[:1], noise=0.0)))
    assert any("differs here by 5% at most (at 100 × 10); a" in one for one in said)


@pytest.mark.parametrize(("twin", "tied"), [(0.9, True), (1.1, True), (1.01, False), (None, False)])
def test_a_lead_below_the_floor_is_nobodys(tmp_path: Path, twin: float | None, tied: bool):
    """numba_loops is faster by 5% everywhere; identical code differs by 10%, 1%, or none was run."""
    costs = {BASE: (0.0, 0.0, 1.0), "numba_loops": (0.0, 0.0, 1 / 1.05)}
    costs |= {} if twin is None else {CONTROL: (0.0, 0.0, twin)}
    folder = fabricate(tmp_path, costs, THREE, noise=0.0)
    page, data = markdown_of(folder), data_of(folder)
    assert ("is not measurably different from numpy_vectorized" in page) == tied
    assert ("All 3 cells of cost_gradient are ties." in headline.sentences(data)) == tied
    rows = [row for row in tables.cells(data) if row["implementation"] == "numba_loops"]
    speedups = {row[f"speedup over {BASE}"] for row in rows}
    assert speedups == {"1.05× [1.05, 1.05]" + (", no measurable difference" if tied else "")}
    title = "Between numba_loops and numpy_vectorized there is no measurable difference"
    assert (title in page) == tied  # of the figure
    paid = {row["implementation"]: row for row in start_up.rows(data)}
    said = paid["numba_loops"][f"ahead of {BASE} after"]
    assert said == "no measurable difference" if tied else said.endswith(" calls")


def test_the_lesson_is_told_its_ties(tmp_path: Path):
    dot = [Cell("dot", "synthetic", 1_000_000, 1)]
    costs = {"python_loops": (0.0, 0.0, 1.05), BASE: (0.0, 0.0, 1.0), CONTROL: (0.0, 0.0, 1.2)}
    page = markdown_of(fabricate(tmp_path, costs, dot, noise=0.0))
    assert "![Compared with the loop, vectorized is not measurably different for dot" in page
    assert "1.05× [1.05, 1.05], no measurable difference" in page
    assert "a tie of numpy_vectorized and python_loops, " in page


def test_a_verdict_takes_the_higher_of_the_two_bars():
    lead = Estimate(1.05, 1.04, 1.06)
    assert ratios.verdict(lead, 0.0) == ratios.verdict(lead, 0.03) == "faster"
    assert ratios.verdict(lead, 0.05) == ""
    assert ratios.verdict(Estimate(1 / 1.05, 1 / 1.06, 1 / 1.04), 0.03) == "slower"
    assert ratios.verdict(Estimate(1.02, 1.01, 1.03), 0.0) == ""


def test_the_floor_is_grey_in_the_picture_of_speedups(tmp_path: Path):
    costs = FIVE | {CONTROL: (15_000.0, 12.0, 0.45 * 1.1)}
    data = data_of(fabricate(tmp_path, costs, STEP_100, noise=0.0))
    axes = figure_of("speedup", data).axes[0]
    grey = [bars.patches[0] for bars in axes.containers if isinstance(bars, BarContainer)]
    ends = [bar.get_x() + bar.get_width() for bar in grey]
    assert len(ends) == len(STEP_100)
    assert max(ends) == pytest.approx(1 + data.floors.max())
    assert min(ends) == pytest.approx(1.02)


# Precision and warnings --------------------------------------------------------------------------

PRECISION = {
    "aim": 0.02,
    "intervals": 22,
    "within": 14,
    "open_median": 0.031,
    "worst": 0.12,
    "worst_pair": ["numba_loops", BASE],
    "worst_cell": str(ONE),
    "more_s": 60.0,
    "within_then": 17,
    "open_median_then": 0.024,
}


def test_the_precision_is_told_last(tmp_path: Path):
    fabricate(tmp_path, cells=[ONE], about={**ABOUT, "precision": PRECISION})
    assert headline.sentences(data_of(tmp_path))[-1] == (
        "Of 22 intervals (each with the baseline, and between the two fastest) 14 are within 2%; "
        "the others are within 3.1% in the median, 12% at worst (numba_loops and numpy_vectorized, "
        "at 100 × 1,000). Another 60 seconds would bring about 3 more within 2%, and their median "
        "to about 2.4%."
    )


@pytest.mark.parametrize(
    ("precision", "said"),
    [
        ({}, None),
        ({"aim": 0.02, "intervals": 0, "within": 0}, None),
        ({"aim": 0.02, "intervals": 9, "within": 9}, "Of 9 intervals .* all are within 2%"),
        (PRECISION | {"within": 0, "within_then": 0}, "none is .* would bring their median to"),
        (PRECISION | {"worst_cell": "elsewhere"}, "at elsewhere"),
    ],
)
def test_the_precision_of_any_run(tmp_path: Path, precision: dict, said: str | None):
    fabricate(tmp_path, cells=[ONE], about={**ABOUT, "precision": precision})
    found = "".join(one for one in headline.sentences(data_of(tmp_path)) if "interval" in one)
    assert re.search(said, found) if said else not found
