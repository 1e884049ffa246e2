"""The line between the conductor and a worker: a message in JSON, then arrays in NumPy's format.

Plain data both ways: nothing that arrives can run code, as a pickle could. The requests and their
replies are the public methods of target.Target.
"""

import io
import json
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

_MAX_BYTES = 1 << 30


def send(connection: Connection, message: dict, arrays: Sequence[np.ndarray] = ()) -> None:
    connection.send_bytes(json.dumps({**message, "arrays": len(arrays)}).encode())
    for array in arrays:
        buffer = io.BytesIO()
        np.save(buffer, array, allow_pickle=False)
        connection.send_bytes(buffer.getbuffer())


def receive(connection: Connection) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Wait for a message; EOFError or OSError when the other end is gone, ValueError for rubbish."""
    message = json.loads(connection.recv_bytes(_MAX_BYTES))
    if not isinstance(message, dict) or not isinstance(message.get("arrays"), int):
        raise ValueError("not a message of ours")
    count = message.pop("arrays")
    buffers = (io.BytesIO(connection.recv_bytes(_MAX_BYTES)) for _ in range(count))
    return message, [np.load(buffer, allow_pickle=False) for buffer in buffers]
