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
from benchmarks.schedule.plan import with_twin
from benchmarks.schedule.scheduler import Plan, Sweep

NAME, CELL = "numpy_vectorized", Cell("cost_gradient", "synthetic", 5, 40)


@pytest.fixture
def listening() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    interrupt.listen()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    interrupt._came.clear()


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
    def found(self):
        yield Outcome(NAME, CELL, Status.OK)
        yield Sample(NAME, CELL, 0, 0, 10, 5000)
        swallowed(number)
        yield Outcome(NAME, CELL, Status.DISAGREES, "judged by half an exact answer")

    monkeypatch.setattr(Sweep, "_found", found)
    paths = with_twin({NAME: FOLDER / f"{NAME}.py"}, NAME)
    plan = Plan((CELL,), paths, {}, 1.0, steer=lambda progress: {})
    with pytest.raises(KeyboardInterrupt):
        running.execute(plan, tmp_path, {}, lambda *_: None)
    kept = store.read(tmp_path)
    assert kept.about["state"] == "interrupted"
    assert len(kept.samples) == 1
    assert list(kept.cells["status"]) == ["ok"]


def test_nothing_is_heeded_where_nothing_came(listening):
    interrupt.heed()
