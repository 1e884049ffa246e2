"""Whatever an implementation does, the run ends by itself, and the others are measured."""

import os
import re
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from faulty import FATAL, FAULTS, GOOD, HARMLESS, write

from benchmarks.correctness.examination import Examination, Finding
from benchmarks.registry import implementations
from benchmarks.results import store
from benchmarks.results.records import Status
from benchmarks.schedule import run as running
from benchmarks.schedule.plan import Plan

GOOD_ONE = "numpy_vectorized"


class Raced(NamedTuple):
    run: store.Run
    folder: Path


@pytest.fixture(scope="module")
def raced(tmp_path_factory: pytest.TempPathFactory) -> Raced:
    """One run of all faulty implementations, the harmless ones, and a good one."""
    folder = tmp_path_factory.mktemp("faulty")
    paths = {GOOD_ONE: implementations()[GOOD_ONE]}
    paths |= {name: write(folder, name, fault.code) for name, fault in FAULTS.items()}
    paths |= {name: write(folder, name, code) for name, code in HARMLESS.items()}
    out = folder / "run"
    passed = {name: _passed(name) for name in paths}  # the gate has tests of its own
    plan = Plan((GOOD, FATAL), paths, {}, 600.0, lambda state: {}, 1, examinations=passed)
    running.execute(plan, out, {}, lambda *_: None)
    return Raced(store.read(out), out)


def _passed(name: str) -> Examination:
    findings = [Finding(name, "cost_gradient", Status.OK)]
    return Examination(name, findings, {"operations": ["cost_gradient"], "parallel": False})


def outcome(raced: Raced, name: str, cell: tuple):
    cells = raced.run.cells
    [row] = cells[(cells["implementation"] == name) & (cells["m"] == cell[3])].to_dict("records")
    return row


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_costs_its_own_cell_alone_and_the_reason_says_what_it_was(raced, name):
    fault, failed = FAULTS[name], outcome(raced, name, FATAL)
    assert (failed["status"], True) == (
        fault.status,
        bool(re.search(fault.reason, failed["reason"])),
    )
    assert "cost_gradient (n_x=5, m=11" in failed["reason"]
    assert outcome(raced, name, GOOD)["status"] == Status.OK


@pytest.mark.slow
@pytest.mark.parametrize("name", [GOOD_ONE, *HARMLESS])
def test_the_others_are_measured_in_all_cells(raced, name):
    for cell in (GOOD, FATAL):
        assert outcome(raced, name, cell)["status"] == Status.OK, outcome(raced, name, cell)
        samples = raced.run.samples
        mine = samples[(samples["implementation"] == name) & (samples["m"] == cell.m)]
        assert len(mine) > 0


@pytest.mark.slow
def test_the_run_is_complete_and_leaves_no_process_and_no_file(raced):
    assert raced.run.about["state"] == "complete"
    mine = psutil.Process().children(recursive=True)
    assert [p for p in mine if "benchmarks.worker" in " ".join(p.cmdline())] == []
    sleeping = [p for p in psutil.process_iter(["cmdline"]) if "97.5" in (p.info["cmdline"] or [])]
    assert sleeping == []
    for base in (Path("/dev/shm"), Path("/tmp")):
        assert list(base.glob(f"benchmarks-run-{os.getpid()}-*")) == []
    assert list(raced.folder.glob("*.part")) + list(raced.folder.glob(".lock")) == []


@pytest.mark.slow
def test_what_a_failed_worker_wrote_is_in_a_log(raced):
    assert "ZeroDivisionError: by me" in (raced.folder / "logs" / "error.log").read_text()
    assert "Segmentation fault" in (raced.folder / "logs" / "segmentation.log").read_text()
    assert not (raced.folder / "logs" / f"{GOOD_ONE}.log").exists()
