"""What a worker sends is never believed: rubbish on the line is a crash of its own, in one line."""

import json
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.results.records import Status
from benchmarks.worker import protocol, replies
from benchmarks.worker.environment import environment
from benchmarks.worker.process import WorkerFailed, WorkerProcess

_SENT = """
import socket, struct, sys
LINE = socket.socket(fileno=int(sys.argv[1]))

def sent(*texts):
    for text in texts:
        LINE.sendall(struct.pack("!Q", len(text)) + text)
    sys.exit(0)

"""
_RUBBISH = {
    "deep lists": "sent(b'[' * 500_000)",
    "deep objects": "sent(b'{\"a\":' * 500_000)",
    "no object": "sent(b'[1, 2]')",
    "no text": "sent(b'\\xff\\xfe\\x00')",
    "no arrays": "sent(b'{}')",
    "an empty answer": "sent(b'{\"arrays\": []}')",
    "a huge shape": 'sent(b\'{"arrays": [["<f8", [9999999999, 9999999999]]]}\', b"12345678")',
    "a negative shape": 'sent(b\'{"arrays": [["<f8", [-1]]]}\', b"12345678")',
    "objects": 'sent(b\'{"arrays": [["|O", [1]]]}\', b"12345678")',
    "no type": 'sent(b\'{"arrays": [["f8,(", [1]]]}\', b"12345678")',
    "many arrays": 'sent(b\'{"arrays": [\' + b"[]," * 99 + b"[]]}")',
    "a status of its own": 'sent(b\'{"failed": "splendid", "reason": "", "arrays": []}\')',
    "a failure without a reason": 'sent(b\'{"failed": "crashed", "arrays": []}\')',
    "a great promise": "LINE.sendall(struct.pack('!Q', 1 << 62)); sys.exit(0)",
    "half a message": "LINE.sendall(struct.pack('!Q', 1 << 20) + b'{'); sys.exit(0)",
    "a zip": "sent(b'PK\\x03\\x04' * 100)",
}


@pytest.fixture
def start(tmp_path: Path) -> Callable[[str], WorkerProcess]:
    def start(code: str) -> WorkerProcess:
        path = tmp_path / "mine.py"
        path.write_text(_SENT + code)
        variables = environment(1, None, 4 << 30)
        return WorkerProcess("mine", path, tmp_path, variables, 30)

    return start


@pytest.mark.parametrize("what", _RUBBISH)
def test_rubbish_is_a_crash_in_one_line(start, what: str) -> None:
    with pytest.raises(WorkerFailed) as failed:
        start(_RUBBISH[what])
    assert failed.value.status is Status.CRASHED
    assert "while being imported" in failed.value.reason


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner)
                    | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_a_message_is_read_or_refused_whatever_it_is(message: object) -> None:
    here, there = socket.socketpair()
    with here, there:
        text = json.dumps(message).encode()
        there.sendall(struct.pack("!Q", len(text)) + text)
        there.close()
        try:
            protocol.receive(here, 5)
        except (ValueError, EOFError):
            pass


@given(
    st.sampled_from(["handshake", "load", "call", "warm_up", "turn", "answer", "memory"]),
    st.dictionaries(
        st.sampled_from(["prepare_ns", "taken", "elapsed_ns", "changed", "extra_bytes", "loops"]),
        st.integers() | st.floats() | st.text() | st.lists(st.lists(st.integers())),
    ),
)
def test_a_reply_has_its_keys_and_types_or_is_refused(do: str, message: dict) -> None:
    try:
        reply = replies.checked(message, do)
    except ValueError:
        return
    assert reply == {key: message[key] for key in reply}
    assert all(isinstance(ns, int) and 0 <= ns < 1 << 63 for ns in reply.values() if ns is not None)


def test_numbers_that_no_sum_could_hold_are_refused() -> None:
    assert replies.checked({"prepare_ns": 5, "more": "x"}, "load") == {"prepare_ns": 5}
    for ns in (-1, 1 << 63, 1.5, float("nan"), float("inf"), "5", None, True):
        with pytest.raises(ValueError):
            replies.checked({"prepare_ns": ns}, "load")
