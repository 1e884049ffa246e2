"""The stopwatch, against a timer that we turn ourselves."""

import pytest

from benchmarks.worker.clock import stopwatch


def test_the_elapsed_time_is_the_second_reading_less_the_first() -> None:
    readings = iter([1_000, 1_250])
    assert stopwatch(lambda: "answer", readings.__next__) == (250, "answer")
    with pytest.raises(StopIteration):
        next(readings)  # two readings were taken, and no third


def test_one_call_between_two_readings_and_nothing_else() -> None:
    events: list[str] = []

    def timer() -> int:
        events.append("reading")
        return len(events)

    stopwatch(lambda: events.append("call"), timer)
    assert events == ["reading", "call", "reading"]


def test_a_call_that_takes_no_time_is_not_an_error() -> None:
    assert stopwatch(lambda: None, lambda: 7) == (0, None)


def test_what_the_call_raises_comes_out_as_it_is() -> None:
    def fails() -> None:
        raise OverflowError("log 0")

    with pytest.raises(OverflowError, match="log 0"):
        stopwatch(fails, lambda: 0)


def test_the_timer_it_has_by_itself_counts_nanoseconds_and_never_backwards() -> None:
    elapsed_ns, _ = stopwatch(lambda: None)
    assert isinstance(elapsed_ns, int)
    assert elapsed_ns >= 0
