"""A run of thousands of cells has its report too: all of it is told, and memory holds."""

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from large_run import BASELINE, COSTS_NS, write

from benchmarks import report
from benchmarks.registry import ROOT
from benchmarks.results import store
from benchmarks.results.records import KEY, is_control

CELLS = 300
CONTESTANTS = [name for name in COSTS_NS if not is_control(name)]

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of fewer cells and samples, with its report."""
    folder = write(tmp_path_factory.mktemp("large") / "run", CELLS, processes=5, rounds=3)
    report.build(folder)
    return folder


def test_a_run_is_made_up_alike_each_time(tmp_path: Path) -> None:
    one, other = (write(tmp_path / name / "run", 10, 2, 3) for name in "ab")
    for path in one.iterdir():
        assert path.read_bytes() == (other / path.name).read_bytes()
    assert len(store.read(one).samples) == 10 * len(COSTS_NS) * 2 * 3


def test_every_cell_is_in_the_summary_with_its_time_and_speedup(folder: Path) -> None:
    cells, table = (pd.read_csv(folder / f"{name}.csv") for name in ("cells", "summary"))
    assert len(table) == CELLS * len(COSTS_NS)
    assert table[list(KEY)].equals(cells[list(KEY)])
    assert (table["samples"] == 5 * 3).all()
    assert table["speedup"].notna().all()
    costs = pd.DataFrame(COSTS_NS, ["call", "number"]).T.loc[table["implementation"]]
    true_ns = costs["call"].to_numpy() + costs["number"].to_numpy() * table["n_x"] * table["m"]
    assert true_ns.between(table["ci_low_ns"] / 1.2, table["ci_high_ns"] * 1.2).all()


def test_growth_and_crossovers_are_those_that_were_put_in(folder: Path) -> None:
    growth, changes = (pd.read_csv(folder / f"{name}.csv") for name in ("growth", "crossovers"))
    assert set(growth["implementation"]) == set(CONTESTANTS)
    assert growth.dropna(subset="exponent")["exponent"].median() == pytest.approx(1, abs=0.02)
    (call, number), (base_call, base_number) = COSTS_NS["numba_loops"], COSTS_NS[BASELINE]
    own = changes[changes["faster_below"] == "numba_loops"]
    own = own[(own["faster_above"] == BASELINE) & (own["along"] == "m")]
    true_m = (base_call - call) / (number - base_number) / own["at"]
    assert len(own) > 10
    assert true_m.between(own["size_low"], own["size_high"]).mean() > 0.8


def test_the_page_shows_the_first_thousand_rows_and_says_where_the_others_are(folder: Path) -> None:
    page = (folder / "README.md").read_text(encoding="utf-8")
    said = "1,200 rows; summary.csv has them all, and here are the first 1,000"
    assert f"<summary>{said}</summary>" in page
    cells = page.partition("## Every cell")[2].partition("</details>")[0]
    assert len(re.findall("^[|] .*$", cells, re.MULTILINE)) == 2 + 1000


# The program tells its own peak: what wait4 tells of a child has its parent's in it, from the fork.
_BUILD = """
import sys
from pathlib import Path
from benchmarks.worker.memory import peak_rss_bytes
from benchmarks.report import build
build(Path(sys.argv[1]))
print(peak_rss_bytes())
"""


def test_the_report_of_a_million_samples_takes_less_than_a_gigabyte(tmp_path: Path) -> None:
    folder = write(tmp_path / "run")
    command = [sys.executable, "-c", _BUILD, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 2**30
    assert len(pd.read_csv(folder / "summary.csv")) == 10_000
    assert (folder / "index.html").stat().st_size < 6e6
