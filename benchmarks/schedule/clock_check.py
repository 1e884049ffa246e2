"""A worker's clock against the conductor's."""

from dataclasses import dataclass


@dataclass(eq=False)
class ClockCheck:
    """Sums over the turns of a cell run: the conductor waited `asked_ns`; the worker says what the
    samples and the untimed calls took, and the samples' processor time."""

    asked_ns: int = 0
    elapsed_ns: int = 0
    untimed_ns: int = 0
    cpu_ns: int = 0

    def add(self, asked_ns: int, elapsed_ns: int, untimed_ns: int, cpu_ns: int) -> None:
        self.asked_ns += asked_ns
        self.elapsed_ns += elapsed_ns
        self.untimed_ns += untimed_ns
        self.cpu_ns += cpu_ns

    def disagreement(self, workers: int) -> str:
        """How the clocks differ, if by more than half and 50 ms for each worker; else empty."""
        said_ns = self.elapsed_ns + self.untimed_ns
        slack_ns = 0.5 * self.asked_ns + 50e6 * workers
        if 0 <= self.asked_ns - said_ns <= slack_ns:
            return ""
        return (
            f"its clock says {said_ns / 1e6:.4g} ms, the conductor's {self.asked_ns / 1e6:.4g} ms"
        )

    def excess_threads(self, threads: int) -> str:
        """How many processors were busy, if more than the threads that were granted; else empty."""
        if self.elapsed_ns <= 20e6 or self.cpu_ns <= (threads + 0.5) * self.elapsed_ns:
            return ""
        return f"{self.cpu_ns / self.elapsed_ns:.1f} processors busy, {threads} granted"
