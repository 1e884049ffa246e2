"""The tables of the report: warnings, outliers, growth and crossovers."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fabricated import (
    CONTROL,
    FIVE,
    ONE,
    SHORT,
    STEP_100,
    data_of,
    fabricate,
    markdown_of,
)
from findings import BASE, section, write

from benchmarks import format
from benchmarks.report import build, growth, tables
from benchmarks.results.records import Cell
from benchmarks.results.warnings import KINDS

pytestmark = pytest.mark.slow


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
    one |= dict(zip(("operation", "data", "dtype", "order", "threads", "cache"),
                    ("cost_gradient", "synthetic", "float64", "C", 1, "warm"), strict=True))  # fmt: skip
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
