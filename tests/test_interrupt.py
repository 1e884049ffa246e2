"""An interrupt stops a run, also where a library swallowed it."""

import os
import signal
from collections.abc import Iterator

import pytest

from benchmarks import interrupt
from benchmarks.registry import FOLDER
from benchmarks.results import store
from benchmarks.results.records import Cell, Outcome, Sample, Status
from benchmarks.schedule import run as running
from benchmarks.schedule.plan import Plan, with_control
from benchmarks.schedule.scheduler import Scheduler

NAME, CELL = "numpy_vectorized", Cell("cost_gradient", "synthetic", 5, 40)


@pytest.fixture
def listening() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    interrupt.listen()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    interrupt._pending.clear()


def swallowed(number: signal.Signals) -> None:
    try:
        os.kill(os.getpid(), number)
        for _ in range(10**6):  # the handler runs between two steps of the interpreter
            pass
    except:  # noqa: E722 - as mpmath's from_float has it
        return
    raise AssertionError("the signal did not come")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_that_a_library_swallowed_ends_the_run_all_the_same(
    listening, monkeypatch, tmp_path, number
):
    def examine(self):
        self.recorder.add(Outcome(NAME, CELL, Status.OK))
        self.recorder.add(Sample(NAME, CELL, 0, 0, 10, 5000))
        swallowed(number)
        self.recorder.add(Outcome(NAME, CELL, Status.DISAGREES, "checked by half an exact answer"))

    monkeypatch.setattr(Scheduler, "_examine", examine)
    paths = with_control({NAME: FOLDER / f"{NAME}.py"}, NAME)
    plan = Plan((CELL,), paths, {}, 1.0, policy=lambda state: {})
    with pytest.raises(KeyboardInterrupt):
        running.execute(plan, tmp_path, {}, lambda *_: None)
    kept = store.read(tmp_path)
    assert kept.about["state"] == "interrupted"
    assert len(kept.samples) == 1
    assert list(kept.cells["status"]) == ["ok"]


def test_without_a_signal_nothing_is_pending(listening):
    interrupt.raise_pending()
