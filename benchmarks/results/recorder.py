"""The one owner of what a run measures: its samples and outcomes, taken as they come."""

from collections.abc import Iterable

from benchmarks import interrupt
from benchmarks.results.records import Cell, Outcome, Sample, Status


class Recorder:
    """Holds samples and outcomes in memory; store.Writer also writes them into the run's folder."""

    def __init__(self, samples: Iterable[Sample] = (), outcomes: Iterable[Outcome] = ()):
        self.samples = list(samples)
        self.outcomes: dict[tuple[str, Cell], Outcome] = {}
        for outcome in outcomes:
            self.outcomes[outcome.implementation, outcome.cell] = outcome

    def add(self, record: Sample | Outcome) -> None:
        """A sample is appended. An outcome replaces the one before it; but a skip replaces no `ok`.

        So a resumed run keeps what was measured before, though it is left out now. An interrupt that
        is pending is raised first: an exact answer that it cut short would accuse whoever is right.
        """
        interrupt.raise_pending()
        if isinstance(record, Sample):
            self.samples.append(record)
            return
        key = (record.implementation, record.cell)
        before = self.outcomes.get(key)
        if record.status is not Status.SKIPPED or before is None or before.status is not Status.OK:
            self.outcomes[key] = record
