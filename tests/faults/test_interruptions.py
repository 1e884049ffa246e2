"""A run that is interrupted, stopped or killed: what was measured stays, nothing else does."""

import json
import os
import random
import signal
import time
from pathlib import Path

import psutil
import pytest
from started import Started, leaves_nothing, run, wait_for, workers_of

from benchmarks.results import store

pytestmark = pytest.mark.slow
_ENDLESS = ("--processes", "50", "--budget", "60", "--quiet")
_SHORT = ("--processes", "2", "--budget", "20", "--quiet")


def ended_whole(started: Started) -> None:
    """Its files can be read, and nothing of it is left."""
    leaves_nothing(started.process.pid)
    assert len(store.read(started.out).samples) > 0
    assert list(started.out.glob("*.part")) == []


@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)]
)
def test_the_first_interrupt_finishes_the_turn_and_writes_the_report(tmp_path, number):
    started = run(tmp_path / "run", *_ENDLESS).measured(40)
    os.kill(started.process.pid, number)
    status, printed = started.ended()
    assert status == 130, printed
    assert "Traceback" not in printed
    assert f"Go on with: python -m benchmarks run --resume {started.out}" in printed
    assert (started.out / "index.html").exists()
    ended_whole(started)
    kept = store.read(started.out)
    assert kept.about["state"] == "interrupted"
    samples, cell = kept.samples, ["implementation", "m"]
    last = samples.iloc[-1]
    turns = samples[(samples[cell] == last[cell]).all(axis=1)].groupby(["process", "round"]).size()
    assert turns[last["process"], last["round"]] == turns.iloc[0]  # it has all of its samples


@pytest.mark.long
def test_an_interrupted_run_whose_cells_were_measured_goes_on(tmp_path):
    started = run(tmp_path / "run", *_ENDLESS).measured(100)
    os.kill(started.process.pid, signal.SIGINT)
    started.ended()
    before = started.samples
    assert "ok" in set(store.read(started.out).cells["status"])
    again = run(started.out, "--resume", str(started.out), "--budget", "3", "--quiet")
    status, printed = again.ended()
    assert status == 0, printed
    assert again.samples > before


@pytest.mark.long
def test_the_second_interrupt_ends_at_once_and_the_files_are_whole(tmp_path):
    started = run(tmp_path / "run", *_ENDLESS).measured(40)
    while started.process.poll() is None:
        os.kill(started.process.pid, signal.SIGINT)
        time.sleep(0.02)
    status, printed = started.ended()
    assert status in (130, -signal.SIGINT), printed
    ended_whole(started)


@pytest.mark.long
def test_an_interrupt_in_the_gate_says_how_to_go_on_and_leaves_nothing(tmp_path):
    started = run(tmp_path / "run", *_ENDLESS, BENCHMARKS_KEPT=str(tmp_path / "kept"))
    wait_for((started.out / "run.json").exists)
    os.kill(started.process.pid, signal.SIGINT)
    status, printed = started.ended()
    assert status == 130, printed
    assert "Traceback" not in printed
    leaves_nothing(started.process.pid)


@pytest.mark.long
def test_a_conductor_that_was_stopped_for_a_while_accuses_nobody(tmp_path):
    started = run(tmp_path / "run", "--processes", "12", "--budget", "30", "--quiet").measured(40)
    for _ in range(3):
        os.kill(started.process.pid, signal.SIGSTOP)
        time.sleep(0.7)
        os.kill(started.process.pid, signal.SIGCONT)
        time.sleep(0.2)
    status, printed = started.ended()
    assert status == 0, printed
    assert set(store.read(started.out).cells["status"]) == {"ok"}


def killed(tmp_path: Path, after_s: float) -> Started:
    """A run that was killed some time after its first sample."""
    started = run(tmp_path / "run", *_SHORT).measured()
    time.sleep(after_s)
    started.process.kill()
    started.process.communicate()
    return started


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(k, marks=pytest.mark.long) for k in range(1, 100))]
)
def test_a_killed_run_is_whole_once_it_is_resumed(tmp_path, seed):
    started = killed(tmp_path, random.Random(seed).uniform(0, 0.8))
    before = (started.out / "samples.csv").read_bytes()
    leaves_nothing(started.process.pid)
    again = run(started.out, "--resume", str(started.out), "--quiet")
    status, printed = again.ended()
    if "there is nothing left to resume" in printed:  # it was killed while it wrote the report
        return
    assert status == 0, printed
    kept = store.read(started.out)
    assert kept.about["state"] == "complete"
    assert set(kept.cells["status"]) == {"ok"}
    finished = before[: before.rfind(b"\n") + 1]
    assert (started.out / "samples.csv").read_bytes().startswith(finished)
    torn = len(before) - len(finished)
    assert any("was not finished" in text for text in kept.about["warnings"]) == (torn > 0)
    ended_whole(again)


def test_frozen_workers_end_with_a_killed_conductor_whoever_adopts_them(tmp_path):
    """A process that lives in the same session adopts them: then the system sends them no hangup."""
    reaper = os.fork()
    if reaper == 0:
        import ctypes

        ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
        child = run(tmp_path / "run", *_ENDLESS)
        (tmp_path / "pid").write_text(str(child.process.pid))
        time.sleep(60)
        os._exit(0)
    try:
        wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "")
        pid = int((tmp_path / "pid").read_text())
        samples = tmp_path / "run" / "samples.csv"
        wait_for(lambda: samples.exists() and samples.read_bytes().count(b"\n") > 40)
        stopped = [p for p in workers_of(pid) if p.status() == psutil.STATUS_STOPPED]
        os.kill(pid, signal.SIGKILL)
        leaves_nothing(pid)
        assert stopped
    finally:
        os.kill(reaper, signal.SIGKILL)
        os.waitpid(reaper, 0)


@pytest.mark.long
def test_a_killed_worker_and_a_killed_fork_server_cost_their_own_cells_alone(tmp_path):
    started = run(tmp_path / "run", "--processes", "12", "--budget", "30", "--quiet").measured(40)
    for _ in range(2):
        wait_for(lambda: len(workers_of(started.process.pid)) > 1)
        for process in random.Random(1).sample(workers_of(started.process.pid), 1):
            process.kill()
        time.sleep(0.3)
    status, printed = started.ended()
    assert status in (0, 1), printed
    assert "Traceback" not in printed
    kept = store.read(started.out)
    assert kept.about["state"] == "complete"
    assert set(kept.cells["status"]) <= {"ok", "out_of_memory", "crashed"}
    ended_whole(started)


@pytest.mark.long
def test_two_runs_at_once_both_warn_and_two_into_one_folder_are_refused(tmp_path):
    first = run(tmp_path / "one", *_ENDLESS).measured()
    other = run(tmp_path / "two", "--processes", "1", "--budget", "10", "--quiet")
    assert other.ended()[0] == 0
    refused = run(first.out, "--resume", str(first.out), "--quiet")
    status, printed = refused.ended()
    assert status == 2
    assert f"process {first.process.pid} writes there now" in printed
    os.kill(first.process.pid, signal.SIGINT)
    first.ended()
    for folder in (first.out, other.out):
        warnings = json.loads((folder / "run.json").read_text())["warnings"]
        assert any("was at work on this machine" in text for text in warnings), warnings
