"""How sure a report is, and what it makes of sizes: the control, warnings, growth, crossovers."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fabricated import (
    ABOUT,
    CONTROL,
    FIVE,
    ONE,
    SHORT,
    STEP_100,
    data_of,
    fabricate,
    figure_of,
    markdown_of,
)
from matplotlib.container import BarContainer

from benchmarks import format
from benchmarks.registry import ROOT
from benchmarks.report import build, growth, headline, ratios, tables
from benchmarks.report.web import samples
from benchmarks.results.records import Cell, Outcome, Sample, Status, is_control
from benchmarks.results.store import Writer
from benchmarks.results.warnings import KINDS
from benchmarks.statistics.estimates import Estimate

BASE = "numpy_vectorized"
THREE = tuple(Cell("cost_gradient", "synthetic", 100, m) for m in (10, 100, 1000))

pytestmark = pytest.mark.slow


def section(page: str, heading: str) -> str:
    return page.partition(f"## {heading}")[2].partition("\n## ")[0]


def write(
    folder: Path, names: Iterable[str], cells: Iterable[Cell], ns: Callable[[str, Cell, int], float]
) -> Path:
    """A run of 5 processes of 20 rounds; `ns` gives a call's time, by the number of the sample."""
    writer = Writer(folder)
    for cell in cells:
        for name in names:
            writer.add(Outcome(name, cell, Status.OK, "", 1e-15, 1e-14, 5000, 10_000))
            for k in range(100):
                elapsed = round(1000 * ns(name, cell, k))
                writer.add(Sample(name, cell, k // 20, k % 20, 1000, elapsed))
    writer.save(dict(ABOUT))
    writer.close()
    return folder


# The control -------------------------------------------------------------------------------------


def test_the_report_of_the_example_is_the_same_whatever_the_order_of_sets(tmp_path: Path) -> None:
    """In this process, and in one with another seed of hashes."""
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        for file in ("run.json", "cells.csv", "samples.csv", "limits.csv"):
            shutil.copy(ROOT / "reports" / "example" / file, tmp_path / name)
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
    paid = {row["implementation"]: row for row in tables.starting(data)}
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


def test_warnings_are_told_by_kind_the_worst_first(tmp_path: Path):
    busy = "threads differ: {} processors busy, 1 granted"
    warned = {("numba_loops", cell): busy.format(n) for n, cell in enumerate(STEP_100[:5], 2)}
    warned[BASE, ONE] = "not steady after warming up; stolen: 7% of the processors' time <b>"
    warned[CONTROL, ONE] = "throttled: of the control alone"
    folder = fabricate(tmp_path, cells=STEP_100[:5], warned=warned, noise=0.001)
    page = section(markdown_of(folder), "Warnings")
    rows = {row["warning"]: row for row in tables.warnings(data_of(folder))}
    assert {*rows} - {"noisy"} == {"threads differ", "not steady", "stolen"}
    threads = rows["threads differ"]
    assert threads["pairs"] == "5 of 25"
    assert threads["the worst"] == "6 processors busy, 1 granted"
    assert threads["what to do"] == KINDS["threads differ"].remedy
    which = threads["which, the worst first"]
    assert which.startswith("numba_loops at 100 × 10,000") and which.endswith(" and 2 others")
    assert "7% of the processors' time &lt;b&gt;" in page
    cell = next(
        row
        for row in tables.cells(data_of(folder))
        if (row["implementation"], row["cell"]) == (BASE, "100 × 1,000")
    )
    assert cell["warnings"].startswith(warned[BASE, ONE])


def test_every_kind_of_warning_is_explained(tmp_path: Path):
    reading = section(markdown_of(fabricate(tmp_path, cells=[ONE])), "How to read this report")
    assert {"not steady", "noisy", "throttled", "stolen", "threads differ"} <= set(KINDS)
    for kind, explained in KINDS.items():
        assert f"- {kind}: {explained.meaning}; {explained.remedy}" in reading
    assert all(
        word in reading for word in ("A/A control", "Outliers", "growth.csv", "crossovers.csv")
    )


def test_outliers_are_counted_where_there_are_any(tmp_path: Path):
    def ns(name: str, cell: Cell, k: int) -> float:
        return 1000.0 + k % 7 + (50_000 if name == "numba_loops" and k in (3, 33, 66) else 0)

    rows = tables.cells(data_of(write(tmp_path, [BASE, "numba_loops"], [ONE], ns)))
    assert {row["implementation"]: row["outliers"] for row in rows} == {
        "numba_loops": "3 of 100",
        BASE: "",
    }


# Growth ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exponent", [1.0, 1.5, 2.0])
def test_the_law_of_growth_is_found_and_its_prediction_marked(tmp_path: Path, exponent: float):
    noise = np.random.default_rng(1).normal(0, 0.003, (2, 7, 100))
    slow = ["numpy_vectorized", "python_loops"]
    sizes = [cell.m for cell in STEP_100]

    def ns(name: str, cell: Cell, k: int) -> float:
        factor = np.exp(noise[slow.index(name), sizes.index(cell.m), k])
        # The second stays within its overhead, whatever the size.
        own = 3 * cell.m**exponent if name == BASE else 1e-3 * cell.m**0.5
        return (500 + own) * factor

    folder = write(tmp_path, slow, STEP_100, ns)
    page = section(markdown_of(folder), "Growth of time with size")
    (line,), others = growth.lines(data_of(folder))
    assert line.name == "m at n_x = 100" and not others
    heading = "predicted at m = 1,000,000 (not measured)"
    grown, flat = line.rows
    found = re.fullmatch(r"m\^(\S+) \[(\S+), (\S+)\]", grown["grows as"])
    assert found
    value, low, high = map(float, found.groups())
    assert value == pytest.approx(exponent, abs=0.02) and low <= value <= high
    predicted_ns = pd.read_csv(folder / "growth.csv").set_index("implementation")["predicted_ns"]
    assert predicted_ns[BASE] == pytest.approx(500 + 3 * 1e6**exponent, rel=0.1)
    assert grown[heading].startswith(format.time(predicted_ns[BASE]))
    assert flat["grows as"] == "too few sizes past the overhead" and not flat[heading]
    assert heading in page and "It is no measurement" in page


def test_a_smaller_line_says_its_own_size_and_a_wide_prediction_only_its_ends(tmp_path: Path):
    data = data_of(fabricate(tmp_path, cells=STEP_100))
    one = dict.fromkeys(data.growth.columns, np.nan) | {"along": "m", "at": 100, "exponent": 1.0}
    one |= dict(zip(("operation", "data", "dtype", "order", "threads"),
                    ("cost_gradient", "synthetic", "float64", "C", 1), strict=True))  # fmt: skip
    close = {"predicted_ns": 2e6, "predicted_low_ns": 1e6, "predicted_high_ns": 3e6}
    wide = close | {"predicted_low_ns": 1e3, "predicted_high_ns": 4e9}
    made = [
        one | {"implementation": "a", "predicted_size": 1000.0, **close},
        one | {"implementation": "b", "predicted_size": 500.0, **close},
        one | {"implementation": "c", "predicted_size": 1000.0, **wide},
    ]
    (line,), _ = growth.lines(replace(data, growth=pd.DataFrame(made)))
    assert [row["predicted at m = 1,000 (not measured)"] for row in line.rows] == [
        "2.00 ms [1.00, 3.00]",
        "2.00 ms [1.00, 3.00] at m = 500",
        "1.00 µs to 4.00 s",
    ]


def test_lines_that_say_less_are_folded(tmp_path: Path):
    threads = [cell._replace(threads=2) for cell in STEP_100[:4]]
    page = markdown_of(fabricate(tmp_path, cells=[*STEP_100, *threads]))
    growth = section(page, "Growth of time with size")
    assert growth.index("Along m at n_x = 100 (1 thread)") < growth.index("1 other line of sizes")
    assert growth.index("1 other line of sizes") < growth.index("Along m at n_x = 100 (2 threads)")


# Crossovers --------------------------------------------------------------------------------------

CROSSING = {  # at m = 989, and far behind at about 100
    "numba_loops": (1000.0, 100.0, 0.0),
    BASE: (90_000.0, 10.0, 0.0),
    CONTROL: (90_000.0, 10.0, 0.0),
    "slow": (1e7, 1e5, 0.0),
    "slower": (2e7, 100.0, 10.0),
}


def test_a_change_of_places_is_found_and_those_behind_are_folded(tmp_path: Path):
    folder = fabricate(tmp_path, CROSSING, STEP_100, noise=0.005)
    leading, others = growth.crossovers(data_of(folder))
    (row,) = leading
    assert (row["faster below"], row["faster above"]) == ("numba_loops", BASE)
    found = re.fullmatch(r"m = (\S+) \[(\S+), (\S+)\]", row["crossover"])
    assert found
    size, low, high = (float(number.replace(",", "")) for number in found.groups())
    assert low <= size <= high and size == pytest.approx(989, rel=0.1)
    assert {others[0]["faster below"], others[0]["faster above"]} == {"slow", "slower"}
    page = section(markdown_of(folder), "Crossovers")
    assert page.index("numba_loops") < page.index("<details>") < page.index("slower")
    assert len(pd.read_csv(folder / "crossovers.csv")) == len(leading) + len(others)


def test_where_nobody_changes_places_it_is_said(tmp_path: Path):
    costs = {"python_loops": (0.0, 90.0, 0.0), BASE: (0.0, 9.0, 0.0)}
    page = markdown_of(fabricate(tmp_path, costs, STEP_100))
    assert "None is certain" in section(page, "Crossovers")


def test_without_a_line_of_sizes_there_is_nothing_to_say_of_growth(tmp_path: Path):
    page = markdown_of(fabricate(tmp_path, cells=SHORT))
    assert "Crossovers" not in page and "Growth of time with size" not in page
    for name in ("growth", "crossovers"):
        lines = (tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        assert len(lines) == 1 and lines[0].count(",") > 8  # the headings


# Older runs --------------------------------------------------------------------------------------


def test_a_run_from_before_twins_and_warnings_has_its_report(tmp_path: Path):
    fabricate(tmp_path, FIVE, STEP_100)
    cells = pd.read_csv(tmp_path / "cells.csv").drop(columns="warnings")
    cells.to_csv(tmp_path / "cells.csv", index=False)
    report = build(tmp_path)
    page = report.path.read_text(encoding="utf-8")
    assert not any("control" in one or "interval" in one for one in report.sentences)
    assert "| the baseline |" in page and "numba_loops" in page
    assert not re.search(r"\b(nan|None|inf)\b", page.replace("None is", ""))


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.008, "0.8%"), (0.031, "3.1%"), (0.12, "12%"), (12.0, "1,200%"), (0, "0%")],
)
def test_a_share_is_told_in_percent(share: float, said: str):
    assert format.percent(share) == said


@pytest.mark.parametrize(("number", "said"), [(4094.6, "4,090"), (201.8, "202"), (3.4, "3.40")])
def test_what_was_estimated_has_three_digits(number: float, said: str):
    assert format.rounded(number) == said
