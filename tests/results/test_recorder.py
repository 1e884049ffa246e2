"""The recorder: what it keeps, what replaces what, and that a run goes on with what was kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.results.records import Cell, Outcome, Recorder, Sample, Status
from benchmarks.results.store import Writer

CELL = Cell("dot", "synthetic", 3, 1)
OK = Outcome("mine", CELL, Status.OK, error=0.0, bound=1e-16, first_call_ns=7, warnings="noisy")
SAMPLE = Sample("mine", CELL, 0, 0, 10, 5000)


@pytest.mark.parametrize("status", [s for s in Status if s not in (Status.OK, Status.SKIPPED)])
def test_a_failure_replaces_what_was_measured_and_a_skip_does_not(status: Status) -> None:
    recorder = Recorder()
    skipped, failed = (replace(OK, status=s, reason="why") for s in (Status.SKIPPED, status))
    for outcome, kept in ((skipped, skipped), (OK, OK), (skipped, OK), (failed, failed)):
        recorder.add(outcome)
        assert recorder.outcomes == {("mine", CELL): kept}


def test_samples_are_kept_in_their_order() -> None:
    recorder = Recorder([SAMPLE])
    recorder.add(replace(SAMPLE, round=1))
    assert [sample.round for sample in recorder.samples] == [0, 1]
    assert recorder.outcomes == {}


def test_samples_are_read_as_a_list_of_them_would_be() -> None:
    samples = [replace(SAMPLE, implementation=name, round=k) for k, name in enumerate("abab")]
    samples += [replace(SAMPLE, waited_ns=0), replace(SAMPLE, waited_ns=7, disturbed=True)]
    kept = Recorder(samples).samples
    assert len(kept) == 6
    assert list(kept) == samples
    assert (kept[1], kept[-1], kept[1:3]) == (samples[1], samples[-1], samples[1:3])
    with pytest.raises(IndexError):
        kept[6]


def test_a_run_that_goes_on_has_the_samples_and_outcomes_of_before(tmp_path: Path) -> None:
    first = Writer(tmp_path)
    first.add(SAMPLE)
    first.add(OK)
    first.save({})
    first.close()
    second = Writer(tmp_path)
    assert list(second.samples) == [SAMPLE]
    assert second.outcomes == {("mine", CELL): OK}
    second.close()
