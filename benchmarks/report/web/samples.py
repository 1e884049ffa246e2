"""All samples of a run, small enough to be in its page: each a byte, for a strip of 127 steps.

A row of the table (`results`, in its order) has its fastest and its slowest call in ns, for which the
bytes 0 and 127 stand, how many samples each of its processes has, and the two times as text. Its bytes,
by process and round, follow those of the row before. In between the steps are equal in the logarithm.
A disturbed sample's byte is greater by 128. samples.csv has the numbers themselves.
"""

import json

import numpy as np

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.statistics.rounds import times
from benchmarks.statistics.samples import cells_of
from benchmarks.statistics.summary import KEY_LIST

STEPS = 127
DISTURBED = 128


def of(data: Data) -> bytes:
    """A line of JSON, [low, high, [samples of each process], text] for each row, and the bytes."""
    rows = data.results[KEY_LIST]
    pairs = list(zip(cells_of(rows), rows["implementation"], strict=True))
    calls, flags = (times(each, pairs).lists() for each in data.samples)
    strips = [
        _strip(processes, np.concatenate(disturbed)) if processes else ([], b"")
        for processes, disturbed in zip(calls, flags, strict=True)
    ]
    heads = json.dumps([head for head, _ in strips], separators=(",", ":"), ensure_ascii=False)
    return heads.encode() + b"\n" + b"".join(body for _, body in strips)


def _strip(processes: list[np.ndarray], disturbed: np.ndarray) -> tuple[list, bytes]:
    calls = np.concatenate(processes)
    low, high = calls.min(), calls.max()
    heights = np.zeros(len(calls)) if low == high else np.log(calls / low) / np.log(high / low)
    text = f"{format.time(low)} to {format.time(high)}"
    head = [float(f"{low:.4g}"), float(f"{high:.4g}"), [len(own) for own in processes], text]
    return head, (np.round(STEPS * heights) + DISTURBED * disturbed).astype(np.uint8).tobytes()
