"""Dask's distributed scheduler, as dask_blocks uses it: parts on its workers, and a step of all of them."""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from cloudpickle import register_pickle_by_value
from distributed import wait

from implementations._blocks import (
    Part,
    WorkersDied,
    free_bytes_here,
    loaded,
    means_of,
    on_disk,
    together,
)

_RETRIES = 5  # of a task whose worker died
_PATIENCE_S = 2.0  # then see whether the workers are alive
_DIRECTLY = 100_000  # features: the scheduler copies w and dw once more on this way than in tasks


class Processes:
    """Dask's distributed scheduler: on this machine, started here, or at an address."""

    def __init__(self, address: str, workers: int):
        self._address, self._wanted = address, workers

    @cached_property
    def cluster(self) -> Any:
        from implementations._cluster import connected

        return connected(self._address, self._wanted)

    @property
    def generation(self) -> int:
        """Of the workers, all of them alive: another one has to be given its parts anew."""
        self.cluster.revive()
        return self.cluster.generation

    @property
    def workers(self) -> int:
        return max(1, len(self._places()))

    def _places(self) -> list[str]:
        """The workers, in an order that does not change."""
        return sorted(self.cluster.client.scheduler_info(n_workers=-1)["workers"])

    def free_bytes(self) -> int:
        """Of all the machines that the workers are on, each counted once."""
        free = self.cluster.client.run(free_bytes_here).items()
        return sum({urlsplit(worker).hostname: free_bytes for worker, free_bytes in free}.values())

    def place(self, parts: list[Part]) -> list[tuple[Any, str]]:
        """Each part on a worker, and which; if that dies, the part is loaded again elsewhere."""
        places = self._places()
        placed = [(part, places[k % len(places)]) for k, part in enumerate(parts)]
        for array in parts[0].blocks[0]:
            if on_disk(array):  # its code travels with it
                register_pickle_by_value(sys.modules[type(array).__module__])
        futures = [self._submit(place, loaded, part) for part, place in placed]
        self._wait(futures)
        return [(future, place) for future, (_, place) in zip(futures, placed, strict=True)]

    def step(
        self, w: np.ndarray, b: float, parts: list[tuple[Any, str]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Asked of the workers directly, in one round trip: a task takes the scheduler some 5 ms. Where
        that fails, a worker has died, or a part is elsewhere now: as tasks, Dask finds or loads it again.

        Raises WorkersDied if none was left: the parts have to be placed anew.
        """
        keys: dict[str, list[str]] = {}
        for future, place in parts:
            keys.setdefault(place, []).append(future.key)
        if len(w) > _DIRECTLY:
            return self._step_as_tasks(w, b, parts)
        try:
            found = self.cluster.client.run(_means_there, keys, w, b)
            by_key = {key: answer for each in found.values() for key, answer in each.items()}
            return together([by_key[future.key] for future, _ in parts])
        except Exception:
            return self._step_as_tasks(w, b, parts)

    def _step_as_tasks(
        self, w: np.ndarray, b: float, parts: list[tuple[Any, str]]
    ) -> tuple[np.ndarray, np.ndarray]:
        asked = [self._submit(place, means_of, part, w, b) for part, place in parts]
        self._wait(asked)
        return together(self.cluster.client.gather(asked))

    def _submit(self, place: str, function: Callable, *arguments: Any) -> Any:
        """A task for the worker at that place, while it lives: its part is there."""
        where = {"workers": [place], "allow_other_workers": True, "retries": _RETRIES}
        return self.cluster.client.submit(function, *arguments, pure=False, **where)

    def _wait(self, futures: list[Any]) -> None:
        """Until all have ended; where the last worker died, they would wait for ever."""
        while True:
            if not self.cluster.revive():
                raise WorkersDied("all workers died in one step")
            with suppress(TimeoutError), self.cluster.client.as_current():
                wait(futures, timeout=_PATIENCE_S)
                return


async def _means_there(
    keys: Mapping[str, Sequence[str]], w: np.ndarray, b: float, dask_worker: Any = None
) -> dict[str, tuple]:
    """On a worker: of each of its parts, in the thread that its tasks have, so that it stays reachable."""
    run = asyncio.get_running_loop().run_in_executor
    threads = dask_worker.executors["default"]
    own = {key: dask_worker.data[key] for key in keys.get(dask_worker.address, ())}
    return {key: await run(threads, means_of, part, w, b) for key, part in own.items()}
