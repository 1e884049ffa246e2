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
from benchmarks.statistics import KEY_LIST

STEPS = 255


def of(data: Data) -> bytes:
    """A line of JSON, [low, high, [samples of each process], text] for each row, and the bytes."""
    keys = data.results[KEY_LIST].itertuples(index=False, name=None)
    places = {key: row for row, key in enumerate(keys)}
    heads: list[list] = [[] for _ in places]
    bodies = [b""] * len(places)
    for cell, samples in data.samples.items():
        names = samples["implementation"].to_numpy()
        process, number = samples["process"].to_numpy(), samples["round"].to_numpy()
        times = samples["call_ns"].to_numpy(float)
        order = np.lexsort((number, process))
        for name in dict.fromkeys(names):
            rows = order[names[order] == name]
            place = places[(name, *cell)]
            heads[place], bodies[place] = _strip(times[rows], process[rows])
    text = json.dumps(heads, separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n" + b"".join(bodies)


def _strip(times: np.ndarray, process: np.ndarray) -> tuple[list, bytes]:
    low, high = times.min(), times.max()
    heights = np.zeros(len(times)) if low == high else np.log(times / low) / np.log(high / low)
    rounds = np.unique(process, return_counts=True)[1].tolist()
    text = f"{format.time(low)} to {format.time(high)}"
    head = [float(f"{low:.4g}"), float(f"{high:.4g}"), rounds, text]
    return head, np.round(STEPS * heights).astype(np.uint8).tobytes()
