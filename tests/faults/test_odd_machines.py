"""Containers, sleeping laptops, busy machines, people's own settings: none of it gets into a figure."""

import os
import socket
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks import cgroup, interrupt
from benchmarks.machine import describe
from benchmarks.report import cost_curve
from benchmarks.schedule import memory_plan
from benchmarks.worker import interference, protocol
from benchmarks.worker.environment import environment
from benchmarks.worker.interference import SystemCounters


def groups(tmp_path: Path, lines: str, **files: str) -> dict[str, Path]:
    """A made-up tree of control groups: `files` by their path, / written as __ and . as _dot_."""
    for name, text in files.items():
        path = tmp_path / "cgroup" / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "mine").write_text(lines)
    return {"root": tmp_path / "cgroup", "groups": tmp_path / "mine"}


TWO = {"cpu_dot_max": "max 100000\n", "job__cpu_dot_max": "150000 100000\n"}
ONE = {"cpu__job__cpu_dot_cfs_quota_us": "50000\n", "cpu__job__cpu_dot_cfs_period_us": "100000\n"}


def test_the_least_quota_of_all_groups_counts_in_both_versions(tmp_path):
    inner = {"job__step__cpu_dot_max": "400000 100000\n"}
    asked = groups(tmp_path / "two", "0::/job/step\n", **TWO, **inner)
    assert cgroup.cpu_quota(**asked) == 1.5
    asked = groups(tmp_path / "one", "3:cpu,cpuacct:/job\n1:name=systemd:/\n", **ONE)
    assert cgroup.cpu_quota(**asked) == 0.5
    asked = groups(tmp_path / "none", "0::/\n", cpu_dot_max="max 100000\n")
    assert cgroup.cpu_quota(**asked) == float("inf")
    assert cgroup.cpu_quota(tmp_path / "nowhere", tmp_path / "nothing") == float("inf")


def test_the_memory_limit_of_a_container_is_all_there_is(tmp_path):
    limit, used, cached = 1 << 30, 700 << 20, 200 << 20
    files = {"memory_dot_max": f"{limit}\n", "memory_dot_current": f"{used}\n"}
    asked = groups(tmp_path, "0::/\n", memory_dot_stat=f"anon 5\ninactive_file {cached}\n", **files)
    assert cgroup.memory(**asked) == (limit, limit - used + cached)
    none = groups(tmp_path / "none", "0::/\n", memory_dot_max="max\n")
    assert cgroup.memory(**none).total > limit


def test_cores_and_free_memory_are_what_the_process_may_use(monkeypatch):
    monkeypatch.setattr(cgroup, "cpu_quota", lambda: 1.5)
    assert describe.cores() == 1
    monkeypatch.setattr(cgroup, "cpu_quota", lambda: 0.5)
    assert describe.cores() == 1
    monkeypatch.setattr(cgroup, "memory", lambda: cgroup.Memory(1 << 30, 1 << 29))
    assert memory_plan.free_bytes() < 1 << 29
    assert describe.worker_memory_bytes() < 1 << 29


def test_a_quota_that_stopped_us_is_a_warning(tmp_path):
    before = SystemCounters(0.0, 0.0, 0, 2, stops=3)
    assert replace_stops(before, 5).diff(before) == ["quota: 2 stops"]
    assert replace_stops(before, 3).diff(before) == []
    asked = groups(tmp_path, "0::/job\n", job__cpu_dot_stat="nr_periods 9\nnr_throttled 7\n")
    assert cgroup.throttled(**asked) == 7
    assert interference.read().stops >= 0


def replace_stops(counters: SystemCounters, stops: int) -> SystemCounters:
    return counters._replace(at_s=1.0, stops=stops)


def test_a_machine_is_the_same_under_another_name_and_with_a_page_less():
    here = {
        "name": "a",
        "processor": "one",
        "architecture": "x",
        "cores": 2,
        "memory_bytes": 1 << 34,
    }
    assert describe.differences(here, {**here, "name": "b", "memory_bytes": (1 << 34) - 4096}) == []
    assert describe.differences(here, {**here, "cores": 1}) == ["cores 2 and 1"]
    assert (
        len(describe.differences(here, {**here, "processor": "two", "memory_bytes": 1 << 33})) == 2
    )


@pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="processors cannot be taken away here"
)
def test_processors_that_are_taken_away_are_no_longer_counted():
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        assert describe.cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)


def test_every_library_is_told_the_threads_by_its_own_variable():
    variables = environment(3, None, 0)
    assert variables["VECLIB_MAXIMUM_THREADS"] == variables["OMP_NUM_THREADS"] == "3"


def test_a_moment_tells_that_this_process_was_stopped_or_the_machine_slept(monkeypatch):
    before = interrupt.now()
    assert not before.was_paused()
    assert before._replace(stops=before.stops - 1).was_paused()
    assert before._replace(slept_ns=before.slept_ns - 10**9).was_paused()


def answered_after(pause_s: float, limit_s: float, waited_s: float) -> bool:
    """Is an answer that comes after a pause waited for, if its sender waited so long for a processor?"""
    here, there = socket.socketpair()
    waited = iter([0.0, *[waited_s] * 1000])
    with here, there:
        answer = threading.Timer(pause_s, protocol.send, (there, {"well": 1}))
        answer.start()
        try:
            return protocol.receive(here, limit_s, lambda: next(waited))[0] == {"well": 1}
        except TimeoutError:
            return False
        finally:
            answer.join()


def test_who_waits_for_a_processor_is_given_that_time_and_who_sleeps_is_not():
    assert answered_after(0.3, limit_s=0.1, waited_s=5.0)
    assert not answered_after(0.3, limit_s=0.1, waited_s=0.0)
    deadline = protocol.Deadline(0.01, iter([0.0, *[1e9] * 9]).__next__)
    time.sleep(0.11)
    assert deadline.left_s() <= 0  # ten times the limit, and no more


def test_a_users_own_style_of_plots_changes_no_figure(tmp_path, monkeypatch):
    import matplotlib as mpl

    costs = pd.DataFrame({"step": range(5), "J": np.linspace(0.69, 0.3, 5)})
    title = "numpy_vectorized on price_$100_vs_$200: cost 0.693 to 0.300"
    drawn = []
    styles: tuple[dict[Any, Any], ...] = (
        {},
        {"text.usetex": True, "savefig.dpi": 33, "axes.facecolor": "red", "font.size": 30},
    )
    for own in styles:
        folder = tmp_path / str(len(own))
        folder.mkdir()
        with mpl.rc_context(own):
            drawn.append([path.read_bytes() for path in cost_curve.draw(costs, title, folder)])
    assert drawn[0] == drawn[1]
    assert b"$100_vs_$200" in drawn[0][0]
