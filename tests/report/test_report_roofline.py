"""What the report says of the limit, of memory and of accuracy: all of it from the data."""

from pathlib import Path

import pandas as pd
import pytest
from fabricated import ONE, RACED, STEP, data_of, fabricate, figure_of, markdown_of

from benchmarks.report import build, headline, pictures, start_up, tables
from benchmarks.results import store
from benchmarks.statistics import summary as statistics

pytestmark = pytest.mark.slow


def test_the_summary_has_the_limit_of_every_cell_and_how_near_each_came(tmp_path: Path) -> None:
    summary = statistics.summary(store.read(fabricate(tmp_path, limit_per_s=1e10))).dropna(
        subset="median_ns"
    )
    assert (summary["limit_ns"] > 0).all()
    share = summary["limit_ns"] / summary["median_ns"]
    assert summary["fraction_of_limit"].tolist() == pytest.approx(share.tolist())
    one = summary[(summary["n_x"] == 100) & (summary["m"] == 100_000)].iloc[0]
    bytes_moved = 8 * (100 * 100_000 + 100_000 + 2 * 100)
    assert one["limit_ns"] == pytest.approx(bytes_moved / 1e10 * 1e9)


def test_a_cell_that_beats_its_limit_is_warned_of(tmp_path: Path) -> None:
    """On a machine whose probes found a tenth of what it can do."""
    run = store.read(fabricate(tmp_path, cells=STEP, limit_per_s=1e8))
    warned = statistics.summary(run).dropna(subset="fraction_of_limit")
    beyond = warned["warnings"].fillna("").str.contains("beyond the limit")
    assert beyond.any() and not beyond.all()
    assert (warned.loc[beyond, "fraction_of_limit"] > 1.05).all()


def test_a_run_without_limits_has_blanks_and_says_nothing_of_them(tmp_path: Path) -> None:
    build(fabricate(tmp_path, cells=STEP, limit_per_s=0))
    assert store.read(tmp_path).limits.empty
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "what the hardware allows;" not in page
    assert not (tmp_path / "figures" / "limits.svg").exists()
    assert not (tmp_path / "figures" / "fraction_of_limit.svg").exists()


def test_the_sentence_on_the_limit_follows_the_data(tmp_path: Path) -> None:
    said = []
    for per_s in (1e10, 2e10):
        data = data_of(fabricate(tmp_path / str(per_s), limit_per_s=per_s, cells=STEP))
        (sentence,) = (s for s in headline.sentences(data) if "to what the hardware allows" in s)
        best = data.measured.iloc[data.measured["fraction_of_limit"].argmax()]
        assert f"{100 * best['fraction_of_limit']:.0f}%" in sentence
        assert best["implementation"] in sentence
        said.append(sentence)
    assert said[0] != said[1]


def test_the_pictures_show_the_limit_and_the_curves(tmp_path: Path) -> None:
    data = data_of(fabricate(tmp_path, limit_per_s=1e10, cells=STEP))
    assert "the limit" in {
        text.get_text() for text in figure_of("time_against_m", data).axes[0].texts
    }
    marks = figure_of("fraction_of_limit", data).axes[0].get_lines()
    assert len(marks) == len(RACED)  # without the control, with the line of 100%
    curves = figure_of("bandwidth", data).axes[0]
    assert curves.get_legend_handles_labels()[1] == [
        "1 thread",
        "2 threads",
    ]
    page = markdown_of(tmp_path)
    assert "figures/limits.svg" in page and "figures/fraction_of_limit.svg" in page


def test_each_dtype_order_and_thread_count_has_a_panel_of_its_own(tmp_path: Path) -> None:
    cells = [
        cell._replace(dtype=dtype, order=order)
        for cell in STEP
        for dtype, order in (("float64", "C"), ("float64", "F"), ("float32", "C"))
    ]
    data = data_of(fabricate(tmp_path, limit_per_s=1e10, cells=cells))
    settings = {axes.texts[-1].get_text() for axes in figure_of("time_against_m", data).axes}
    assert len(settings) == 3
    assert {"dtype"} <= set(tables.worth(data)[0])
    rows = [row for row in tables.worth(data) if row["implementation"] == "numba_loops"]
    assert [row["dtype"] for row in rows] == ["float32", "float64"]
    assert all(row["a call"] and row["of the limit"] for row in rows)


def test_memory_and_accuracy_stand_beside_speed(tmp_path: Path) -> None:
    fabricate(tmp_path, limit_per_s=1e10, cells=[ONE])
    cells = pd.read_csv(tmp_path / "cells.csv")
    cells["extra_bytes"] = (3 << 20) * (cells["implementation"] == "numba_loops")
    cells.to_csv(tmp_path / "cells.csv", index=False)
    rows = {row["implementation"]: row for row in tables.worth(data_of(tmp_path))}
    assert rows["numba_loops"]["memory above the data"] == "3 MiB"
    assert rows["python_loops"]["memory above the data"] == "0 B"
    assert rows["numba_loops"]["worst error / bound"] == "0.3"


@pytest.mark.parametrize("calls", [7, 7000])
def test_prepare_has_paid_for_itself_after_as_many_calls_as_it_takes_to_save_its_time(
    tmp_path: Path, calls: int
) -> None:
    fabricate(tmp_path, {"numpy_vectorized": (0, 0, 2.0), "numba_loops": (0, 0, 1.0)}, [ONE])
    cells = pd.read_csv(tmp_path / "cells.csv")
    saved_ns = ONE.n_x * ONE.m  # a call, about: the run is noisy
    cells["prepare_ns"] = round(calls * saved_ns) * (cells["implementation"] == "numba_loops")
    cells.to_csv(tmp_path / "cells.csv", index=False)
    rows = {row["implementation"]: row for row in start_up.rows(data_of(tmp_path))}
    said = rows["numba_loops"]["prepare alone breaks even after"].removesuffix(" calls")
    assert float(said.replace(",", "")) == pytest.approx(calls, rel=0.5)
    assert rows["numpy_vectorized"]["prepare alone breaks even after"] == ""


def test_a_figure_of_the_machine_alone_can_be_drawn(tmp_path: Path) -> None:
    from benchmarks.report.views import bandwidth

    table = store.read(fabricate(tmp_path, limit_per_s=1e10, cells=[ONE])).limits
    curves = bandwidth.curves(table, {"l2_cache_bytes": 2**20})
    pictures.draw_one(bandwidth, curves, tmp_path)
    assert (tmp_path / "limits.svg").stat().st_size > 1000
    assert bandwidth.curves(table.head(0), {}) is None
