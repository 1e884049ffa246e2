"""What is made of each machine's end: its part's state, and the exit status of the whole."""

import json
from pathlib import Path
from typing import Any

import pytest
from parcels import archive

from benchmarks.cli import _machines
from benchmarks.machines import cluster_run
from benchmarks.machines.cluster_run import Machine, Part, _part, _together

MACHINE = Machine("a", "tcp://10.0.0.1:1", "machine-a")


class Ended:
    """A task that has ended on a worker, with what it gave back."""

    status = "finished"

    def __init__(self, *answer: Any):
        self._answer = answer

    def result(self) -> tuple:
        return self._answer

    def cancel(self, force: bool) -> None: ...


def state(folder: Path) -> str:
    return json.loads((folder / "run.json").read_text())["state"]


@pytest.mark.parametrize(
    ("status", "before", "after"),
    [(-9, "running", "interrupted"), (1, "complete", "complete"), (0, "complete", "complete")],
)
def test_a_run_that_was_killed_there_is_interrupted(
    tmp_path: Path, status: int, before: str, after: str
) -> None:
    content = archive(**{"run.json": json.dumps({"state": before})})
    part = _part(MACHINE, Ended("id", status, "", content), tmp_path / "a")
    assert part.status == status and state(part.folder) == after


def test_a_folder_that_cannot_be_written_is_not_called_lost(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"state": "running"}')
    part = _part(MACHINE, Ended("id", 0, "", archive(**{"x" * 300: ""})), tmp_path)
    assert part.status is None and "cannot be written: File name too long" in part.words
    assert state(tmp_path) == "interrupted"


@pytest.mark.parametrize(
    ("statuses", "worst"), [([0, -9], 1), ([-9, -9], 1), ([0, None], 1), ([0, 2], 2), ([0, 0], 0)]
)
def test_the_worst_machine_gives_the_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statuses: list[int | None], worst: int
) -> None:
    parts = []
    for number, status in enumerate(statuses):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "cells.csv").touch()
        machine = MACHINE._replace(name=str(number))
        parts.append(Part(machine, folder, status, "last word", str(number)))
    said: list[str] = []
    monkeypatch.setattr("benchmarks.machines.cluster_run.run_on", lambda *_: parts)
    monkeypatch.setattr("benchmarks.report.side_by_side", lambda _: "page")
    monkeypatch.setattr(_machines, "_travelling", lambda: ([], {}))
    monkeypatch.setattr(_machines.options, "given", set)
    monkeypatch.setattr(_machines.console, "fail", lambda text: said.append(str(text)))
    assert _machines.run("tcp://h:1", tmp_path, True) == worst
    assert sum("signal 9" in text for text in said) == statuses.count(-9)


@pytest.mark.parametrize("sent", [False, True])
def test_an_interrupted_run_names_its_folder_only_if_something_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    out = tmp_path / "out"
    said: list[str] = []

    def interrupt(*_: Any) -> None:
        if sent:
            (out / "a").mkdir()
            (out / "a" / "run.json").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr("benchmarks.machines.cluster_run.run_on", interrupt)
    monkeypatch.setattr(_machines, "_travelling", lambda: ([], {}))
    monkeypatch.setattr(_machines.options, "given", set)
    monkeypatch.setattr(_machines.console, "say", said.append)
    with pytest.raises(KeyboardInterrupt):
        _machines.run("tcp://h:1", out, True)
    assert out.exists() == sent
    assert (str(out) in said[0]) == sent


@pytest.mark.parametrize("second", ["as it cancels", "as it marks"])
def test_a_second_interrupt_and_a_late_folder_leave_the_parts_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    pytest.importorskip("distributed", reason="distributed is not installed: make scale")
    running = archive(**{"run.json": json.dumps({"state": "running"})})
    keepers: list[Any] = []

    class Client:
        def subscribe_topic(self, topic: str, keep: Any) -> None:
            keepers.append(keep)

        def submit(self, *_: Any, **place: Any) -> str:
            return "future"

        def cancel(self, futures: list, force: bool) -> None:
            if second == "as it cancels":
                raise KeyboardInterrupt

    marks: list[Path] = []

    def mark(folder: Path) -> None:
        marks.append(folder)
        if second == "as it marks" and len(marks) == 1:
            raise KeyboardInterrupt
        interrupted(folder)

    interrupted = cluster_run._interrupted
    monkeypatch.setattr(cluster_run, "_interrupted", mark)

    def wait(*_: Any, **how: Any) -> None:
        keepers[0]((0.0, running))
        raise KeyboardInterrupt

    monkeypatch.setattr("distributed.wait", wait)
    with pytest.raises(KeyboardInterrupt):
        _together(Client(), [MACHINE], [], b"", {}, tmp_path, lambda *_: None)
    assert state(tmp_path / "a") == "interrupted"
    keepers[0]((0.0, running))  # it was under way
    assert state(tmp_path / "a") == "interrupted"
