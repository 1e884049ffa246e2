"""All samples of a run, small enough to be in its page: each a byte, for a strip of 255 steps.

A row of the table (`results`, in its order) has its fastest and its slowest call in ns, for which the
bytes 0 and 255 stand, how many samples each of its processes has, and the two times as text. Its bytes,
by process and round, follow those of the row before. In between the steps are equal in the logarithm. samples.csv has the
numbers themselves.
"""

import json

import numpy as np

from benchmarks import format
from benchmarks.report.data import Data
from benchmarks.statistics.rounds import cells_of, times
from benchmarks.statistics.summary import KEY_LIST

STEPS = 255


def of(data: Data) -> bytes:
    """A line of JSON, [low, high, [samples of each process], text] for each row, and the bytes."""
    rows = data.results[KEY_LIST]
    calls = times(data.rounds, list(zip(cells_of(rows), rows["implementation"], strict=True)))
    strips = [_strip(processes) if processes else ([], b"") for processes in calls.lists()]
    heads = json.dumps([head for head, _ in strips], separators=(",", ":"), ensure_ascii=False)
    return heads.encode() + b"\n" + b"".join(body for _, body in strips)


def _strip(processes: list[np.ndarray]) -> tuple[list, bytes]:
    calls = np.concatenate(processes)
    low, high = calls.min(), calls.max()
    heights = np.zeros(len(calls)) if low == high else np.log(calls / low) / np.log(high / low)
    text = f"{format.time(low)} to {format.time(high)}"
    head = [float(f"{low:.4g}"), float(f"{high:.4g}"), [len(rounds) for rounds in processes], text]
    return head, np.round(STEPS * heights).astype(np.uint8).tobytes()
