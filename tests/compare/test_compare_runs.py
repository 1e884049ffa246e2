"""`compare` on two runs that were at different times: ratios beside code that did not change."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from test_compare import compare

from benchmarks.compare.runs import compare_runs
from benchmarks.compare.table import markdown
from benchmarks.registry import ROOT
from benchmarks.results.records import Cell, Outcome, Sample, Status
from benchmarks.results.store import Run, Writer, read
from benchmarks.statistics.verdicts import Verdict

SMALLER, LARGER = (Cell("cost_gradient", "synthetic", 16, m) for m in (100, 1000))
MACHINE = {"name": "here", "processor": "one", "cores": 2, "memory_bytes": 1 << 34}


def run_of(
    folder: Path,
    times_ns: Mapping[str, float],
    digests: Mapping[str, str],
    machine: Mapping = MACHINE,
    cells=(SMALLER, LARGER),
) -> Run:
    """A run in which each implementation takes so long a call, within 1%, in both cells."""
    writer = Writer(folder)
    for name, ns in times_ns.items():
        for cell in cells:
            writer.add(Outcome(name, cell, Status.OK))
            for process in range(8):
                for number in range(5):
                    ns_here = ns * (1 + 0.002 * ((process * 3 + number) % 5 - 2))
                    writer.add(Sample(name, cell, process, number, 100, round(100 * ns_here)))
    implementations = {name: {"digest": digests.get(name)} for name in times_ns}
    about = {"machine": dict(machine), "versions": {}, "implementations": implementations}
    writer.save(about)
    writer.close()
    return read(folder)


def verdicts(base: Run, head: Run) -> dict[str, set[str]]:
    table = compare_runs(base, head, 0.05).table
    return {str(name): set(own["verdict"]) for name, own in table.groupby("implementation")}


def test_runs_are_matched_by_cell_and_a_change_shows_beside_code_that_did_not_change(
    tmp_path: Path,
) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5, "y": 1e5, "z": 1e5}, {"x": "1", "y": "1", "z": "1"})
    head = run_of(tmp_path / "b", {"x": 1.2e5, "y": 1e5, "z": 8e4}, {"x": "2", "y": "1", "z": "2"})
    assert verdicts(base, head) == {"x": {"slower"}, "y": {"same"}, "z": {"faster"}}
    assert len(compare_runs(base, head, 0.05).table) == 6


def test_times_in_which_disturbed_samples_count_are_noted(tmp_path: Path) -> None:
    base, head = (run_of(tmp_path / name, {"x": 1e5}, {"x": "1"}) for name in "ab")
    assert not any("interference" in note for note in compare_runs(base, head, 0.05).notes)
    larger = head.samples["m"] == LARGER.m
    head = replace(head, samples=head.samples.assign(disturbed=larger.astype(int)))
    notes = compare_runs(base, head, 0.05).notes
    assert sum("during most samples of 1 row, so" in note for note in notes) == 1


def test_a_change_within_what_unchanged_code_drifted_by_is_not_said(tmp_path: Path) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5, "y": 1e5}, {"x": "1", "y": "1"})
    head = run_of(tmp_path / "b", {"x": 1.2e5, "y": 1.25e5}, {"x": "2", "y": "1"})
    assert verdicts(base, head)["x"] == {"inconclusive"}


def test_a_comparison_of_one_still_knows_what_the_others_drifted_by(tmp_path: Path) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5, "y": 1e5}, {"x": "1", "y": "1"})
    head = run_of(tmp_path / "b", {"x": 1.2e5, "y": 1e5}, {"x": "2", "y": "1"})
    table = compare_runs(base, head, 0.05, ["x"]).table
    assert set(table["implementation"]) == {"x"}
    assert set(table["verdict"]) == {"slower"}
    assert set(table["changed"]) == {"code"}


def test_with_nothing_unchanged_a_change_has_to_be_beyond_a_factor_of_two(tmp_path: Path) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5, "y": 1e5}, {"x": "1"})
    head = run_of(tmp_path / "b", {"x": 1.8e5, "y": 2.5e5}, {"x": "2"})
    assert verdicts(base, head) == {"x": {"inconclusive"}, "y": {"slower"}}


def test_other_libraries_are_a_change_of_everything(tmp_path: Path) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5, "y": 1e5}, {"x": "1", "y": "1"})
    head = run_of(tmp_path / "b", {"x": 1.3e5, "y": 1e5}, {"x": "2", "y": "1"})
    newer = replace(head, about={**head.about, "versions": {"numpy": "9"}})
    assert verdicts(base, newer)["x"] == {"inconclusive"}


def test_different_machines_get_ratios_and_no_verdict(tmp_path: Path) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5}, {"x": "1"})
    head = run_of(tmp_path / "b", {"x": 9e5}, {"x": "2"}, {**MACHINE, "processor": "another"})
    comparison = compare_runs(base, head, 0.05)
    assert set(comparison.table["verdict"]) == {""}
    assert comparison.table["ratio"].tolist() == pytest.approx([9, 9], rel=0.01)
    assert "different machines (processor one and another)" in comparison.notes[0]
    assert Verdict.SLOWER not in markdown(comparison)


def test_cells_of_one_run_alone_are_named_and_a_bad_run_is_an_error(tmp_path: Path) -> None:
    base = run_of(tmp_path / "a", {"x": 1e5}, {"x": "1"})
    head = run_of(tmp_path / "b", {"x": 1e5}, {"x": "1"}, cells=(LARGER,))
    comparison = compare_runs(base, head, 0.05)
    assert len(comparison.table) == 1
    assert any("1 cell" in note for note in comparison.notes)


def test_the_command_on_two_runs_writes_its_table(tmp_path: Path) -> None:
    run_of(tmp_path / "a", {"x": 1e5, "y": 1e5}, {"x": "1", "y": "1"})
    run_of(tmp_path / "b", {"x": 1.5e5, "y": 1e5}, {"x": "2", "y": "1"})
    options = [tmp_path / "a", tmp_path / "b", "--out", tmp_path / "c"]
    assert compare(ROOT, *options).returncode == 1
    assert len(pd.read_csv(tmp_path / "c" / "comparison.csv")) == 4
    assert (
        compare(ROOT, *options[:2], "--out", tmp_path / "d", "--fail-on", "never").returncode == 0
    )
    again = compare(ROOT, *options)
    assert again.returncode == 2  # what is there is not written over
    assert json.loads((tmp_path / "a" / "run.json").read_text())["schema"] == 1
