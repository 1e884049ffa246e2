"""The bytes that a call sends: none, or its own and a little; what others send counts as little as can be."""

import socket
from collections.abc import Iterator

import pytest

from benchmarks.worker import network

SAID = bytes(50_000)


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a connection over the loopback."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as own,
        server.accept()[0] as other,
    ):
        yield own, other


def test_a_call_that_computes_sends_nothing_and_one_that_talks_what_it_says(line) -> None:
    own, other = line

    def talk() -> None:
        own.sendall(SAID)
        received = 0
        while received < len(SAID):
            received += len(other.recv(1 << 16))

    assert len(SAID) <= (network.moved_bytes(talk) or 0) < 2 * len(SAID)
    assert (network.moved_bytes(lambda: None) or 0) < 1000


def test_where_the_system_does_not_tell_nothing_is_said(monkeypatch) -> None:
    monkeypatch.setattr(network.psutil, "net_io_counters", lambda: None)
    assert network.moved_bytes(lambda: None) is None
