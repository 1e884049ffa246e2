"""The line between the conductor and a worker: a message in JSON, then the bytes of its arrays.

Plain data both ways: nothing that arrives can run code, as a pickle could. The requests and their
replies are the public methods of target.Target; replies.py says what they hold.
"""

import json
import operator
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np

_MAX_BYTES = 1 << 30  # of all arrays of a message
_MAX_TEXT_BYTES = 1 << 24
_MAX_ARRAYS = 16
_PIECE_BYTES = 1 << 22  # memory is taken as the bytes come: a length may be a lie
_LENGTH = struct.Struct("!Q")


def send(line: socket.socket, message: dict, arrays: Sequence[np.ndarray] = ()) -> None:
    described = [[array.dtype.str, array.shape] for array in arrays]
    _send_bytes(line, json.dumps({**message, "arrays": described}).encode())
    for array in arrays:
        _send_bytes(line, np.ascontiguousarray(array).data.cast("B") if array.size else b"")


@dataclass
class Deadline:
    """When to give up: `limit_s` seconds from now, without the time that the sender had to wait for a
    processor (`waited_s` tells how long it has, since it began), but at most ten times that."""

    limit_s: float
    waited_s: Callable[[], float] = lambda: 0.0

    def __post_init__(self):
        self._began, self._waited_before_s = monotonic(), self.waited_s()
        self._ends = self._began + self.limit_s

    def left_s(self) -> float:
        """The seconds left; none or fewer if it is time to give up."""
        if (left_s := self._ends - monotonic()) <= 0:
            waited_s = min(self.waited_s() - self._waited_before_s, 9 * self.limit_s)
            self._ends = max(self._ends, self._began + self.limit_s + waited_s)
            left_s = self._ends - monotonic()
        return left_s


def receive(
    line: socket.socket, limit_s: float | None = None, waited_s: Callable[[], float] = lambda: 0.0
) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Wait for a message, all of it, for at most `limit_s` seconds (see Deadline).

    TimeoutError if it does not come, EOFError or OSError when the other end is gone, ValueError for
    rubbish.
    """
    deadline = None if limit_s is None else Deadline(limit_s, waited_s)
    try:
        message = json.loads(_receive_bytes(line, deadline, _MAX_TEXT_BYTES))
    except RecursionError:
        raise ValueError("nested without end") from None
    described = message.pop("arrays", None) if isinstance(message, dict) else None
    if not isinstance(described, list) or len(described) > _MAX_ARRAYS:
        raise ValueError("not a message of ours")
    arrays: list[np.ndarray] = []
    for description in described:
        dtype, shape = _form(description)
        content = _receive_bytes(line, deadline, _MAX_BYTES - sum(a.nbytes for a in arrays))
        arrays.append(np.frombuffer(content, dtype).reshape(shape))
    return message, arrays


def _form(description: Any) -> tuple[np.dtype, list[int]]:
    """The type and shape of an array that is to come; ValueError for what is none of ours."""
    try:
        code, shape = description
        if not (isinstance(code, str) and len(code) <= 8 and len(shape) <= 8):
            raise ValueError("not an array of ours")
        dtype, shape = np.dtype(code), [operator.index(n) for n in shape]
    except (TypeError, SyntaxError):
        raise ValueError("not an array of ours") from None
    if dtype.kind not in "biuf" or min(shape, default=0) < 0:
        raise ValueError("not an array of numbers")
    return dtype, shape


def _send_bytes(line: socket.socket, content: bytes | memoryview) -> None:
    line.sendall(_LENGTH.pack(len(content)))
    line.sendall(content)


def _receive_bytes(line: socket.socket, deadline: Deadline | None, at_most: int) -> bytearray:
    [length] = _LENGTH.unpack(_receive_exactly(line, _LENGTH.size, deadline))
    if length > at_most:
        raise ValueError("too long for a message of ours")
    content = _receive_exactly(line, min(length, _PIECE_BYTES), deadline)
    while len(content) < length:
        content += _receive_exactly(line, min(length - len(content), len(content)), deadline)
    return content


def _receive_exactly(line: socket.socket, length: int, deadline: Deadline | None) -> bytearray:
    content = bytearray(length)
    view, got = memoryview(content), 0
    while got < length:
        # What has come is read, however late it is: the conductor may have been stopped meanwhile.
        if deadline is not None:
            line.settimeout(max(deadline.left_s(), 1e-6))
        try:
            count = line.recv_into(view[got:])
        except TimeoutError:
            if deadline is None or deadline.left_s() <= 0:
                raise
            continue
        if not count:
            raise EOFError
        got += count
    return content
