"""The line between the conductor and a worker: a message in JSON, then the bytes of its arrays.

Plain data both ways: nothing that arrives can run code, as a pickle could. The requests and their
replies are the public methods of target.Target.
"""

import json
import socket
import struct
from collections.abc import Sequence
from time import monotonic
from typing import Any

import numpy as np

_MAX_BYTES = 1 << 30
_LENGTH = struct.Struct("!Q")


def send(line: socket.socket, message: dict, arrays: Sequence[np.ndarray] = ()) -> None:
    described = [[array.dtype.str, array.shape] for array in arrays]
    _send_bytes(line, json.dumps({**message, "arrays": described}).encode())
    for array in arrays:
        _send_bytes(line, np.ascontiguousarray(array).data.cast("B") if array.size else b"")


def receive(
    line: socket.socket, limit_s: float | None = None
) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Wait for a message, all of it, for at most `limit_s` seconds.

    TimeoutError if it does not come, EOFError or OSError when the other end is gone, ValueError for
    rubbish.
    """
    deadline = None if limit_s is None else monotonic() + limit_s
    message = json.loads(_receive_bytes(line, deadline))
    if not isinstance(message, dict) or not isinstance(message.get("arrays"), list):
        raise ValueError("not a message of ours")
    arrays = []
    for described in message.pop("arrays"):
        try:
            code, shape = described
            dtype = np.dtype(code)
        except (TypeError, ValueError):
            raise ValueError("not an array of ours") from None
        if dtype.kind not in "biuf":
            raise ValueError("not an array of numbers")
        arrays.append(np.frombuffer(_receive_bytes(line, deadline), dtype).reshape(shape))
    return message, arrays


def _send_bytes(line: socket.socket, content: bytes | memoryview) -> None:
    line.sendall(_LENGTH.pack(len(content)))
    line.sendall(content)


def _receive_bytes(line: socket.socket, deadline: float | None) -> bytearray:
    [length] = _LENGTH.unpack(_receive_exactly(line, _LENGTH.size, deadline))
    if length > _MAX_BYTES:
        raise ValueError("too long for a message of ours")
    return _receive_exactly(line, length, deadline)


def _receive_exactly(line: socket.socket, length: int, deadline: float | None) -> bytearray:
    content = bytearray(length)
    view, got = memoryview(content), 0
    while got < length:
        if deadline is not None:
            line.settimeout(max(deadline - monotonic(), 1e-6))
        count = line.recv_into(view[got:])
        if not count:
            raise EOFError
        got += count
    return content
