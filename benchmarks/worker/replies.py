"""What a worker may answer: keys, types and limits of each reply. Anything else is no answer.

The worker runs somebody's code, so the conductor believes nothing that it says before this.
"""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

import msgspec

_MAX = 1 << 62  # sums of such numbers, and their floats, are still finite
Count = Annotated[int, msgspec.Meta(ge=0, le=_MAX)]
Duration = Annotated[float, msgspec.Meta(ge=0, le=_MAX)]
Text = Annotated[str, msgspec.Meta(max_length=10_000)]
Digests = dict[Text, Text]


class Failure(TypedDict):
    failed: Literal["crashed", "out_of_memory", "unavailable"]
    reason: Text


class Threadpool(TypedDict):
    user_api: Text | None
    internal_api: Text | None
    version: Text | None
    num_threads: Count
    architecture: Text | None


class Handshake(TypedDict):
    import_ns: Count
    doc: Text
    operations: list[Text]
    parallel: bool
    threadpools: list[Threadpool]


class Loaded(TypedDict):
    prepare_ns: Count


class Called(TypedDict):
    elapsed_ns: Count
    peak_rss_bytes: Count
    extra_bytes: Count | None
    changed: list[Text]
    complaint: NotRequired[Text]


class WarmedUp(TypedDict):
    loops: Annotated[int, msgspec.Meta(ge=1, le=_MAX)]
    per_call_ns: Annotated[float, msgspec.Meta(gt=0, le=_MAX)]
    spent_ns: Count
    steady: bool


class Turn(TypedDict):
    # Of each sample: elapsed, processor time, the three of waiting.Waited, and the pace.
    taken: list[tuple[Count, Count, Count | None, Count | None, Count | None, Count]]
    untimed_ns: Count
    elsewhere_ns: Count
    processor: Annotated[int, msgspec.Meta(ge=-1, le=1 << 20)]


class Answer(TypedDict):
    digests: Digests
    complaint: NotRequired[Text]


class Memory(TypedDict):
    extra_bytes: Count | None
    garbage_bytes: Count
    moved_bytes: Count | None


class Descended(TypedDict):
    taken: list[tuple[Count, float]]  # of each step: elapsed, and the cost before it


class Released(TypedDict):
    pass


_REPLIES: dict[str, Any] = {
    "handshake": Handshake,
    "load": Loaded,
    "call": Called,
    "warm_up": WarmedUp,
    "turn": Turn,
    "answer": Answer,
    "memory": Memory,
    "descend": Descended,
    "release": Released,
}


def checked(message: dict[str, Any], do: str) -> dict[str, Any]:
    """The reply to the request `do`, its known keys alone, or a Failure; ValueError for anything else."""
    return msgspec.convert(message, Failure if "failed" in message else _REPLIES[do])
