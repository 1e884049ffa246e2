"""A worker's clock against the conductor's."""

from dataclasses import dataclass


@dataclass(eq=False)
class ClockCheck:
    """Sums over the turns of a cell run: the conductor waited `asked_ns`; the worker says what the
    samples and the untimed calls took, and the samples' processor time.

    `widest` is the turn where the worker is behind by most: by how much, and what the conductor waited.
    """

    turns: int = 0
    asked_ns: int = 0
    elapsed_ns: int = 0
    untimed_ns: int = 0
    cpu_ns: int = 0
    widest: tuple[int, int] = (0, 0)

    def add(self, asked_ns: int, elapsed_ns: int, untimed_ns: int, cpu_ns: int) -> None:
        self.turns += 1
        self.asked_ns += asked_ns
        self.elapsed_ns += elapsed_ns
        self.untimed_ns += untimed_ns
        self.cpu_ns += cpu_ns
        self.widest = max(self.widest, (asked_ns - elapsed_ns - untimed_ns, asked_ns))

    def disagreement(self, workers: int) -> str:
        """How the clocks differ, if by more than half and 50 ms for each worker; else empty.

        Of two turns and more the widest is left out: both processes may have been frozen meanwhile (a
        container that is paused), which nothing tells of. A clock that lies does so in every turn.
        """
        said_ns = self.elapsed_ns + self.untimed_ns
        frozen_ns, frozen_asked_ns = self.widest if self.turns > 1 else (0, 0)
        slack_ns = 0.5 * (self.asked_ns - frozen_asked_ns) + 50e6 * workers
        behind_ns = self.asked_ns - said_ns
        if behind_ns >= 0 and behind_ns - frozen_ns <= slack_ns:
            return ""
        return (
            f"its clock says {said_ns / 1e6:.4g} ms, the conductor's {self.asked_ns / 1e6:.4g} ms"
        )

    def excess_threads(self, threads: int) -> str:
        """How many processors were busy, if more than the threads that were granted; else empty."""
        if self.elapsed_ns <= 20e6 or self.cpu_ns <= (threads + 0.5) * self.elapsed_ns:
            return ""
        return f"{self.cpu_ns / self.elapsed_ns:.1f} processors busy, {threads} granted"
