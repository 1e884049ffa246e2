"""The run on every machine at once, as whoever asked for it sees it."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from uuid import uuid4

from benchmarks.errors import UserError
from benchmarks.machines.parcel import bundle, unpack
from benchmarks.registry import how_to_install
from benchmarks.results.store import write_atomically

RESOURCE = "machine"  # a worker that declares it stands for its machine
_LOOK_EVERY_S = 2.0
Watch = Callable[[str, float], None]


class ClusterError(UserError):
    """The cluster cannot be used for this; the message says how it could."""


class Machine(NamedTuple):
    """A worker that stands for a machine, and the resource that no two runs have at once."""

    name: str
    address: str
    resource: str


class Part(NamedTuple):
    """What came of one machine: its folder, its exit status (None if it was lost), its last words, and
    what two workers on one machine have in common."""

    machine: Machine
    folder: Path
    status: int | None
    words: str
    identity: str


def machines_of(workers: Mapping[str, Mapping[str, Any]]) -> list[Machine]:
    """One worker for each machine, of what a scheduler says of its workers.

    A machine is a host, or what `machine-NAME` tells apart on one.
    """
    found: dict[tuple[str, str], Machine] = {}
    for address, about in sorted(workers.items()):
        host = address.rpartition("://")[2].rpartition(":")[0]
        for resource in sorted(about.get("resources") or {}):
            if resource == RESOURCE or resource.startswith(f"{RESOURCE}-"):
                name = host if resource == RESOURCE else resource.removeprefix(f"{RESOURCE}-")
                safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in name)[:60]
                found.setdefault((host, resource), Machine(safe or "machine", address, resource))
    named: dict[str, Machine] = {}
    for machine in sorted(found.values()):
        names = chain([machine.name], (f"{machine.name}-{number}" for number in count(2)))
        name = next(name for name in names if name not in named)
        named[name] = machine._replace(name=name)
    return list(named.values())


def run_on(
    address: str,
    arguments: Sequence[str],
    files: Mapping[str, Path],
    variables: Mapping[str, str],
    folder: Path,
    watch: Watch,
) -> list[Part]:
    """Run on all machines of the cluster in parallel; each one's folder is in `folder`, under its name.

    `files` travel beside the project's own, by the names that the arguments have for them. Raises
    ClusterError, or KeyboardInterrupt once every machine has been told to stop.
    """
    client = _client(address)
    try:
        machines = machines_of(client.scheduler_info(n_workers=-1)["workers"])
        if not machines:
            raise ClusterError(
                f"no worker of {address} stands for its machine: start one on each, "
                f'dask worker {address} --nthreads 1 --resources "{RESOURCE}=1"'
            )
        return _together(client, machines, arguments, bundle(files), variables, folder, watch)
    finally:
        client.close()


def _client(address: str) -> Any:
    # A Client that could not start hinders the next one for 10 s: no address, no Client.
    protocol, _, place = address.partition("://")
    host, _, port = place.rpartition(":")
    if not (protocol in ("tcp", "tls") and host and port.isdecimal() and 0 < int(port) < 1 << 16):
        raise ClusterError(f"--on {address!r} is no address of a scheduler: tcp://host:port")
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise ClusterError(f"--on needs Dask: {how_to_install('distributed')}") from None
    try:
        return Client(address, timeout=15)
    except (OSError, ValueError):
        raise ClusterError(
            f"no scheduler answers at {address}; is it running, and reachable?"
        ) from None


def _together(
    client: Any,
    machines: Sequence[Machine],
    arguments: Sequence[str],
    files: bytes,
    variables: Mapping[str, str],
    folder: Path,
    watch: Watch,
) -> list[Part]:
    import cloudpickle
    from distributed import wait

    from benchmarks.machines import task

    cloudpickle.register_pickle_by_value(task)
    topics = {machine: f"benchmarks-{uuid4().hex}" for machine in machines}
    futures, keepers = {}, {m: _Keeper(folder / m.name) for m in machines}
    for machine in machines:
        client.subscribe_topic(topics[machine], keepers[machine])
        place: dict[str, Any] = {"workers": [machine.address], "allow_other_workers": False}
        place |= {"resources": {machine.resource: 1}, "retries": 0, "pure": False}
        asked = (files, list(arguments), dict(variables), topics[machine])
        futures[machine] = client.submit(task.measure, *asked, **place)
    parts: dict[Machine, Part] = {}

    def end_parts() -> None:
        for machine in machines:
            if machine not in parts:
                keepers[machine].close()
                _interrupted(folder / machine.name)

    try:
        while len(parts) < len(machines):
            waiting = [m for m in machines if m not in parts]
            with suppress(NotYet, CancelledError):  # cancelled: the scheduler was lost
                wait(
                    [futures[m] for m in waiting],
                    timeout=_LOOK_EVERY_S,
                    return_when="FIRST_COMPLETED",
                )
            alive = _alive(client)
            if alive:
                _forget(client, topics.values())
            for machine in waiting:
                if futures[machine].done() or machine.address not in alive:
                    keepers[machine].close()
                    parts[machine] = _part(machine, futures[machine], folder / machine.name)
            watch(
                f"{len(parts)} of {len(machines)} machines have ended", len(parts) / len(machines)
            )
    except KeyboardInterrupt:
        end_parts()
        client.cancel(list(futures.values()), force=True)
        raise
    finally:  # again: a second Ctrl-C may have ended any of these
        end_parts()
    return [parts[machine] for machine in machines]


def _alive(client: Any) -> Collection[str]:
    """The addresses of the workers that are there; none, if the scheduler is not."""
    try:
        return client.scheduler_info(n_workers=-1)["workers"]
    except OSError:
        return ()


def _forget(client: Any, topics: Collection[str]) -> None:
    """Have the scheduler drop the events that were kept here: it would hold all of them for good."""
    from benchmarks.machines import task

    with suppress(Exception):  # no run ends for this
        client.run_on_scheduler(task.forget, list(topics))


def _part(machine: Machine, future: Any, folder: Path) -> Part:
    """What came back of a machine; of one that was lost, what it had sent by then, as interrupted."""
    words = "was lost"
    with suppress(OSError, CancelledError):  # the scheduler was lost
        if future.status == "finished":
            identity, status, said, content = future.result()
            try:
                whole = isinstance(status, int) and unpack(content, folder)
                words = "sent something that is no folder"
            except OSError as error:  # the disk is full, say
                whole, words = False, f"its folder cannot be written: {error.strerror or error}"
            if whole:
                if status:  # it may have been killed there
                    _interrupted(folder)
                return Part(machine, folder, status, str(said), str(identity))
        elif future.status == "error":
            words = _error(future)
        future.cancel(force=True)
    _interrupted(folder)
    return Part(machine, folder, None, words, machine.address)


def _error(future: Any) -> str:
    return " ".join(f"{type(future.exception()).__name__}: {future.exception()}".split())[:300]


def _interrupted(folder: Path) -> None:
    """The run in the folder, if any of it has come, ended before its time."""
    with suppress(OSError, ValueError):
        about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if about.get("state") != "complete":
            write_atomically(
                folder / "run.json", json.dumps(about | {"state": "interrupted"}, indent=1)
            )


class _Keeper:
    """Keeps what a machine sends while it measures: an event is a time and the folder so far."""

    def __init__(self, folder: Path):
        self._folder, self._open, self._lock = folder, True, Lock()

    def __call__(self, event: Any) -> None:
        with suppress(Exception), self._lock:  # it comes again, and whole at the end
            if self._open:
                unpack(event[1], self._folder)

    def close(self) -> None:
        """What comes after this is late: it would say again that the run goes on."""
        with self._lock:
            self._open = False
